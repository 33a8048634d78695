import type { SourceState } from '#contract/sources.ts';
import type { CustomerRecord, IdentifierHits } from './customer-source.ts';
import type { EngagementIdentifier } from './engagement-identifiers.ts';
import { readDigits } from './identifiers/plain-text.ts';
import type { MergedCustomer } from './merge.ts';

/**
 * Makes previews of hits, so that an agent can greet by name while the records are read. Returns none if the records
 * could change the match: with several identifiers, with one that is no phone or e-mail, or with an assumed country.
 * Returns none either if a name contains a number, because the record decides whether that number is masked.
 */
export function toPreviews(identifiers: EngagementIdentifier[], hits: IdentifierHits[]): CustomerRecord[] {
  const queries = identifiers.flatMap(({ kind, normalized }, index) => {
    const found = hits[index]?.hits ?? [];
    const isQueried = normalized !== null && (kind !== 'consumer' || found.length > 0);
    return isQueried ? [{ kind, value: normalized, found }] : [];
  });
  const [only] = queries;
  if (!only || queries.length > 1 || !only.found.every(isSufficient)) return [];
  if (only.kind !== 'phone' && only.kind !== 'email') return [];
  const identifier = [{ raw: only.value, value: only.value }];
  return only.found.map(({ customerId, customerName }) => ({
    id: customerId,
    name: customerName,
    company: undefined,
    fields: {},
    cases: [],
    interactions: [],
    phones: only.kind === 'phone' ? identifier : [],
    emails: only.kind === 'email' ? identifier : [],
    isPreview: true,
  }));
}

function isSufficient({ customerName, assumedCountry }: IdentifierHits['hits'][number]): boolean {
  // So many digits can be one of the customer's own numbers (masking.ts).
  const holdsNumber = readDigits(customerName).length >= 7;
  return customerName !== '' && !holdsNumber && assumedCountry === undefined;
}

/** Marks the parts that were not read: an empty list of cases would claim that there are none. */
export function markMissing(preview: CustomerRecord, state: SourceState): CustomerRecord {
  if (state === 'found' || state === 'not-found') return preview;
  const parts = ['cases', 'interactions', 'company'] as const;
  return { ...preview, missing: parts.map((part) => ({ part, failure: { kind: state } })) };
}

/** Whether this record of a merged customer is a preview. */
export function isPreview({ records }: MergedCustomer, customerId: string): boolean {
  return records.some(({ id, record }) => id === customerId && record.isPreview === true);
}
