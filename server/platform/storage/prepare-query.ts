import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely';
import type { Schema } from './schema.ts';

export type RunQuery = (query: CompiledQuery) => Promise<QueryResult<unknown>>;

const directRuns = new WeakMap<object, RunQuery>();

/**
 * Prepared queries outside a transaction use `run` instead of Kysely's executor, which costs more than a prepared read
 * of SQLite. `adapter`: of the database.
 */
export function runDirectly(adapter: object, run: RunQuery): void {
  directRuns.set(adapter, run);
}

/**
 * A query of the hot path, built and compiled once. Kysely does both at every execution, which costs several times the
 * read itself: 70–350 µs for each of the five reads of a view.
 *
 * `build` is called once, with a placeholder for every value, and must pass each value to the query unchanged: a
 * placeholder that is read, added to or turned into SQL text would keep the value of the first call.
 */
export function prepareQuery<Values extends Record<string, unknown>, Row>(build: Build<Values, Row>) {
  const execute = prepareExecution(build);
  return async (db: Kysely<Schema>, values: Values): Promise<Row[]> => (await execute(db, values)).rows;
}

/** The same for an insert, update or delete that returns no rows. Resolves with the number of rows it changed. */
export function prepareChange<Values extends Record<string, unknown>>(build: Build<Values, unknown>) {
  const execute = prepareExecution(build);
  return async (db: Kysely<Schema>, values: Values): Promise<number> =>
    Number((await execute(db, values)).numAffectedRows ?? 0);
}

type Build<Values, Row> = (db: Kysely<Schema>, values: Values) => Compilable<Row>;

function prepareExecution<Values extends Record<string, unknown>, Row>(build: Build<Values, Row>) {
  // By adapter: a process may use both databases, and a transaction has the adapter of its database.
  const prepared = new WeakMap<object, ReturnType<typeof prepare<Values, Row>>>();

  return (db: Kysely<Schema>, values: Values): Promise<QueryResult<Row>> => {
    const executor = db.getExecutor();
    const { adapter } = executor;
    const known = prepared.get(adapter) ?? prepare(db, build, Object.keys(values));
    prepared.set(adapter, known);
    const { template, names } = known;
    const parameters = names.map((name, index) => (name === undefined ? template.parameters[index] : values[name]));
    const query = { ...template, parameters };
    const run = db.isTransaction || executor.plugins.length > 0 ? undefined : directRuns.get(adapter);
    return run ? (run(query) as Promise<QueryResult<Row>>) : db.executeQuery<Row>(query);
  };
}

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function prepare<Values extends Record<string, unknown>, Row>(
  db: Kysely<Schema>,
  build: Build<Values, Row>,
  names: string[],
) {
  const placeholders = Object.fromEntries(names.map((name) => [name, new Placeholder(name)]));
  // Kysely does not look at values, so a placeholder may stand for any of them.
  const template = build(db, placeholders as Values).compile();
  return {
    template,
    names: template.parameters.map((parameter) => (parameter instanceof Placeholder ? parameter.name : undefined)),
  };
}
