/**
 * `$filter`s of Dataverse. A text is quoted, and its own quotes doubled. In `contains` and `startswith` `%`, `_`, `[` and `]`
 * are wildcards besides, wherever a text has them: there such texts are refused, and find nobody. `undefined` is such a
 * refusal. Comparisons ignore the case of letters.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../port/connector.ts';

/** What is deactivated in Dynamics, or was a lead and is none any more, is not looked for. */
const active = 'statecode eq 0';

/** Every way of writing costs a condition per column, and a scan of it. */
const mostPhoneForms = 16;

export function queryByPhone(phone: PhoneNumber, columns: string[]): string | undefined {
  const forms = toPhoneForms(phone);
  if (forms.length === 0) return undefined;
  return isActive(columns.flatMap((column) => forms.map((form) => `contains(${column},${quote(form)})`)));
}

export function queryByEmail(email: string, columns: string[]): string | undefined {
  if (!isPlain(email)) return undefined;
  return isActive(columns.map((column) => `${column} eq ${quote(email)}`));
}

export function queryByEmailPrefix(text: string, columns: string[]): string | undefined {
  if (!isPlain(text) || !/^[\p{L}\p{N}]/u.test(text) || hasWildcard(text)) return undefined;
  return isActive(columns.map((column) => `startswith(${column},${quote(text)})`));
}

/** Each word begins one of the name's. */
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
 * Case numbers are made as `CAS-01000-X1Y2Z3`: a prefix, a number of at least five digits, and letters at random that no
 * keypad has. `CAS-01000`, `01000` and `1000` mean every case that begins so; what surrounds the connector decides which is meant.
 */
export function queryByCase(number: string, prefix: string): string | undefined {
  if (!isPlain(number)) return undefined;
  const isSame = `ticketnumber eq ${quote(number)}`;
  const said = number.replace(/[\s-]/g, '').toUpperCase();
  const plainPrefix = prefix.replace(/[\s-]/g, '').toUpperCase();
  const rest = said.startsWith(plainPrefix) ? said.slice(plainPrefix.length) : said;
  if (!/^\d{1,10}$/.test(rest)) return isSame;
  const written = `${prefix}${rest.replace(/^0+(?=\d)/, '').padStart(5, '0')}`;
  return `${isSame} or ticketnumber eq ${quote(written)} or startswith(ticketnumber,${quote(`${written}-`)})`;
}

export function queryByExactCase(number: string): string | undefined {
  return isPlain(number) ? `ticketnumber eq ${quote(number)}` : undefined;
}

/** Padded or not: people leave leading zeros out. */
export function queryByAccount(number: string): string | undefined {
  if (!isPlain(number)) return undefined;
  const short = /^0+\d/.test(number) ? [number.replace(/^0+(?=\d)/, '')] : [];
  return isActive([number, ...short].map((item) => `accountnumber eq ${quote(item)}`));
}

export function queryAgentByEmail(email: string): string | undefined {
  return isPlain(email) ? `internalemailaddress eq ${quote(email)} and isdisabled eq false` : undefined;
}

/** `ids`: GUIDs, which stand unquoted. */
export function isOneOf(column: string, ids: string[]): string {
  return ids.map((id) => `${column} eq ${id}`).join(' or ');
}

/**
 * The national part as people write it. Its last groups stand in every way of writing it, whatever is before them, so
 * `contains(…,'415) 555-0101')` meets `+1 (415) 555-0101` and `(415) 555-0101`. The last form has wildcards and meets all
 * others too, where they are honoured.
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
  return [...new Set([...literal.slice(0, mostPhoneForms - 1), [...national].join('%')])];
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

/** Neither controls nor halves of surrogate pairs, which no column can hold, nor longer than any. */
function isPlain(text: string): boolean {
  return text !== '' && text.length <= 256 && !/[\p{Cc}\p{Cs}]/u.test(text);
}

function hasWildcard(text: string): boolean {
  return /[%_[\]]/.test(text);
}
