import type { Compilable, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * A query of the hot path, built and compiled once. Kysely does both anew at every execution, which costs several times
 * what the read itself costs: measured on a view of the panel, 70–350 µs for each of its five reads.
 *
 * `build` is called once, with a stand-in for every value, and must put each value into the query as it is: a stand-in
 * that is looked into, added to or turned into SQL text would stay what it was the first time.
 */
export function prepareQuery<Values extends Record<string, unknown>, Row>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
) {
  // By adapter: a process may speak to both databases, and a transaction has the adapter of its database.
  const prepared = new WeakMap<object, ReturnType<typeof prepare<Values, Row>>>();

  return async (db: Kysely<Schema>, values: Values): Promise<Row[]> => {
    const { adapter } = db.getExecutor();
    const known = prepared.get(adapter) ?? prepare(db, build, Object.keys(values));
    prepared.set(adapter, known);
    const { template, names } = known;
    const parameters = names.map((name, at) => (name === undefined ? template.parameters[at] : values[name]));
    const { rows } = await db.executeQuery<Row>({ ...template, parameters });
    return rows;
  };
}

class StandIn {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

function prepare<Values extends Record<string, unknown>, Row>(
  db: Kysely<Schema>,
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
  names: string[],
) {
  const standIns = Object.fromEntries(names.map((name) => [name, new StandIn(name)]));
  // Kysely carries values through unseen, so a stand-in may take the place of any of them.
  const template = build(db, standIns as Values).compile();
  return {
    template,
    names: template.parameters.map((parameter) => (parameter instanceof StandIn ? parameter.name : undefined)),
  };
}
