import type { NotLookedUp } from '#contract/customers.ts';

/** Parses and normalizes identifiers. Look-ups, imports and the verification of hits share it, so that all agree. */
export type IdentifierReader = {
  parsePhone(
    raw: string,
    defaultCountry?: string,
  ): { kind: 'phone'; e164: string; country: string | undefined } | { kind: 'not-looked-up'; reason?: NotLookedUp };
  /** The numbers in a field that may hold several. */
  splitPhones(cell: string, defaultCountry?: string): string[];
  normalizeEmail(raw: string): string | null;
  normalizeCaseNumber(raw: string): string | null;
};
