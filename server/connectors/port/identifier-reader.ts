import type { NotLookedUp } from '#contract/customers.ts';

/** `rule`: why the number differs from the digits as written. */
type ParsedPhone =
  | { kind: 'phone'; e164: string; country: string | undefined; rule?: 'former-number' | 'spreadsheet' }
  | { kind: 'not-looked-up'; reason: NotLookedUp };

/** Parses and normalizes identifiers. Look-ups, imports and the verification of hits share it, so that all agree. */
export type IdentifierReader = {
  /** The current form of a number whose plan was renumbered. */
  parsePhone(raw: string, defaultCountry?: string): ParsedPhone;
  /** The numbers in a field that may hold several. */
  splitPhones(cell: string, defaultCountry?: string): string[];
  /**
   * E.164 forms that the same line had before a renumbering, for a broad query. One that a plan assigned anew is
   * another line's too: `parsePhone` decides by how it is written.
   */
  listFormerNumbers(e164: string): string[];
  normalizeEmail(raw: string): string | null;
  /** The addresses in a field that may hold several. */
  splitEmails(cell: string): string[];
  /** Whether the address as written differs from the normalized one in more than the case of ASCII letters. */
  isFoldedEmail(raw: string): boolean;
  /** A key under which two normalized addresses are one mailbox. */
  toMailbox(email: string): string;
  normalizeCaseNumber(raw: string): string | null;
};
