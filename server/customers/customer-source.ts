import type { IdentifierKind } from '#contract/customers.ts';

/**
 * Where customers live, as the look-up needs it. The built-in directory is the first; `app.ts` hands it in.
 * Every method rejects when the source does not answer; the look-up turns that into `unavailable`.
 */
export type CustomerSource = {
  id: string;
  label: string;
  /** ISO 3166 country in which national numbers are read, if the source has one. */
  defaultCountry(): Promise<string | undefined>;
  /** Who holds exactly this normalised value: at most `limit` of them, and how many there are in all. */
  findByIdentifier(kind: IdentifierKind, value: string, limit: number): Promise<IdentifierHits>;
  /** In the order of `ids`; ids that no longer exist are left out. */
  getCustomers(ids: string[]): Promise<CustomerRecord[]>;
  /** Customers whose e-mail starts with `prefix` (normalised), by id; at most `limit`. */
  findByEmailPrefix(prefix: string, limit: number): Promise<string[]>;
  /** Customers who have a word starting with each of `text`'s words in name or company; at most `limit` ids. */
  findByName(text: string, limit: number): Promise<string[]>;
};

export type IdentifierHits = {
  hits: { customerId: string; customerName: string; stored: string }[];
  sharedBy: number;
};

/** A customer as a source holds it: nothing masked. Times are ms UTC. */
export type CustomerRecord = {
  id: string;
  name: string;
  company: string | undefined;
  /** As written, in the order of the file; `value` null when it could not be read. */
  phones: { raw: string; value: string | null }[];
  emails: { raw: string; value: string | null }[];
  fields: Record<string, string>;
  cases: { number: string; subject: string; status?: string; priority?: string; updatedAt?: number }[];
  interactions: { at: number; channel?: string; summary?: string; agent?: string }[];
};
