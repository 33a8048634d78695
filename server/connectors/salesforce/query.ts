/**
 * Texts in Salesforce's two query languages.
 *
 * SOQL compares fields. A text stands between single quotes; `\` and `'` in it are escaped, and in patterns `%` and `_` too.
 * SOSL asks the search index, which splits what it holds at spaces and punctuation. Its reserved characters,
 * `? & | ! { } [ ] ( ) ^ ~ * : \ " ' + -`, are all punctuation: none is ever written, for they part words here as there.
 * developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../port/connector.ts';

/** A literal. What is no text, controls and halves of surrogate pairs, becomes a character that no field holds. */
export function quote(text: string): string {
  return `'${escapeText(text, /[\\']/g)}'`;
}

/** For LIKE: whatever begins with this text. */
export function quoteBeginning(text: string): string {
  return `'${escapeText(text, /[\\'%_]/g)}%'`;
}

export function quoteAll(texts: string[]): string {
  return `(${texts.map(quote).join(', ')})`;
}

function escapeText(text: string, special: RegExp): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd').replace(special, '\\$&');
}

/** A moment, which SOQL takes without quotes. `at` in ms UTC. */
export function toMoment(at: number): string {
  return new Date(at).toISOString();
}

/** Nothing twice: Salesforce refuses a field that is selected two times, in whatever case. */
export function selectFields(fields: string[]): string {
  const byName = new Map(fields.map((field) => [field.toLowerCase(), field]));
  return [...byName.values()].join(', ');
}

/**
 * How a number may stand in the index: its digits in a row, or in the groups that its country writes, each a word of a
 * phrase; with the country code or without, with the trunk prefix or without.
 */
export function toPhoneTerms({ e164, national, countryCode }: PhoneNumber): string[] {
  const phone = parsePhoneNumberFromString(e164);
  const atHome = phone?.formatNational().match(/\d+/g) ?? [];
  const terms = [
    national,
    `${countryCode}${national}`,
    atHome.join(''),
    ...[groupsOf(e164, national), atHome].filter(({ length }) => length > 1).map((groups) => `"${groups.join(' ')}"`),
  ];
  return [...new Set(terms)].filter((term) => /^\d{2,}$|^"[\d ]+"$/.test(term));
}

/** For LIKE: the number's digits in their order, with anything between and around them: people group them as they like. */
export function toPhonePattern({ national }: Pick<PhoneNumber, 'national'>): string {
  return `'%${[...national].join('%')}%'`;
}

function groupsOf(e164: string, national: string): string[] {
  const [, ...groups] = parsePhoneNumberFromString(e164)?.formatInternational().match(/\d+/g) ?? [];
  return groups.length > 0 ? groups : [national];
}

/** Words that each begin one of a name's. None where the text holds no word that SOSL would take. */
export function toNameTerms(text: string): string[] {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
  // A word of one character, and its wildcard, is refused: "search term must be longer than one character".
  return words
    .filter((word) => [...word].length > 1)
    .slice(0, 8)
    .map((word) => (/^(?:and|or|not)$/i.test(word) ? `"${word}"` : `${word}*`));
}

export type Returning = { kind: string; fields: string[]; condition?: string | undefined };

/** `terms` are those of this file. */
export function findInIndex(
  terms: string[],
  joinedBy: 'OR' | 'AND',
  group: 'PHONE' | 'NAME',
  returning: Returning[],
  limit: number,
): string {
  const parts = returning.map(({ kind, fields, condition }) => {
    return `${kind}(${selectFields(fields)}${condition === undefined ? '' : ` WHERE ${condition}`} LIMIT ${limit})`;
  });
  return `FIND {${terms.join(` ${joinedBy} `)}} IN ${group} FIELDS RETURNING ${parts.join(', ')}`;
}

export function select(
  fields: string[],
  from: string,
  rest: { where: string; newestBy?: 'CreatedDate' | 'LastModifiedDate'; limit: number },
): string {
  const order = rest.newestBy === undefined ? '' : ` ORDER BY ${rest.newestBy} DESC`;
  return `SELECT ${selectFields(fields)} FROM ${from} WHERE ${rest.where}${order} LIMIT ${rest.limit}`;
}

/** All of these. */
export function and(...conditions: (string | undefined)[]): string {
  return conditions.flatMap((one) => (one === undefined ? [] : `(${one})`)).join(' AND ');
}

/** One of these at least. */
export function or(conditions: string[]): string {
  return conditions.join(' OR ');
}
