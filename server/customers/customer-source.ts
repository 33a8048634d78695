import type { HitRule, IdentifierKind, RecordPart } from '#contract/customers.ts';
import type { SourceFailure } from '#contract/sources.ts';

/**
 * A source of customers, as the look-up needs it. A failure resolves as an answer and does not reject. Ids are the
 * source's own. Times in ms UTC.
 */
export type CustomerSource = {
  id: string;
  label: string;
  /** Names of fields that stay hidden until the caller is verified, beside those whose names say so. */
  sensitive: readonly string[];
  /** ISO 3166 country in which national numbers are read, if the source has one. */
  defaultCountry(): Promise<string | undefined>;
  /** The customers with exactly this normalized value: at most `limit`, and how many there are in all. */
  find(
    kind: IdentifierKind,
    value: string,
    limit: number,
    freshness?: Freshness,
  ): Promise<SourceAnswer<IdentifierHits>>;
  /** In the order of `ids`; ids that no longer exist are left out. */
  readCustomers(ids: string[], freshness?: Freshness): Promise<SourceAnswer<CustomerRecord[]>>;
  /** Changes with every change in the source: with an equal version its answers are equal. Undefined: not known. */
  readVersion?(): Promise<number | undefined>;
  /**
   * Ids of customers by words of a name, or by the beginning of an e-mail (normalized); at most `limit`, best first.
   */
  search(
    query: { kind: 'name'; text: string } | { kind: 'email-prefix'; text: string },
    limit: number,
  ): Promise<SourceAnswer<string[]>>;
};

/** `cached`: a recent answer is enough. `fresh`: query the source now. */
export type Freshness = 'cached' | 'fresh';

export type SourceAnswer<Found> = (
  | { kind: 'found'; value: Found }
  | { kind: 'not-found' }
  | { kind: 'rate-limited'; retryAt: number }
  | { kind: Exclude<SourceFailure, 'rate-limited'> }
) & { fetchedAt: number };

export type IdentifierHits = {
  hits: { customerId: string; customerName: string; stored: string; assumedCountry?: string; rule?: HitRule }[];
  sharedBy: number;
};

/** A customer as a source holds it: nothing masked. */
export type CustomerRecord = {
  id: string;
  name: string;
  company: string | undefined;
  /** As written, in the source's order; `value` null when it could not be read. */
  phones: { raw: string; value: string | null }[];
  emails: { raw: string; value: string | null }[];
  fields: Record<string, string>;
  cases: { number: string; subject: string; status?: string; priority?: string; updatedAt?: number; url?: string }[];
  interactions: { at: number; channel?: string; summary?: string; agent?: string }[];
  /** https, or http if private sources are allowed; of a host the source may link to. */
  url?: string;
  /** Parts that the source did not give, or not yet. */
  missing?: { part: RecordPart; failure: { kind: SourceFailure | 'pending' } }[];
  /** Known from a search hit alone; the rest is not read yet. */
  isPreview?: true;
};
