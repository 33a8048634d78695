/**
 * What HubSpot is searched by. Every text of a caller becomes the value of one filter, so it cannot change the search's
 * structure; but in a token filter `*` is a wildcard, so there only what holds none is let in.
 *
 * Bounds of a search, the narrower where documents differ: 5 groups (one of them must hold), 6 filters in a group (all
 * must hold), 18 filters in all. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../port/connector.ts';

type Filter = { propertyName: string; operator: 'EQ' | 'CONTAINS_TOKEN'; value: string };
export type FilterGroup = { filters: Filter[] };

/** More words are not searched for: with three, every way to divide them over two properties still fits into a search. */
const mostWords = 3;

/**
 * HubSpot's calculated properties hold the digits of a number without its country code, however it was typed; but where it
 * took the code for a part of the number, only the wildcard meets it. The raw ones are for numbers it could not read.
 */
export function queryContactsByPhone({ e164, national }: Pick<PhoneNumber, 'e164' | 'national'>): FilterGroup[] {
  const ending = `*${withoutZeros(national)}`;
  return [
    { filters: [token('hs_searchable_calculated_phone_number', ending)] },
    { filters: [token('hs_searchable_calculated_mobile_number', ending)] },
    { filters: [equal('phone', e164)] },
    { filters: [equal('mobilephone', e164)] },
  ];
}

/**
 * No document says that companies have calculated numbers, and a filter on a property that is not there fails the whole
 * search. So: the digits in a row, or the groups in which the country writes them, each a word of its own or with dots
 * between, where search indexes commonly see one word.
 */
export function queryCompaniesByPhone({ e164, national }: Pick<PhoneNumber, 'e164' | 'national'>): FilterGroup[] {
  const written = parsePhoneNumberFromString(e164)?.formatNational() ?? national;
  const [first = '', ...rest] = written.match(/\d+/g) ?? [];
  const groups = [withoutZeros(first), ...rest].filter((group) => group !== '');
  const words = groups.map((group, index) => token('phone', index === 0 ? `*${group}` : group));
  return [
    { filters: [equal('phone', e164)] },
    { filters: [token('phone', `*${withoutZeros(national)}`)] },
    ...(words.length > 1 && words.length <= 6
      ? [{ filters: words }, { filters: [token('phone', `*${groups.join('.')}`)] }]
      : []),
  ];
}

/** A zero is a digit in Italy and none elsewhere; whether HubSpot tells them apart is not documented. */
export function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}

/** Undefined: nobody has such an address. */
export function queryByEmail(email: string): FilterGroup[] | undefined {
  if (!isSearchable(email)) return undefined;
  return [{ filters: [equal('email', email)] }, { filters: [token('hs_additional_emails', email)] }];
}

export function queryByEmailPrefix(text: string): FilterGroup[] | undefined {
  return /^[\p{L}\p{N}._%+@'-]{1,200}$/u.test(text) ? [{ filters: [token('email', `${text}*`)] }] : undefined;
}

export function queryByProperty(propertyName: string, value: string): FilterGroup[] | undefined {
  return isSearchable(value) ? [{ filters: [equal(propertyName, value)] }] : undefined;
}

/** Each word begins one of the first or of the last name's, in this order; of two, in the other order too. */
export function queryContactsByName(text: string): FilterGroup[] | undefined {
  const words = splitWords(text).slice(0, mostWords);
  if (words.length === 0) return undefined;
  const divide = (ordered: string[], at: number) => ({
    filters: ordered.map((word, index) => token(index < at ? 'firstname' : 'lastname', `${word}*`)),
  });
  const groups = Array.from({ length: words.length + 1 }, (_, index) => divide(words, index));
  return words.length === 2 ? [...groups, divide(words.toReversed(), 1)] : groups;
}

export function queryCompaniesByName(text: string): FilterGroup[] | undefined {
  const words = splitWords(text).slice(0, mostWords);
  return words.length === 0 ? undefined : [{ filters: words.map((word) => token('name', `${word}*`)) }];
}

/** Whether each word of `text` begins one of the name's, whatever the case of letters and their accents. */
export function hasWords(name: string, text: string): boolean {
  const plain = (words: string) => splitWords(words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase());
  const held = plain(name);
  const wanted = plain(text);
  return wanted.length > 0 && wanted.every((word) => held.some((item) => item.startsWith(word)));
}

/** Letters, digits and apostrophes within: `O'Neil` is one word, and `*` is in none. */
function splitWords(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+(['’][\p{L}\p{N}\p{M}]+)*/gu) ?? [];
}

function isSearchable(value: string): boolean {
  return value !== '' && !/[*?\p{Cc}\p{Cs}]/u.test(value);
}

function equal(propertyName: string, value: string): Filter {
  return { propertyName, operator: 'EQ', value };
}

function token(propertyName: string, value: string): Filter {
  return { propertyName, operator: 'CONTAINS_TOKEN', value };
}
