import type { SourceState } from '#contract/sources.ts';
import type { CustomerRecord, IdentifierHits } from './customer-source.ts';
import type { EngagementIdentifier } from './engagement-identifiers.ts';
import { readDigits } from './identifiers.ts';

/**
 * What a search tells of those it found: an agent greets by name while the records are still being read. Only where it
 * tells enough to judge by: with one phone or e-mail alone, which all of them then share, the names say who is one person
 * (merge.ts). Where two identifiers met somebody, that they met the same is seen in the records; so is who else has a
 * number whose country was only assumed. A name that holds a number waits for the record too, for that says whether the
 * number is to be masked.
 */
export function toPreviews(identifiers: EngagementIdentifier[], hits: IdentifierHits[]): CustomerRecord[] {
  const lookedUp = identifiers.flatMap(({ kind, normalised }, at) => {
    const found = hits[at]?.hits ?? [];
    const isAsked = normalised !== null && (kind !== 'consumer' || found.length > 0);
    return isAsked ? [{ kind, value: normalised, found }] : [];
  });
  const [only] = lookedUp;
  if (!only || lookedUp.length > 1 || !only.found.every(saysEnough)) return [];
  if (only.kind !== 'phone' && only.kind !== 'email') return [];
  const held = [{ raw: only.value, value: only.value }];
  return only.found.map(({ customerId, customerName }) => ({
    ...{ id: customerId, name: customerName, company: undefined, fields: {}, cases: [], interactions: [] },
    ...{ phones: only.kind === 'phone' ? held : [], emails: only.kind === 'email' ? held : [] },
    isFace: true,
  }));
}

function saysEnough({ customerName, assumedCountry }: IdentifierHits['hits'][number]): boolean {
  // So many digits can be one of the person's own numbers (masking.ts).
  const holdsNumber = readDigits(customerName).length >= 7;
  return customerName !== '' && !holdsNumber && assumedCountry === undefined;
}

/** Until its source is heard, or because it was not: an empty list of cases would claim that there are none. */
export function markMissing(face: CustomerRecord, state: SourceState): CustomerRecord {
  if (state === 'found' || state === 'not-found') return face;
  const parts = ['cases', 'interactions', 'company'] as const;
  return { ...face, missing: parts.map((part) => ({ part, failure: { kind: state } })) };
}
