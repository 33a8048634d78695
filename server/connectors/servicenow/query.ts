/**
 * Encoded queries (`sysparm_query`), and the same questions asked of the answer. ServiceNow leaves out a part of a query
 * that it does not understand, such as one about a column that is not there, and answers with the rows that are left: with
 * everybody, when nothing else was asked. So each condition is also a test of a row, and no row is believed that fails it.
 *
 * There is no escape. `^` separates conditions, and a value that begins with `javascript:` is run on the server. A text that
 * holds either, or a line break, is refused: it finds nobody and is never sent. So are the signs of operators, for how
 * ServiceNow tells an operator from a value that holds one is not documented, and `%` and `*`, which may be wildcards. `_`
 * may be one too, but stands in many addresses: it is sent, and meant as itself when rows are tested.
 */
import { notFound, type Outcome } from '../port/outcome.ts';
import { type Row, readDisplay, readValue } from './row.ts';

/** `IN`: values separated by commas. Fields may walk along references (`account.number`). */
export type Condition = { field: string; operator: '=' | 'LIKE' | 'STARTSWITH' | 'IN'; value: string };

/** All of these must be met, each by one of its conditions. */
export type Conditions = Condition[][];

export const queryIgnored = { kind: 'invalid', reason: 'query-ignored' } as const;

const longestValue = 1_024;
const structural = /[\^=<>!%*\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

export function isPlainValue(text: string): boolean {
  // Full-width forms, for something on the way may turn them into the plain ones.
  const plain = text.normalize('NFKC');
  const bare = plain.replace(/[\s\p{C}]/gu, '');
  return (
    bare !== '' &&
    text.length <= longestValue &&
    !structural.test(text) &&
    !structural.test(plain) &&
    !/javascript:/i.test(bare)
  );
}

/** A column, or one that is reached along references. Lower case, so that no operator can begin in it. */
export function isFieldPath(text: string): boolean {
  return /^[a-z][a-z0-9_]{0,79}(\.[a-z][a-z0-9_]{0,79}){0,3}$/.test(text);
}

/** Undefined where a value is refused. `order` such as `ORDERBYDESCsys_updated_on`. */
export function encodeQuery(conditions: Conditions, order?: string): string | undefined {
  const isWhole = conditions.length > 0 && conditions.every((some) => some.length > 0);
  const isPlain = ({ field, value }: Condition) => isFieldPath(field) && isPlainValue(value);
  if (!isWhole || !conditions.flat().every(isPlain)) return undefined;
  // `^OR` binds tighter than `^`: it joins a condition to the one before it.
  const all = conditions.map((some) =>
    some.map(({ field, operator, value }) => `${field}${operator}${value}`).join('^OR'),
  );
  return [...all, ...(order === undefined ? [] : [order])].join('^');
}

/** The rows that meet the conditions; a page on which none does was not an answer to them. */
export function keepAnswers(outcome: Outcome<Row[]>, conditions: Conditions): Outcome<Row[]> {
  if (outcome.kind !== 'found') return outcome;
  const rows = outcome.value;
  if (rows.length === 0) return notFound;
  const kept = rows.filter((row) => meets(row, conditions, '_'));
  if (kept.length > 0) return { kind: 'found', value: kept };
  return rows.some((row) => meets(row, conditions, '.')) ? notFound : queryIgnored;
}

/** `underscore`: what `_` stands for, as a regular expression. */
function meets(row: Row, conditions: Conditions, underscore: '_' | '.'): boolean {
  return conditions.every((some) => some.some((condition) => holds(row, condition, underscore)));
}

function holds(row: Row, { field, operator, value }: Condition, underscore: string): boolean {
  if (operator === 'IN') return value.split(',').includes(readValue(row, field) ?? '');
  const wanted = fold(value)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('_', underscore);
  const pattern = { '=': `^${wanted}$`, STARTSWITH: `^${wanted}`, LIKE: wanted }[operator];
  const test = new RegExp(pattern, 's');
  return [readValue(row, field), readDisplay(row, field)].some((text) => text !== undefined && test.test(fold(text)));
}

/** As databases compare by default: no stricter, or a good row would be taken for a wrong one. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
