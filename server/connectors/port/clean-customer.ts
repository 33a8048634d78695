/**
 * What a source says of a customer, as far as it can be kept and shown: identifiers read, texts without control characters and of a bounded
 * length, links that lead into the source and nowhere else, ids that fit into a URL and a database. The panel shows texts
 * as text, so markup in them is harmless and stays.
 */
import type { ConnectorCase, ConnectorCustomer, StoredValue } from './connector.ts';
import type { Readers } from './verify-hits.ts';

/** As written, in the source's order; `value` null when it could not be read. */
export type ReadValue = { raw: string; value: string | null };

/** Nothing masked. */
export type SourceCustomer = Omit<ConnectorCustomer, 'phones' | 'emails'> & {
  phones: ReadValue[];
  emails: ReadValue[];
};

export type CleaningRules = {
  readers: Readers;
  /** In which national numbers are read. */
  country: string | undefined;
  isLinkAllowed(url: string): boolean;
};

// As much as a customer file may hold: what the built-in directory took, it gives back.
const longest = { id: 256, name: 512, fieldName: 128, text: 4_000, stored: 2_048, url: 2_048 };
const most = { values: 50, fields: 200, cases: 500, interactions: 500 };

/** Controls, halves of surrogate pairs (PostgreSQL keeps neither), and marks that turn the direction of what follows. */
const unwanted = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+/gu;

export function cleanText(text: string, length = longest.text): string {
  // Cut first, for a text may be a megabyte; twice, for a cut may halve a surrogate pair.
  return text.slice(0, length).replace(unwanted, ' ').trim();
}

/** One line. */
export function cleanName(text: string): string {
  return cleanText(text, longest.name).replace(/\s+/g, ' ');
}

export function isId(id: string): boolean {
  return id.length <= longest.id && /^[^\p{Cc}\p{Cs}]+$/u.test(id);
}

export function cleanCustomer(customer: ConnectorCustomer, rules: CleaningRules): SourceCustomer {
  const { company, missing, url } = customer;
  const phones = cleanValues(customer.phones).flatMap((phone) => readPhones(phone, rules));
  const emails = cleanValues(customer.emails).map(({ raw, value }) => {
    return { raw, value: value === undefined ? rules.readers.normaliseEmail(raw) : value };
  });
  const cleanCompany = company === undefined ? undefined : cleanName(company) || undefined;
  return {
    id: customer.id,
    // A record without a name is called by what else it has.
    name: cleanName(customer.name) || cleanCompany || emails[0]?.raw || phones[0]?.raw || customer.id,
    company: cleanCompany,
    ...{ phones, emails, fields: cleanFields(customer.fields) },
    cases: customer.cases.slice(0, most.cases).map((one) => cleanCase(one, rules)),
    interactions: customer.interactions
      .filter(({ at }) => isTime(at))
      .slice(0, most.interactions)
      .map(({ at, ...texts }) => ({ at, ...cleanTexts(texts) })),
    ...cleanLink(url, rules),
    ...(missing && missing.length > 0 && { missing }),
  };
}

/**
 * As it was understood, and not as it was written: `https://crm.example\\@evil.example` leads to crm.example for who
 * checks it here and to evil.example for others, who may be the ones that open it.
 */
export function cleanLink(
  url: string | undefined,
  { isLinkAllowed }: Pick<CleaningRules, 'isLinkAllowed'>,
): { url?: string } {
  if (url === undefined || url.length > longest.url || !/^https?:/i.test(url)) return {};
  const understood = URL.parse(url)?.href;
  return understood !== undefined && isLinkAllowed(understood) ? { url: understood } : {};
}

/** Beyond it there is no date, and who shows one breaks. ECMA-262, 21.4.1.1. */
function isTime(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15;
}

/** One field may hold several numbers. */
function readPhones({ raw, value }: StoredValue, { readers, country }: CleaningRules): ReadValue[] {
  if (value !== undefined) return [{ raw, value }];
  return readers.splitPhones(raw, country).map((piece) => {
    const phone = readers.parsePhone(piece, country);
    return { raw: piece, value: phone.kind === 'phone' ? phone.e164 : null };
  });
}

function cleanCase({ updatedAt, url, number, subject, ...texts }: ConnectorCase, rules: CleaningRules) {
  return {
    ...{ number: cleanName(number), subject: cleanText(subject) },
    ...cleanTexts(texts),
    ...(updatedAt !== undefined && isTime(updatedAt) && { updatedAt }),
    ...cleanLink(url, rules),
  };
}

function cleanValues(values: StoredValue[]): StoredValue[] {
  return values
    .slice(0, most.values)
    .map(({ raw, ...rest }) => ({ raw: cleanText(raw, longest.stored), ...rest }))
    .filter(({ raw }) => raw !== '');
}

function cleanFields(fields: Record<string, string>): Record<string, string> {
  const cleaned = Object.entries(fields).map(([name, value]) => [cleanText(name, longest.fieldName), cleanText(value)]);
  return Object.fromEntries(cleaned.filter(([name, value]) => name !== '' && value !== '').slice(0, most.fields));
}

/** Without those that are absent or empty. */
function cleanTexts<Name extends string>(texts: { [name in Name]?: string | undefined }): { [name in Name]?: string } {
  const given = Object.entries<string | undefined>(texts).map(([name, text]) => [name, cleanText(text ?? '')] as const);
  return Object.fromEntries(given.filter(([, text]) => text !== '')) as { [name in Name]?: string };
}
