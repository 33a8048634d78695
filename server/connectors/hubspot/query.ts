/**
 * Builds the filters of HubSpot searches. Every untrusted text is the value of one filter, so it cannot change the
 * search's structure. `*` is a wildcard in token filters, so texts that contain it are rejected there (undefined).
 *
 * Limits of a search (the lower ones where documents differ): 5 groups joined by OR, 6 filters per group joined by AND,
 * 18 filters in total. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Mailbox, PhoneNumber } from '../port/connector.ts';
import { listEndings } from '../port/phone-digits.ts';
import { listTurkishSpellings } from '../port/turkish-spellings.ts';

type Filter =
  | { propertyName: string; operator: 'EQ' | 'CONTAINS_TOKEN'; value: string }
  | { propertyName: string; operator: 'IN'; values: string[] };
export type FilterGroup = { filters: Filter[] };

const maxGroups = 5;
/** Of one group. */
const maxFilters = 6;

/** With three words, every split over first and last name still fits into one search. */
const maxWords = 3;

/**
 * The calculated properties hold the digits without country code, and those of an extension or a second number in the
 * field behind them; if HubSpot took the code for a part of the number, only the wildcard matches. The raw properties
 * match numbers that HubSpot could not parse.
 */
export function queryContactsByPhone(phone: PhoneNumber): FilterGroup[] {
  const calculated = listEndings(phone).flatMap((ending) => [
    { filters: [token('hs_searchable_calculated_phone_number', `*${ending}*`)] },
    { filters: [token('hs_searchable_calculated_mobile_number', `*${ending}*`)] },
  ]);
  const raw = [
    { filters: [equal('phone', phone.e164)] },
    { filters: [equal('mobilephone', phone.e164)] },
    ...divide(phone, listEndings(phone)[0] ?? '').slice(0, 1),
  ];
  return [...calculated, ...raw].slice(0, maxGroups);
}

/**
 * Calculated properties are not documented for companies, and a filter on an unknown property fails the whole search.
 * So this searches the digits in a row, and the groups usual in the country, each as a word or joined by dots.
 */
export function queryCompaniesByPhone(phone: PhoneNumber): FilterGroup[] {
  const [ending = ''] = listEndings(phone);
  return [
    { filters: [equal('phone', phone.e164)] },
    { filters: [token('phone', `*${ending}*`)] },
    ...divide(phone, ending),
  ];
}

/** The usual groups of the number's last digits, each as a word, and joined by dots. Something may follow the last. */
function divide({ e164, national }: PhoneNumber, ending: string): FilterGroup[] {
  const written = parsePhoneNumberFromString(e164)?.formatNational() ?? national;
  const parts: string[] = [];
  let rest = ending;
  for (const part of (written.match(/\d+/g) ?? []).toReversed()) {
    if (rest !== '') parts.unshift(rest.slice(-part.length));
    rest = rest.slice(0, -part.length);
  }
  if (rest !== '' || parts.length < 2 || parts.length > maxFilters) return [];
  const words = parts.map((part, index) => `${index === 0 ? '*' : ''}${part}${index === parts.length - 1 ? '*' : ''}`);
  return [
    { filters: words.map((word) => token('phone', word)) },
    { filters: [token('phone', `*${parts.join('.')}*`)] },
  ];
}

/** Undefined if no stored address can equal the text. */
export function queryByEmail(email: string): FilterGroup[] | undefined {
  if (!isSearchable(email)) return undefined;
  const spellings = [...new Set(listTurkishSpellings(email).map((spelling) => spelling.toLowerCase()))];
  // HubSpot compares the values of a list in small letters only.
  return [{ filters: [spellings.length === 1 ? equal('email', email) : isOneOf('email', spellings)] }];
}

/**
 * The address as a part of a token, around which may stand a name or `mailto:`, and as a further address of a contact.
 * With `mailbox`, its other addresses too. All of these also match the addresses of others.
 */
export function queryByEmailInside(email: string, mailbox?: Mailbox): FilterGroup[] | undefined {
  if (!isSearchable(email)) return undefined;
  // The domains are gmail.com and googlemail.com; the local part is letters and digits.
  const pattern = mailbox && `${[...mailbox.local].join('*')}*@g*mail.com`;
  return [
    { filters: [token('email', `*${email}*`)] },
    { filters: [token('hs_additional_emails', `*${email}*`)] },
    ...(pattern === undefined
      ? []
      : [{ filters: [token('email', pattern)] }, { filters: [token('hs_additional_emails', pattern)] }]),
  ];
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
  const split = (ordered: string[], at: number) => ({
    filters: ordered.map((word, index) => token(index < at ? 'firstname' : 'lastname', `${word}*`)),
  });
  const groups = Array.from({ length: words.length + 1 }, (_, index) => split(words, index));
  return words.length === 2 ? [...groups, split(words.toReversed(), 1)] : groups;
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

function isOneOf(propertyName: string, values: string[]): Filter {
  return { propertyName, operator: 'IN', values };
}

function token(propertyName: string, value: string): Filter {
  return { propertyName, operator: 'CONTAINS_TOKEN', value };
}
