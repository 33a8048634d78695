/**
 * Removes hits that do not hold exactly the requested identifier. Connectors query broadly, because CRMs store phone
 * numbers as they were typed, and some CRMs answer a query they do not understand with every record.
 */
import type { CaseHit, CustomerSummary, PhoneNumber, StoredValue } from './connector.ts';
import type { IdentifierReader } from './identifier-reader.ts';
import { matchesAccountNumber, matchesCaseNumber } from './match-numbers.ts';

/**
 * `stored`: as the source holds it. `assumedCountry`: the stored number names no country and was read in the
 * caller's.
 */
export type VerifiedHit = { customerId: string; customerName: string; stored: string; assumedCountry?: string };

/** Connectors are asked for about fifty; verifying every record of a CRM would block the process. */
const max = { customers: 1_000, values: 50 };

/** `country`: in which the source's national numbers are read, if known. */
export function verifyPhoneHits(
  customers: CustomerSummary[],
  phone: PhoneNumber,
  country: string | undefined,
  identifiers: IdentifierReader,
): VerifiedHit[] {
  const isSame = (raw: string, defaultCountry: string | undefined) =>
    identifiers.splitPhones(raw, defaultCountry).some((piece) => {
      const parsed = identifiers.parsePhone(piece, defaultCountry);
      return parsed.kind === 'phone' && parsed.e164 === phone.e164;
    });
  const verify = ({ raw, value }: StoredValue): { assumedCountry?: string } | undefined => {
    if (value !== undefined) return value === phone.e164 ? {} : undefined;
    if (isSame(raw, country)) return {};
    if (country !== undefined || phone.country === undefined || !isSame(raw, phone.country)) return undefined;
    return { assumedCountry: phone.country };
  };
  return verifyCustomers(customers, ({ phones }) => findVerified(phones, verify));
}

export function verifyEmailHits(
  customers: CustomerSummary[],
  email: string,
  identifiers: IdentifierReader,
): VerifiedHit[] {
  const verify = ({ raw, value }: StoredValue) =>
    (value === undefined ? identifiers.normalizeEmail(raw) : value) === email ? {} : undefined;
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

function findVerified<Extra>(
  values: StoredValue[],
  verify: (value: StoredValue) => Extra | undefined,
): ({ stored: string } & Extra) | undefined {
  for (const value of values.slice(0, max.values)) {
    const extra = verify(value);
    if (extra) return { stored: value.raw, ...extra };
  }
  return undefined;
}

function verifyCustomers(
  customers: CustomerSummary[],
  find: (customer: CustomerSummary) => { stored: string; assumedCountry?: string } | undefined,
): VerifiedHit[] {
  return customers.slice(0, max.customers).flatMap((customer) => {
    const verified = find(customer);
    return verified ? { customerId: customer.id, customerName: customer.name, ...verified } : [];
  });
}
