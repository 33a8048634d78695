/**
 * Merges records of different sources into one customer.
 *
 * Two records are merged when their names agree **and** they share a phone or an e-mail. A number alone is not enough:
 * a couple shares a landline, and each system may hold one of them. Names agree when they have the same words, whatever
 * the order, case and accents, or when one has all words of the other and the other has at least two (`Ann Lee`, `Ann
 * M. Lee`).
 *
 * The contact center's own numbers are shared by nobody: any system may hold the hotline as somebody's number.
 *
 * Records of one source are never merged, because the source holds them apart. Where a group would hold two of one
 * source (father and son of one name), all of the group stay apart and the agent chooses.
 */
import type { Source } from '#contract/customers.ts';
import { foldLetters } from '../platform/fold-letters.ts';
import type { CustomerRecord } from './customer-source.ts';
import type { IsOwnNumber } from './own-numbers.ts';

/** A record and where it was read. `id` is the customer id, `<source>:<id there>`. */
export type SourcedRecord = { id: string; source: Source; sensitive: readonly string[]; record: CustomerRecord };

/** One customer in one or more sources. `id` is the first record's. */
export type MergedCustomer = { id: string; records: SourcedRecord[]; mergedBy: ('phone' | 'email')[] };

/** In the order of `records`, which is that of the sources. */
export function mergeRecords(records: SourcedRecord[], isOwnNumber: IsOwnNumber): MergedCustomer[] {
  const groups = groupAlike(records, isOwnNumber);
  return groups.flatMap((group) => {
    const isMergeable = new Set(group.map(({ source }) => source.id)).size === group.length;
    return isMergeable ? [toCustomer(group, isOwnNumber)] : group.map((record) => toCustomer([record], isOwnNumber));
  });
}

function toCustomer(records: SourcedRecord[], isOwnNumber: IsOwnNumber): MergedCustomer {
  const shared = records.flatMap((record, index) =>
    records.slice(index + 1).flatMap((other) => listShared(record, other, isOwnNumber)),
  );
  const mergedBy = (['phone', 'email'] as const).filter((kind) => shared.includes(kind));
  return { id: records[0]?.id ?? '', records, mergedBy };
}

/** Two records that are alike to a third are in one group. */
function groupAlike(records: SourcedRecord[], isOwnNumber: IsOwnNumber): SourcedRecord[][] {
  let groups: SourcedRecord[][] = [];
  for (const record of records) {
    const alike = groups.filter((group) => group.some((other) => isAlike(record, other, isOwnNumber)));
    if (alike.length === 0) {
      groups.push([record]);
      continue;
    }
    const [first] = alike;
    const others = groups.filter((group) => !alike.includes(group) || group === first);
    groups = others.map((group) => (group === first ? [...alike.flat(), record] : group));
  }
  return groups;
}

function isAlike(record: SourcedRecord, other: SourcedRecord, isOwnNumber: IsOwnNumber): boolean {
  if (record.source.id === other.source.id) return false;
  return agreeOnName(record.record.name, other.record.name) && listShared(record, other, isOwnNumber).length > 0;
}

function listShared(
  { record }: SourcedRecord,
  { record: other }: SourcedRecord,
  isOwnNumber: IsOwnNumber,
): ('phone' | 'email')[] {
  const share = (values: CustomerRecord['phones'], others: CustomerRecord['phones']) =>
    values.some(({ value }) => value !== null && others.some((each) => each.value === value));
  const isCustomers = ({ value }: { value: string | null }) => value === null || !isOwnNumber(value);
  return [
    ...(share(record.phones.filter(isCustomers), other.phones) ? (['phone'] as const) : []),
    ...(share(record.emails, other.emails) ? (['email'] as const) : []),
  ];
}

export function agreeOnName(name: string, other: string): boolean {
  const [fewer, more] = [readWords(name), readWords(other)].toSorted((a, b) => a.size - b.size);
  if (!fewer || !more || fewer.size === 0) return false;
  const isContained = [...fewer].every((word) => more.has(word));
  return isContained && (fewer.size === more.size || fewer.size >= 2);
}

function readWords(name: string): Set<string> {
  const plain = foldLetters(name).replace(/\p{M}/gu, '');
  return new Set(plain.match(/[\p{L}\p{N}]+/gu) ?? []);
}

export function findCustomer(customers: MergedCustomer[], customerId: string): MergedCustomer | undefined {
  return customers.find(({ records }) => records.some(({ id }) => id === customerId));
}

export function listDistinct(values: { raw: string; value: string | null }[]): string[] {
  return [...new Map(values.map(({ raw, value }) => [value ?? raw, raw])).values()];
}
