/** Evaluates `$select`, `$filter`, `$expand`, `$orderby` and `$top` over the fake's rows; rejects unknown names. */
import { compileFilter, type FilterScope, ODataError } from './fake-filter.ts';
import { type FakeRow, type FakeTable, fakeTables } from './fake-tables.ts';

export type FakeData = {
  rowsOf(set: string): FakeRow[];
  /** Display text of a lookup: the name of the record. */
  nameOf(id: unknown): string | undefined;
  hasWildcards(): boolean;
};

const formatted = '@OData.Community.Display.V1.FormattedValue';
const known = ['$select', '$filter', '$expand', '$orderby', '$top'];

export function runQuery(
  set: string,
  options: Map<string, string>,
  data: FakeData,
  isAnnotated: boolean,
  rows = data.rowsOf(set),
): FakeRow[] {
  const table = tableOf(set);
  const unknown = [...options.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ODataError(`The query parameter ${unknown} is not supported`);
  requireNames(table, options);
  const filter = options.get('$filter');
  const matching = filter === undefined ? rows : rows.filter(compileFilter(filter, scopeOf(set, data)));
  const top = options.get('$top');
  if (top !== undefined && !/^[1-9]\d*$/.test(top)) throw new ODataError(`Invalid value '${top}' for $top`);
  return sort(matching, options.get('$orderby'), table)
    .slice(0, top === undefined ? 5_000 : Number(top))
    .map((row) => project(set, row, options, data, isAnnotated));
}

/** Names were validated by `requireNames`. */
export function project(
  set: string,
  row: FakeRow,
  options: Map<string, string>,
  data: FakeData,
  isAnnotated: boolean,
): FakeRow {
  const table = tableOf(set);
  const select = options.get('$select')?.split(',') ?? Object.keys(table.columns);
  const shown: FakeRow = { '@odata.etag': `W/"${row.versionnumber ?? 1}"`, [table.key]: row[table.key] };
  for (const name of select) {
    shown[name] = row[name] ?? null;
    const words = isAnnotated ? wordsOf(table, name, row[name], data) : undefined;
    if (words !== undefined) shown[`${name}${formatted}`] = words;
  }
  for (const { property, inner } of readExpand(options.get('$expand'))) {
    shown[property] = expand(table, row, property, inner, data, isAnnotated);
    // Also to a whole collection, without paging information.
    if (table.many?.[property]) shown[`${property}@odata.nextLink`] = `/${set}(${row[table.key]})/${property}`;
  }
  return shown;
}

function expand(
  table: FakeTable,
  row: FakeRow,
  property: string,
  inner: Map<string, string>,
  data: FakeData,
  isAnnotated: boolean,
): unknown {
  const one = table.one?.[property];
  if (one) {
    const target = data.rowsOf(one.set).find((other) => other[tableOf(one.set).key] === row[one.column]);
    return target && row[one.column] != null ? project(one.set, target, inner, data, isAnnotated) : null;
  }
  const many = table.many?.[property];
  if (!many) return null;
  const related = data.rowsOf(many.set).filter((other) => other[many.column] === row[table.key]);
  return runQuery(many.set, inner, data, isAnnotated, related);
}

function wordsOf(table: FakeTable, name: string, value: unknown, data: FakeData): string | undefined {
  if (value == null) return undefined;
  const type = table.columns[name];
  if (type === 'guid') return name.startsWith('_') ? data.nameOf(value) : undefined;
  if (type === 'time') return new Date(String(value)).toLocaleString('en-US', { timeZone: 'UTC' });
  if (type === 'flag') return value === true ? 'Yes' : 'No';
  if (type === 'int') return table.choices?.[name]?.[Number(value)] ?? Number(value).toLocaleString('en-US');
  return undefined;
}

function sort(rows: FakeRow[], orderby: string | undefined, table: FakeTable): FakeRow[] {
  if (orderby === undefined) return rows;
  const [column = '', direction = 'asc'] = orderby.split(' ');
  requireColumn(table, column);
  const sign = direction === 'desc' ? -1 : 1;
  const keyOf = (row: FakeRow) => String(row[column] ?? '').toLowerCase();
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -sign : keyOf(a) > keyOf(b) ? sign : 0));
}

function scopeOf(set: string, data: FakeData): FilterScope {
  const table = tableOf(set);
  return {
    hasWildcards: data.hasWildcards(),
    typeOf: (column) => (Object.hasOwn(table.columns, column) ? table.columns[column] : undefined),
    related(property) {
      const many = table.many?.[property];
      if (!many) return undefined;
      return {
        scope: scopeOf(many.set, data),
        rowsOf: (row) => data.rowsOf(many.set).filter((other) => other[many.column] === row[table.key]),
      };
    },
  };
}

/** Splits `a($select=x;$filter=y),b` at separators outside brackets and quotes. */
function readExpand(text: string | undefined): { property: string; inner: Map<string, string> }[] {
  if (text === undefined) return [];
  return split(text, ',').map((part) => {
    const [, property = '', options] = /^(\w+)(?:\((.*)\))?$/s.exec(part) ?? [];
    if (property === '') throw new ODataError(`Syntax error in $expand at ${part}`);
    const pairs = options === undefined ? [] : split(options, ';');
    const inner = pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
    return { property, inner: new Map(inner) };
  });
}

function split(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === "'") isQuoted = !isQuoted;
    if (!isQuoted && character === '(') depth += 1;
    if (!isQuoted && character === ')') depth -= 1;
    if (!isQuoted && depth === 0 && character === separator) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** Validates names even if there is no row. */
export function requireNames(table: FakeTable, options: Map<string, string>): void {
  const select = options.get('$select')?.split(',') ?? [];
  for (const name of select) requireColumn(table, name);
  if (new Set(select).size < select.length) throw new ODataError('A column is selected twice');
  for (const { property, inner } of readExpand(options.get('$expand'))) {
    const target = table.one?.[property] ?? table.many?.[property];
    if (!target) throw new ODataError(`Could not find a property named '${property}' on type '${table.name}'`);
    requireNames(tableOf(target.set), inner);
  }
}

function requireColumn(table: FakeTable, name: string): void {
  if (!Object.hasOwn(table.columns, name)) {
    throw new ODataError(`Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table.name}'.`);
  }
}

export function tableOf(set: string): FakeTable {
  const table = Object.hasOwn(fakeTables, set) ? fakeTables[set] : undefined;
  if (!table) throw new ODataError(`Resource not found for the segment '${set}'.`);
  return table;
}
