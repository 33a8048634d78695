/**
 * Cleans a customer record so that it can be stored and shown: parsed identifiers, bounded texts without control
 * characters, links into the source only, ids that fit into a URL and a database. Markup stays: the panel shows text.
 */
import type { ConnectorCase, ConnectorCustomer, StoredValue } from './connector.ts';
import type { IdentifierReader } from './identifier-reader.ts';

/** As written, in the source's order; `value` null when it could not be read. */
type ReadValue = { raw: string; value: string | null };

/** Nothing masked. */
export type SourceCustomer = Omit<ConnectorCustomer, 'phones' | 'emails'> & {
  phones: ReadValue[];
  emails: ReadValue[];
};

type CleaningRules = {
  identifiers: IdentifierReader;
  /** ISO 3166; national numbers are read in it. */
  country: string | undefined;
  isLinkAllowed(url: string): boolean;
};

// The limits of a customer file, so that the built-in directory returns all it accepted.
const maxLength = { id: 256, name: 512, fieldName: 128, text: 4_000, stored: 2_048, url: 2_048 };
const maxCount = { values: 50, fields: 200, cases: 500, interactions: 500 };

/** Control characters and lone surrogates (PostgreSQL stores neither), and marks that change the writing direction. */
const unwanted = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+/gu;

export function cleanText(text: string, length = maxLength.text): string {
  // Cut before the replacement: the text may be a megabyte, and the cut may leave a lone surrogate.
  return text.slice(0, length).replace(unwanted, ' ').trim();
}

/** One line. */
export function cleanName(text: string): string {
  return cleanText(text, maxLength.name).replace(/\s+/g, ' ');
}

export function isId(id: string): boolean {
  return id.length <= maxLength.id && /^[^\p{Cc}\p{Cs}]+$/u.test(id);
}

export function cleanCustomer(customer: ConnectorCustomer, rules: CleaningRules): SourceCustomer {
  const { company, missing, url } = customer;
  const phones = cleanValues(customer.phones).flatMap((phone) => readPhones(phone, rules));
  const emails = cleanValues(customer.emails).map(({ raw, value }) => {
    return { raw, value: value === undefined ? rules.identifiers.normalizeEmail(raw) : value };
  });
  const cleanCompany = company === undefined ? undefined : cleanName(company) || undefined;
  return {
    id: customer.id,
    // A record without a name shows another of its values.
    name: cleanName(customer.name) || cleanCompany || emails[0]?.raw || phones[0]?.raw || customer.id,
    company: cleanCompany,
    phones,
    emails,
    fields: cleanFields(customer.fields),
    cases: customer.cases.slice(0, maxCount.cases).map((each) => cleanCase(each, rules)),
    interactions: customer.interactions
      .filter(({ at }) => isTime(at))
      .slice(0, maxCount.interactions)
      .map(({ at, ...texts }) => ({ at, ...cleanTexts(texts) })),
    ...cleanLink(url, rules),
    ...(missing && missing.length > 0 && { missing }),
  };
}

/**
 * The URL as parsed, not as written: parsers disagree about `https://crm.example\\@evil.example`, and the browser that
 * opens it must see the host that was checked here.
 */
export function cleanLink(
  url: string | undefined,
  { isLinkAllowed }: Pick<CleaningRules, 'isLinkAllowed'>,
): { url?: string } {
  if (url === undefined || url.length > maxLength.url || !/^https?:/i.test(url)) return {};
  const parsed = URL.parse(url)?.href;
  return parsed !== undefined && isLinkAllowed(parsed) ? { url: parsed } : {};
}

/** A valid Date: ECMA-262, 21.4.1.1. */
function isTime(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15;
}

/** A field may hold several numbers. */
function readPhones({ raw, value }: StoredValue, { identifiers: readers, country }: CleaningRules): ReadValue[] {
  if (value !== undefined) return [{ raw, value }];
  return readers.splitPhones(raw, country).map((piece) => {
    const phone = readers.parsePhone(piece, country);
    return { raw: piece, value: phone.kind === 'phone' ? phone.e164 : null };
  });
}

function cleanCase({ updatedAt, url, number, subject, ...texts }: ConnectorCase, rules: CleaningRules) {
  return {
    number: cleanName(number),
    subject: cleanText(subject),
    ...cleanTexts(texts),
    ...(updatedAt !== undefined && isTime(updatedAt) && { updatedAt }),
    ...cleanLink(url, rules),
  };
}

function cleanValues(values: StoredValue[]): StoredValue[] {
  return values
    .slice(0, maxCount.values)
    .map(({ raw, ...rest }) => ({ raw: cleanText(raw, maxLength.stored), ...rest }))
    .filter(({ raw }) => raw !== '');
}

function cleanFields(fields: Record<string, string>): Record<string, string> {
  const cleaned = Object.entries(fields).map(([name, value]) => [
    cleanText(name, maxLength.fieldName),
    cleanText(value),
  ]);
  return Object.fromEntries(cleaned.filter(([name, value]) => name !== '' && value !== '').slice(0, maxCount.fields));
}

/** Leaves out absent and empty texts. */
function cleanTexts<Name extends string>(texts: { [name in Name]?: string | undefined }): { [name in Name]?: string } {
  const cleaned = Object.entries<string | undefined>(texts).map(
    ([name, text]) => [name, cleanText(text ?? '')] as const,
  );
  return Object.fromEntries(cleaned.filter(([, text]) => text !== '')) as { [name in Name]?: string };
}
