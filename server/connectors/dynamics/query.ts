/**
 * Builds `$filter`s of Dataverse. Texts are quoted, with quotes inside doubled. In `contains` and `startswith`, `%`,
 * `_`, `[` and `]` are wildcards: texts with these are rejected there (undefined) and find nobody. Comparisons ignore
 * letter case.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Mailbox, PhoneNumber } from '../port/connector.ts';
import { toMailboxPattern } from '../port/mailbox.ts';
import { listTurkishSpellings } from '../port/turkish-spellings.ts';

/** Excludes deactivated records and leads that were qualified or disqualified. */
const active = 'statecode eq 0';

/** Every form costs a condition, and a scan, per column. */
const maxPhoneForms = 16;

export function queryByPhone(phone: PhoneNumber, columns: string[]): string | undefined {
  const forms = [...toPhoneForms(phone), ...(phone.formerNationals ?? []).flatMap(toFormerForms)];
  if (forms.length === 0) return undefined;
  return isActive(columns.flatMap((column) => forms.map((form) => `contains(${column},${quote(form)})`)));
}

export function queryByEmail(email: string, columns: string[]): string | undefined {
  if (!isPlain(email)) return undefined;
  const spellings = listTurkishSpellings(email);
  return isActive(columns.flatMap((column) => spellings.map((value) => `${column} eq ${quote(value)}`)));
}

/** Every address of the mailbox, and some of others: wildcards are documented for patterns, and do not lead here. */
export function queryByMailbox(mailbox: Mailbox, columns: string[]): string {
  const pattern = quote(toMailboxPattern(mailbox));
  return isActive(columns.map((column) => `startswith(${column},${pattern})`));
}

/** Columns that hold the address among others. */
export function queryByEmailInside(email: string, columns: string[], mailbox?: Mailbox): string | undefined {
  // `_` is a wildcard too, but common in addresses: source.ts compares it literally.
  if (!isPlain(email) || /[%[\]]/.test(email)) return undefined;
  const texts = [email, ...(mailbox === undefined ? [] : [toMailboxPattern(mailbox)])];
  return isActive(columns.flatMap((column) => texts.map((text) => `contains(${column},${quote(text)})`)));
}

export function queryByEmailPrefix(text: string, columns: string[]): string | undefined {
  if (!isPlain(text) || !/^[\p{L}\p{N}]/u.test(text) || hasWildcard(text)) return undefined;
  return isActive(columns.map((column) => `startswith(${column},${quote(text)})`));
}

/** Each word must begin a word of the name. */
export function queryByName(text: string, column: string): string | undefined {
  if (text.length > 200 || !/^[\p{L}\p{M}\p{N}\s.,'’&/-]*$/u.test(text)) return undefined;
  const words = text.split(/[\s,]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return undefined;
  const begins = words
    .slice(0, 8)
    .map((word) => `(startswith(${column},${quote(word)}) or contains(${column},${quote(` ${word}`)}))`);
  return `${active} and ${begins.join(' and ')}`;
}

/**
 * Case numbers have the form `CAS-01000-X1Y2Z3`: prefix, at least five digits, random characters that no keypad has.
 * `CAS-01000`, `01000` and `1000` match every case that begins so; `source.ts` decides which one is meant.
 */
export function queryByCase(number: string, prefix: string): string | undefined {
  if (!isPlain(number)) return undefined;
  const isSame = `ticketnumber eq ${quote(number)}`;
  const compact = number.replace(/[\s-]/g, '').toUpperCase();
  const plainPrefix = prefix.replace(/[\s-]/g, '').toUpperCase();
  const rest = compact.startsWith(plainPrefix) ? compact.slice(plainPrefix.length) : compact;
  if (!/^\d{1,10}$/.test(rest)) return isSame;
  const written = `${prefix}${rest.replace(/^0+(?=\d)/, '').padStart(5, '0')}`;
  return `${isSame} or ticketnumber eq ${quote(written)} or startswith(ticketnumber,${quote(`${written}-`)})`;
}

export function queryByExactCase(number: string): string | undefined {
  return isPlain(number) ? `ticketnumber eq ${quote(number)}` : undefined;
}

/** With and without leading zeros. */
export function queryByAccount(number: string): string | undefined {
  if (!isPlain(number)) return undefined;
  const short = /^0+\d/.test(number) ? [number.replace(/^0+(?=\d)/, '')] : [];
  return isActive([number, ...short].map((item) => `accountnumber eq ${quote(item)}`));
}

export function queryAgentByEmail(email: string): string | undefined {
  return isPlain(email) ? `internalemailaddress eq ${quote(email)} and isdisabled eq false` : undefined;
}

/** `ids`: GUIDs, which are not quoted. */
export function isOneOf(column: string, ids: string[]): string {
  return ids.map((id) => `${column} eq ${id}`).join(' or ');
}

/**
 * Spellings of the national number. `contains` ignores what precedes it, so `contains(…,'415) 555-0101')` matches both
 * `+1 (415) 555-0101` and `(415) 555-0101`. The last form uses wildcards and matches all spellings where they work.
 */
export function toPhoneForms({ e164, countryCode, national }: PhoneNumber): string[] {
  if (!/^\d{4,15}$/.test(national)) return [];
  const [first = '', ...rest] = groupsOf(e164, countryCode, national);
  const forms = [
    ...['', ' ', '-', '.'].map((separator) => [first, ...rest].join(separator)),
    ...[' ', '-', '.'].map((separator) => `${first}) ${rest.join(separator)}`),
    ...['', ' ', '-'].map((separator) => `${first})${rest.join(separator)}`),
    `${first} ${rest.join('')}`,
    `${first} ${rest.join('-')}`,
    `${first}-${rest.join('')}`,
    `${first}/${rest.join('')}`,
    `${first}/${rest.join(' ')}`,
  ];
  const literal = rest.length > 0 ? forms : [first];
  return [...new Set([...literal.slice(0, maxPhoneForms - 1), [...national].join('%')])];
}

/** Every form is a scan, so a former number has the pattern that matches all spellings, and the plain digits. */
function toFormerForms(national: string): string[] {
  return /^\d{4,15}$/.test(national) ? [national, [...national].join('%')] : [];
}

function groupsOf(e164: string, countryCode: string, national: string): string[] {
  const international = parsePhoneNumberFromString(e164)?.formatInternational() ?? '';
  const groups = international.replace(`+${countryCode}`, '').match(/\d+/g) ?? [];
  return groups.join('') === national ? groups : [national];
}

function isActive(anyOf: string[]): string {
  return `${active} and (${anyOf.join(' or ')})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** No control characters and no lone surrogates, which no column can hold, and at most 256 characters. */
function isPlain(text: string): boolean {
  return text !== '' && text.length <= 256 && !/[\p{Cc}\p{Cs}]/u.test(text);
}

function hasWildcard(text: string): boolean {
  return /[%_[\]]/.test(text);
}
