import type { Evidence, Hit, Match } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { toCustomerId } from './customer-id.ts';
import type { LookupSnapshot, SourceResult } from './lookup.ts';
import { createTextMask, type TextMask } from './masking.ts';
import { decideMatch } from './match.ts';
import { type MergedCustomer, mergeRecords, type SourcedRecord } from './merge.ts';
import { markMissing } from './preview.ts';

export type LookupEvaluation = { match: Match; customers: MergedCustomer[]; sources: SourceStatus[] };

const noCountries: readonly string[] = [];

const evaluations = new WeakMap<LookupSnapshot, { countries: readonly string[]; evaluation: LookupEvaluation }>();

/**
 * The match by all results so far. A snapshot never changes, so it is evaluated once. `countries`: of the sources, for
 * numbers in names.
 */
export function evaluateLookup(snapshot: LookupSnapshot, countries = noCountries): LookupEvaluation {
  const known = evaluations.get(snapshot);
  if (known?.countries === countries) return known.evaluation;
  const evaluation = evaluate(snapshot, createTextMask({ phones: [], countries }));
  evaluations.set(snapshot, { countries, evaluation });
  return evaluation;
}

function evaluate(
  { identifiers, sources: results, isOwnNumber }: LookupSnapshot,
  maskName: TextMask,
): LookupEvaluation {
  const customers = mergeRecords(results.flatMap(toSourcedRecords), isOwnNumber);
  const customerOf = new Map(customers.flatMap((customer) => customer.records.map(({ id }) => [id, customer])));

  const evidence = identifiers.map(({ rule, ...identifier }, index): Evidence => {
    const found = results.map((result) => readHits(result, index, { customerOf, maskName }));
    const hits = found.flatMap((each) => each.hits).map((hit) => (rule ? { ...hit, rule: hit.rule ?? rule } : hit));
    return { ...identifier, hits, sharedBy: sum(found.map(({ sharedBy }) => sharedBy)) };
  });
  // A consumer id that was never linked is of no use to an agent.
  const match = decideMatch(evidence.filter(({ kind, hits }) => kind !== 'consumer' || hits.length > 0));
  const hasFailure = results.some(({ state }) => !['pending', 'found', 'not-found'].includes(state));
  const isUnavailable = match.kind === 'none' && hasFailure;
  return {
    match: isUnavailable ? { kind: 'unavailable', evidence: match.evidence } : match,
    customers,
    sources: results.map(toStatus),
  };
}

export function toSourcedRecords({ source, state, fetchedAt, records }: SourceResult): SourcedRecord[] {
  const origin = { id: source.id, label: source.label, fetchedAt: fetchedAt ?? 0 };
  return records.map((record) => ({
    id: toCustomerId(source.id, record.id),
    source: origin,
    sensitive: source.sensitive,
    record: record.isPreview ? markMissing(record, state) : record,
  }));
}

function toStatus({ source, state, fetchedAt, retryAt }: SourceResult): SourceStatus {
  const { id, label } = source;
  return { id, label, state, fetchedAt, ...(retryAt !== undefined && { retryAt }) };
}

/**
 * A hit without a record (deleted since) is left out. `customerId` is the merged customer's, `customerName` the name in
 * the record that was hit.
 */
function readHits(
  { source, hits }: SourceResult,
  index: number,
  { customerOf, maskName }: { customerOf: Map<string, MergedCustomer>; maskName: TextMask },
) {
  const item = hits[index];
  if (!item) return { hits: [], sharedBy: 0 };
  const named = item.hits.flatMap(({ customerId, stored, assumedCountry, rule }): Hit[] => {
    const id = toCustomerId(source.id, customerId);
    const customer = customerOf.get(id);
    const name = customer?.records.find((record) => record.id === id)?.record.name;
    if (!customer || name === undefined) return [];
    const hit = { customerId: customer.id, customerName: maskName(name), source: source.id, stored };
    return [{ ...hit, ...(assumedCountry !== undefined && { assumedCountry }), ...(rule && { rule }) }];
  });
  return { hits: named, sharedBy: item.sharedBy - (item.hits.length - named.length) };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
