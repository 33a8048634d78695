/**
 * Of everybody whom a source names, those who hold exactly what was asked for. CRMs are asked broadly, for they keep what
 * was typed, and some answer with everybody to a question they do not understand.
 */
import type { CaseHit, CustomerSummary, PhoneNumber, StoredValue } from './connector.ts';
import { meansAccount, meansCase } from './matching-number.ts';

/** How identifiers are read; the same functions read what a caller comes with. */
export type Readers = {
  parsePhone(
    raw: string,
    defaultCountry?: string,
  ): { kind: 'phone'; e164: string; country: string | undefined } | { kind: 'not-looked-up' };
  splitPhones(cell: string, defaultCountry?: string): string[];
  normaliseEmail(raw: string): string | null;
  normaliseCaseNumber(raw: string): string | null;
};

/** `stored` as the source holds it. `assumedCountry`: it names none, and was read as one of the caller's own. */
export type VerifiedHit = { customerId: string; customerName: string; stored: string; assumedCountry?: string };

/** Some fifty are asked for. A CRM that names everybody it has would keep all of us waiting while they are verified. */
const most = { persons: 1_000, values: 50 };

/** `country`: in which the source's national numbers are read, where one is configured or known. */
export function verifyPhoneHits(
  customers: CustomerSummary[],
  asked: PhoneNumber,
  country: string | undefined,
  readers: Readers,
): VerifiedHit[] {
  const isAsked = (raw: string, from: string | undefined) =>
    readers.splitPhones(raw, from).some((piece) => {
      const phone = readers.parsePhone(piece, from);
      return phone.kind === 'phone' && phone.e164 === asked.e164;
    });
  const holds = ({ raw, value }: StoredValue): { assumedCountry?: string } | undefined => {
    if (value !== undefined) return value === asked.e164 ? {} : undefined;
    if (isAsked(raw, country)) return {};
    if (country !== undefined || asked.country === undefined || !isAsked(raw, asked.country)) return undefined;
    return { assumedCountry: asked.country };
  };
  return namePersons(customers, ({ phones }) => firstOf(phones, holds));
}

export function verifyEmailHits(customers: CustomerSummary[], asked: string, readers: Readers): VerifiedHit[] {
  const holds = ({ raw, value }: StoredValue) =>
    (value === undefined ? readers.normaliseEmail(raw) : value) === asked ? {} : undefined;
  return namePersons(customers, ({ emails }) => firstOf(emails, holds));
}

/** Where one number is exactly the asked one, others that merely mean it are left out. */
export function verifyNumberHits(
  kind: 'case' | 'account',
  hits: CaseHit[],
  asked: string,
  readers: Readers,
): VerifiedHit[] {
  const means = kind === 'case' ? meansCase : meansAccount;
  const meant = hits.slice(0, most.persons).flatMap((hit) => {
    const stored = readers.normaliseCaseNumber(hit.number);
    return stored !== null && means(asked, stored) ? { ...hit, isExact: stored === asked } : [];
  });
  const exact = meant.filter(({ isExact }) => isExact);
  return (exact.length > 0 ? exact : meant).map(({ number, customer }) => {
    return { customerId: customer.id, customerName: customer.name, stored: number };
  });
}

function firstOf<Extra>(
  values: StoredValue[],
  holds: (value: StoredValue) => Extra | undefined,
): ({ stored: string } & Extra) | undefined {
  for (const value of values.slice(0, most.values)) {
    const extra = holds(value);
    if (extra) return { stored: value.raw, ...extra };
  }
  return undefined;
}

function namePersons(
  customers: CustomerSummary[],
  find: (customer: CustomerSummary) => { stored: string; assumedCountry?: string } | undefined,
): VerifiedHit[] {
  return customers.slice(0, most.persons).flatMap((customer) => {
    const held = find(customer);
    return held ? { customerId: customer.id, customerName: customer.name, ...held } : [];
  });
}
