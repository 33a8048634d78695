import type { Evidence, Hit, Match } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { toCustomerId } from './customer-id.ts';
import type { LookupSnapshot, SourceResult } from './lookup.ts';
import { createTextMask } from './masking.ts';
import { decideMatch } from './match.ts';
import { type MergedCustomer, mergeRecords, type SourcedRecord } from './merge.ts';
import { markMissing } from './preview.ts';

export type LookupEvaluation = { match: Match; customers: MergedCustomer[] };

/** Files hold e-mails where names should be. Of the customer's numbers the card is asked, not the evidence. */
const maskName = createTextMask({ phones: [] });

/** What the answers that are there so far say, of all sources together. */
export function evaluateLookup({ identifiers, sources }: LookupSnapshot): LookupEvaluation {
  const persons = mergeRecords(sources.flatMap(toSourcedRecords));
  const personOf = new Map(persons.flatMap((person) => person.records.map(({ id }) => [id, person])));

  const evidence = identifiers.map((identifier, at): Evidence => {
    const met = sources.map((reading) => readHits(reading, at, personOf));
    return { ...identifier, hits: met.flatMap(({ hits }) => hits), sharedBy: sum(met.map(({ sharedBy }) => sharedBy)) };
  });
  // Zoom's id of somebody nobody was ever linked to tells an agent nothing.
  const match = decideMatch(evidence.filter(({ kind, hits }) => kind !== 'consumer' || hits.length > 0));
  const hasFailure = sources.some(({ state }) => !['asking', 'found', 'not-found'].includes(state));
  if (match.kind !== 'none' || !hasFailure) return { match, customers: persons };
  return { match: { kind: 'unavailable', evidence: match.evidence }, customers: persons };
}

export function toSourcedRecords({ source, state, fetchedAt, records }: SourceResult): SourcedRecord[] {
  const from = { id: source.id, label: source.label, fetchedAt: fetchedAt ?? 0 };
  return records.map((record) => ({
    id: toCustomerId(source.id, record.id),
    source: from,
    sensitive: source.sensitive,
    record: record.isFace ? markMissing(record, state) : record,
  }));
}

export function toStatus({ source, state, fetchedAt, retryAt }: SourceResult): SourceStatus {
  const { id, label } = source;
  return { id, label, state, fetchedAt, ...(retryAt !== undefined && { retryAt }) };
}

/** A hit whose record is gone since says nothing. A customer of several sources is named by the first. */
function readHits({ source, hits }: SourceResult, at: number, personOf: Map<string, MergedCustomer>) {
  const item = hits[at];
  if (!item) return { hits: [], sharedBy: 0 };
  const named = item.hits.flatMap(({ customerId: there, stored, assumedCountry }): Hit[] => {
    const id = toCustomerId(source.id, there);
    const person = personOf.get(id);
    const name = person?.records.find((one) => one.id === id)?.record.name;
    if (!person || name === undefined) return [];
    const hit = { customerId: person.id, customerName: maskName(name), source: source.id, stored };
    return [{ ...hit, ...(assumedCountry !== undefined && { assumedCountry }) }];
  });
  return { hits: named, sharedBy: item.sharedBy - (item.hits.length - named.length) };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
