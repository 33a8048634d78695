/** Writes with Dataverse's validation: undeclared names, wrong types, long texts and deleted records are rejected. */
import type { FakeData } from './fake-query.ts';
import { tableOf } from './fake-query.ts';
import { completedReasons, type FakeRow, type FakeTable, fakeTables } from './fake-tables.ts';

export type Refusal = { status: number; code: string; message: string };
type Written = { kind: 'written'; columns: FakeRow; parties: FakeRow[] } | { kind: 'rejection'; refusal: Refusal };

const bind = '@odata.bind';

export function readBody(set: string, body: unknown, data: FakeData): Written {
  const table = tableOf(set);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return reject('Error identified in Payload.');
  const columns: FakeRow = {};
  const parties: FakeRow[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name === `${table.name}_activity_parties` && table.many?.[name] && Array.isArray(value)) {
      const read = value.map((party) => readBody('activityparties', party, data));
      const rejection = read.find((party) => party.kind === 'rejection');
      if (rejection) return rejection;
      parties.push(...read.flatMap((party) => (party.kind === 'written' ? [party.columns] : [])));
      continue;
    }
    const problem = name.endsWith(bind)
      ? bindTo(table, name.slice(0, -bind.length), value, columns, data)
      : setColumn(table, name, value, columns);
    if (problem) return { kind: 'rejection', refusal: problem };
  }
  return { kind: 'written', columns, parties };
}

/** Records start open; a state requires one of its own status reasons. */
export function findStateProblem(set: string, columns: FakeRow, isNew: boolean): Refusal | undefined {
  const reasons = completedReasons[set];
  if (!('statecode' in columns) || !reasons) return undefined;
  if (isNew) return problem('statecode cannot be set while the record is created');
  const { statecode, statuscode } = columns;
  const isValid = statecode === 1 ? reasons.includes(Number(statuscode)) : statecode === 0 && statuscode === 1;
  return isValid
    ? undefined
    : { ...problem(`${statuscode} is not a valid status code for state code ${statecode}`), code: '0x80048408' };
}

function bindTo(table: FakeTable, name: string, value: unknown, columns: FakeRow, data: FakeData): Refusal | undefined {
  const target = { ...table.one, ...table.binds }[name];
  if (!target) {
    return problem(
      `An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload.`,
    );
  }
  const [, set, id] = /^\/(\w+)\(([0-9a-f-]{36})\)$/.exec(String(value)) ?? [];
  if (set !== target.set || id === undefined) return problem(`Resource not found for the segment '${String(value)}'.`);
  if (!data.rowsOf(set).some((row) => row[tableOf(set).key] === id)) return missing(tableOf(set).name, id);
  columns[target.column] = id;
  return undefined;
}

function setColumn(table: FakeTable, name: string, value: unknown, columns: FakeRow): Refusal | undefined {
  const type = Object.hasOwn(table.columns, name) && !name.startsWith('_') ? table.columns[name] : undefined;
  if (type === undefined) {
    return problem(`Invalid property '${name}' was found in entity 'Microsoft.Dynamics.CRM.${table.name}'.`);
  }
  const isOfType =
    value === null ||
    (type === 'int' && Number.isInteger(value)) ||
    (type === 'flag' && typeof value === 'boolean') ||
    (type === 'time' && typeof value === 'string' && !Number.isNaN(Date.parse(value))) ||
    ((type === 'text' || type === 'guid') && typeof value === 'string');
  if (!isOfType) return problem(`Cannot convert the literal '${String(value)}' to the expected type.`);
  const maxLength = table.lengths?.[name] ?? 100;
  if (typeof value === 'string' && type === 'text' && value.length > maxLength) {
    return {
      ...problem(`The length of the '${name}' attribute exceeded the maximum of ${maxLength}.`),
      code: '0x80044331',
    };
  }
  columns[name] = value;
  return undefined;
}

export function missing(name: string, id: string): Refusal {
  return { status: 404, code: '0x80040217', message: `${name} With Id = ${id} Does Not Exist` };
}

/** Sets that `activitypointers` combines. */
export const activitySets = Object.keys(fakeTables).filter((set) => ['phonecalls', 'tasks', 'emails'].includes(set));

function problem(message: string): Refusal {
  return { status: 400, code: '0x80048d19', message };
}

function reject(message: string): Written {
  return { kind: 'rejection', refusal: problem(message) };
}
