/**
 * Builds queries in Salesforce's two query languages.
 *
 * SOQL compares fields. Texts stand between single quotes, with `\` and `'` escaped, and in patterns `%` and `_` too.
 * SOSL searches the index, which splits texts at spaces and punctuation. Its reserved characters,
 * `? & | ! { } [ ] ( ) ^ ~ * : \ " ' + -`, are all punctuation, so search terms never contain them.
 * developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Mailbox, PhoneNumber } from '../port/connector.ts';
import { toMailboxPattern } from '../port/mailbox.ts';

/** A literal. Control characters and lone surrogates become U+FFFD, which matches no stored text. */
export function quote(text: string): string {
  return `'${escapeText(text, /[\\']/g)}'`;
}

/** A LIKE pattern for texts that begin with this one. */
export function quoteBeginning(text: string): string {
  return `'${escapeText(text, /[\\'%_]/g)}%'`;
}

export function quoteAll(texts: string[]): string {
  return `(${texts.map(quote).join(', ')})`;
}

function escapeText(text: string, special: RegExp): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd').replace(special, '\\$&');
}

/** A date-time literal, which SOQL takes without quotes. `time` in ms UTC. */
export function toDateTime(time: number): string {
  return new Date(time).toISOString();
}

/** Removes duplicates: Salesforce rejects a field that is selected twice, regardless of letter case. */
function selectFields(fields: string[]): string {
  const byName = new Map(fields.map((field) => [field.toLowerCase(), field]));
  return [...byName.values()].join(', ');
}

/**
 * Forms in which the index may hold a number: digits in a row, or a phrase of the groups that are usual in its country;
 * each with and without the country code and the trunk prefix.
 */
export function toPhoneTerms({ formerNationals = [], ...phone }: PhoneNumber): string[] {
  const { countryCode } = phone;
  const former = formerNationals.map((national) => ({ e164: `+${countryCode}${national}`, national, countryCode }));
  return [...new Set([phone, ...former].flatMap(toTerms))];
}

function toTerms({ e164, national, countryCode }: Pick<PhoneNumber, 'e164' | 'national' | 'countryCode'>): string[] {
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

/** The phrase of an address in the index, which splits it at punctuation; undefined if nothing of it is indexed. */
export function toAddressTerm(email: string): string | undefined {
  const words = email.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
  return words.length < 2 || email.length > 256 ? undefined : `"${words.join(' ')}"`;
}

/** A LIKE pattern for all addresses of a mailbox. */
export function quoteMailbox(mailbox: Mailbox): string {
  return `'${toMailboxPattern(mailbox)}'`;
}

/** A LIKE pattern for the number's digits in order, with any characters between and around them. */
export function toPhonePattern(national: string): string {
  return `'%${[...national].join('%')}%'`;
}

/** Forms of a case number that a person may say or key in. By default Salesforce pads numbers to eight digits. */
export function toCaseNumbers(number: string): string[] {
  return /^\d{1,7}$/.test(number) ? [number.padStart(8, '0'), number] : [number];
}

function groupsOf(e164: string, national: string): string[] {
  const [, ...groups] = parsePhoneNumberFromString(e164)?.formatInternational().match(/\d+/g) ?? [];
  return groups.length > 0 ? groups : [national];
}

/** Prefix terms for the words of a name. Empty if SOSL would accept none of them. */
export function toNameTerms(text: string): string[] {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
  // One character with a wildcard is rejected: "search term must be longer than one character".
  return words
    .filter((word) => [...word].length > 1)
    .slice(0, 8)
    .map((word) => (/^(?:and|or|not)$/i.test(word) ? `"${word}"` : `${word}*`));
}

type Returning = { kind: string; fields: string[]; condition?: string | undefined };

/** `terms` come from `toPhoneTerms`, `toNameTerms` or `toAddressTerm`. */
export function findInIndex(
  terms: string[],
  joinedBy: 'OR' | 'AND',
  group: 'PHONE' | 'NAME' | 'EMAIL',
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

export function and(...conditions: (string | undefined)[]): string {
  return conditions.flatMap((condition) => (condition === undefined ? [] : `(${condition})`)).join(' AND ');
}

export function or(conditions: string[]): string {
  return conditions.join(' OR ');
}
