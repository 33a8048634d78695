/**
 * Builds the filters of HubSpot searches. Every untrusted text is the value of one filter, so it cannot change the
 * search's structure. `*` is a wildcard in token filters, so texts that contain it are rejected there (undefined).
 *
 * Limits of a search (the lower ones where documents differ): 5 groups joined by OR, 6 filters per group joined by AND,
 * 18 filters in total. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../port/connector.ts';

type Filter = { propertyName: string; operator: 'EQ' | 'CONTAINS_TOKEN'; value: string };
export type FilterGroup = { filters: Filter[] };

/** With three words, every split over first and last name still fits into one search. */
const maxWords = 3;

/**
 * The calculated properties hold the digits without country code; if HubSpot took the code for a part of the number,
 * only the wildcard matches. The raw properties match numbers that HubSpot could not parse.
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
 * Calculated properties are not documented for companies, and a filter on an unknown property fails the whole search.
 * So this searches the digits in a row, and the groups usual in the country, each as a word or joined by dots.
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

/** Leading zeros are part of the number in Italy only; whether HubSpot distinguishes that is not documented. */
export function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}

/** Undefined if no stored address can equal the text. */
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

/** Prefixes of first and last name, in this order; two words also in reverse order. */
export function queryContactsByName(text: string): FilterGroup[] | undefined {
  const words = splitWords(text).slice(0, maxWords);
  if (words.length === 0) return undefined;
  const divide = (ordered: string[], at: number) => ({
    filters: ordered.map((word, index) => token(index < at ? 'firstname' : 'lastname', `${word}*`)),
  });
  const groups = Array.from({ length: words.length + 1 }, (_, index) => divide(words, index));
  return words.length === 2 ? [...groups, divide(words.toReversed(), 1)] : groups;
}

export function queryCompaniesByName(text: string): FilterGroup[] | undefined {
  const words = splitWords(text).slice(0, maxWords);
  return words.length === 0 ? undefined : [{ filters: words.map((word) => token('name', `${word}*`)) }];
}

/** Letters and digits, with inner apostrophes: `O'Neil` is one word. Never contains `*`. */
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
