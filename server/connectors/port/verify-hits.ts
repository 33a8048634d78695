/**
 * Removes hits that do not hold exactly the requested identifier. Connectors query broadly, because CRMs store phone
 * numbers as they were typed, and some CRMs answer a query they do not understand with every record.
 */
import type { HitRule } from '#contract/customers.ts';
import type { CaseHit, CustomerSummary, PhoneNumber, StoredValue } from './connector.ts';
import type { IdentifierReader } from './identifier-reader.ts';
import { matchesAccountNumber, matchesCaseNumber } from './match-numbers.ts';

/**
 * `stored`: the value as the source holds it, without others of its field. `assumedCountry`: the stored number names no
 * country and was read in the caller's. `rule`: why a stored form that differs is the same.
 */
export type VerifiedHit = { customerId: string; customerName: string; stored: string } & Omit<Explanation, 'stored'>;

/** `stored`: the part of a field with several values that matched; the others are of no concern. */
type Explanation = { stored?: string; assumedCountry?: string; rule?: HitRule };

/** Connectors are asked for about fifty; verifying every record of a CRM would block the process. */
const max = { customers: 1_000, values: 50 };

/** `country`: in which the source's national numbers are read, if known. */
export function verifyPhoneHits(
  customers: CustomerSummary[],
  phone: PhoneNumber,
  country: string | undefined,
  identifiers: IdentifierReader,
): VerifiedHit[] {
  const explain = (raw: string, defaultCountry: string | undefined): Explanation | undefined => {
    for (const piece of identifiers.splitPhones(raw, defaultCountry)) {
      const parsed = identifiers.parsePhone(piece, defaultCountry);
      if (parsed.kind !== 'phone' || parsed.e164 !== phone.e164) continue;
      return { stored: piece, ...(parsed.rule && { rule: parsed.rule }) };
    }
    return undefined;
  };
  const explainNormalized = (raw: string) =>
    isPlain(raw, phone) ? {} : (explain(raw, country) ?? explain(raw, phone.country) ?? {});
  const verify = ({ raw, value }: StoredValue): Explanation | undefined => {
    if (value !== undefined) return value === phone.e164 ? explainNormalized(raw) : undefined;
    const explanation = explain(raw, country);
    if (explanation || country !== undefined || phone.country === undefined) return explanation;
    const assumed = explain(raw, phone.country);
    return assumed && { ...assumed, assumedCountry: phone.country };
  };
  return verifyCustomers(customers, ({ phones }) => findVerified(phones, verify));
}

/** The number's own digits, as most are written, which needs no parsing to explain. */
function isPlain(raw: string, { countryCode, national }: PhoneNumber): boolean {
  if (!/^[\d\s+().-]*$/.test(raw)) return false;
  const digits = raw.replace(/\D/g, '');
  return digits.endsWith(national) && ['', countryCode, `00${countryCode}`].includes(digits.slice(0, -national.length));
}

export function verifyEmailHits(
  customers: CustomerSummary[],
  email: string,
  identifiers: IdentifierReader,
): VerifiedHit[] {
  const mailbox = identifiers.toMailbox(email);
  const explain = (raw: string, stored: string | null): Explanation | undefined => {
    if (stored === null || identifiers.toMailbox(stored) !== mailbox) return undefined;
    if (stored !== email) return { rule: 'same-mailbox' };
    return identifiers.isFoldedEmail(raw) ? { rule: 'folded-case' } : {};
  };
  const verify = ({ raw, value }: StoredValue): Explanation | undefined => {
    if (value !== undefined) return explain(raw, value);
    for (const piece of identifiers.splitEmails(raw)) {
      const explanation = explain(piece, identifiers.normalizeEmail(piece));
      if (explanation) return { stored: piece, ...explanation };
    }
    return undefined;
  };
  return verifyCustomers(customers, ({ emails }) => findVerified(emails, verify));
}

/** If any stored number equals the requested one, hits that match only by another spelling are removed. */
export function verifyNumberHits(
  kind: 'case' | 'account',
  hits: CaseHit[],
  number: string,
  identifiers: IdentifierReader,
): VerifiedHit[] {
  const matches = kind === 'case' ? matchesCaseNumber : matchesAccountNumber;
  const matching = hits.slice(0, max.customers).flatMap((hit) => {
    const stored = identifiers.normalizeCaseNumber(hit.number);
    return stored !== null && matches(number, stored) ? { ...hit, isExact: stored === number } : [];
  });
  const exact = matching.filter(({ isExact }) => isExact);
  return (exact.length > 0 ? exact : matching).map(({ number: stored, customer }) => {
    return { customerId: customer.id, customerName: customer.name, stored };
  });
}

function findVerified(
  values: StoredValue[],
  verify: (value: StoredValue) => Explanation | undefined,
): (Explanation & { stored: string }) | undefined {
  for (const value of values.slice(0, max.values)) {
    const explanation = verify(value);
    if (explanation) return { stored: value.raw, ...explanation };
  }
  return undefined;
}

function verifyCustomers(
  customers: CustomerSummary[],
  find: (customer: CustomerSummary) => (Explanation & { stored: string }) | undefined,
): VerifiedHit[] {
  return customers.slice(0, max.customers).flatMap((customer) => {
    const verified = find(customer);
    return verified ? { customerId: customer.id, customerName: customer.name, ...verified } : [];
  });
}
