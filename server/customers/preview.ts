import type { SourceState } from '#contract/sources.ts';
import type { CustomerRecord, IdentifierHits } from './customer-source.ts';
import type { EngagementIdentifier } from './engagement-identifiers.ts';
import { readDigits } from './identifiers.ts';

/**
 * Previews of the hits of a search, so that an agent can greet by name while the records are read. Only where the match
 * would be the same with the records: one phone or e-mail, which every hit has, and names decide who is merged
 * (merge.ts). With two identifiers, or a number whose country was assumed, only the records decide. A name that holds a
 * number waits too, because the record decides whether that number is to be masked.
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
