/**
 * Builds encoded queries (`sysparm_query`) and verifies their answers. ServiceNow silently ignores conditions that it
 * does not understand, such as one on an unknown column, and returns the rows that match the rest: all rows if nothing
 * is left. So each condition is also tested on the returned rows.
 *
 * Values cannot be escaped. `^` separates conditions, and a value that begins with `javascript:` is executed on the
 * server. Texts with either, or with a line break, are rejected and never sent. So are operator characters (their
 * precedence over values is not documented) and the possible wildcards `%` and `*`. `_` may be a wildcard too, but is
 * common in addresses: it is sent, and compared literally on the rows.
 */
import { foldText } from '../port/fold-text.ts';
import { notFound, type Outcome } from '../port/outcome.ts';
import { type Row, readDisplay, readValue } from './row.ts';

/** `IN`: comma-separated values. Fields may follow references (`account.number`). */
export type Condition = { field: string; operator: '=' | 'LIKE' | 'STARTSWITH' | 'IN'; value: string };

/** Groups joined by AND, conditions within a group by OR. */
export type Conditions = Condition[][];

export const queryIgnored = { kind: 'invalid', reason: 'query-ignored' } as const;

const maxValueLength = 1_024;
const structural = /[\^=<>!%*\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

export function isPlainValue(text: string): boolean {
  // A component on the way may convert full-width characters to plain ones.
  const plain = text.normalize('NFKC');
  const bare = plain.replace(/[\s\p{C}]/gu, '');
  return (
    bare !== '' &&
    text.length <= maxValueLength &&
    !structural.test(text) &&
    !structural.test(plain) &&
    !/javascript:/i.test(bare)
  );
}

/** A column, possibly reached along references. Lower case, so that it cannot contain an operator. */
export function isFieldPath(text: string): boolean {
  return /^[a-z][a-z0-9_]{0,79}(\.[a-z][a-z0-9_]{0,79}){0,3}$/.test(text);
}

/** Undefined if a value is rejected. `order`: such as `ORDERBYDESCsys_updated_on`. */
export function encodeQuery(conditions: Conditions, order?: string): string | undefined {
  const isWhole = conditions.length > 0 && conditions.every((some) => some.length > 0);
  const isPlain = ({ field, value }: Condition) => isFieldPath(field) && isPlainValue(value);
  if (!isWhole || !conditions.flat().every(isPlain)) return undefined;
  // `^OR` binds tighter than `^`.
  const all = conditions.map((some) =>
    some.map(({ field, operator, value }) => `${field}${operator}${value}`).join('^OR'),
  );
  return [...all, ...(order === undefined ? [] : [order])].join('^');
}

/** Rows that match the conditions. A page without any match means that the query was ignored. */
export function keepMatches(outcome: Outcome<Row[]>, conditions: Conditions): Outcome<Row[]> {
  if (outcome.kind !== 'found') return outcome;
  const rows = outcome.value;
  if (rows.length === 0) return notFound;
  const matching = rows.filter((row) => matches(row, conditions, '_'));
  if (matching.length > 0) return { kind: 'found', value: matching };
  return rows.some((row) => matches(row, conditions, '.')) ? notFound : queryIgnored;
}

/** `underscore`: the regular expression that `_` stands for. */
function matches(row: Row, conditions: Conditions, underscore: '_' | '.'): boolean {
  return conditions.every((some) => some.some((condition) => holds(row, condition, underscore)));
}

function holds(row: Row, { field, operator, value }: Condition, underscore: string): boolean {
  if (operator === 'IN') return value.split(',').includes(readValue(row, field) ?? '');
  const wanted = foldText(value)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('_', underscore);
  const pattern = { '=': `^${wanted}$`, STARTSWITH: `^${wanted}`, LIKE: wanted }[operator];
  const test = new RegExp(pattern, 's');
  return [readValue(row, field), readDisplay(row, field)].some(
    (text) => text !== undefined && test.test(foldText(text)),
  );
}

export function equals(field: string, value: string): Condition {
  return { field, operator: '=', value };
}

export function isOneOf(field: string, values: string[]): Condition {
  return { field, operator: 'IN', value: values.join(',') };
}

/** Words to search in names. Empty if the text has characters that no name contains. */
export function splitNameQuery(text: string): string[] {
  if (text.length > 200 || !/^[\p{L}\p{M}\p{N}\s.,&'’-]*$/u.test(text)) return [];
  return [...new Set(text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu))].slice(0, 8);
}

/** ServiceNow pads numbers to seven digits, unless an admin changed that. */
const paddedDigits = 7;

/**
 * Numbers that a person may mean: the text itself, and its digits padded and prefixed as ServiceNow writes them: `1001`
 * is `CS0001001`. Empty if the text cannot be a case number.
 */
export function toCaseNumbers(text: string, prefix: string): string[] {
  if (!/^[A-Z0-9][A-Z0-9._/-]{0,39}$/.test(text)) return [];
  const [, letters, digits] = /^([A-Z]*)(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return [text];
  return [...new Set([text, `${letters || prefix}${digits.replace(/^0+(?=\d)/, '').padStart(paddedDigits, '0')}`])];
}
