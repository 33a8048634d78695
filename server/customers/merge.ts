/**
 * When records of different sources are one person.
 *
 * Two records are taken for one person when their names agree **and** they have a phone or an e-mail in common. A number
 * alone is not enough: a couple shares a landline, and one of them may stand in each system. A name alone is not either.
 * Names agree when they have the same words, whatever the order, case and accents, or when one has all words of the other
 * and the other has at least two (`Ann Lee`, `Ann M. Lee`).
 *
 * Inside one source nothing is joined, for it has said that they are two. So where a group would hold two records of one
 * source (father and son of one name), it is not known which of them the other source means: all stay apart, and the agent
 * chooses. Nobody is preferred by age or order. The order of the sources decides only which value stands first.
 */
import type { Source } from '#contract/customers.ts';
import type { CustomerRecord } from './customer-source.ts';

/** A record and where it was read. `id` is the customer id, `<source>:<id there>`. */
export type SourcedRecord = { id: string; source: Source; sensitive: readonly string[]; record: CustomerRecord };

/** One person, as one or more sources know them. `id` is the first record's. */
export type MergedCustomer = { id: string; records: SourcedRecord[]; mergedBy: ('phone' | 'email')[] };

/** In the order of `records`, which is that of the sources. */
export function mergeRecords(records: SourcedRecord[]): MergedCustomer[] {
  const groups = groupAlike(records);
  return groups.flatMap((group) => {
    const isOnePerson = new Set(group.map(({ source }) => source.id)).size === group.length;
    return isOnePerson ? [toPerson(group)] : group.map((record) => toPerson([record]));
  });
}

function toPerson(records: SourcedRecord[]): MergedCustomer {
  const shared = records.flatMap((one, at) => records.slice(at + 1).flatMap((other) => listShared(one, other)));
  const sameBy = (['phone', 'email'] as const).filter((kind) => shared.includes(kind));
  return { id: records[0]?.id ?? '', records, mergedBy: sameBy };
}

/** Whoever is alike by way of a third is in one group. */
function groupAlike(records: SourcedRecord[]): SourcedRecord[][] {
  let groups: SourcedRecord[][] = [];
  for (const record of records) {
    const alike = groups.filter((group) => group.some((other) => isAlike(record, other)));
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

function isAlike(one: SourcedRecord, other: SourcedRecord): boolean {
  if (one.source.id === other.source.id) return false;
  return agreeOnName(one.record.name, other.record.name) && listShared(one, other).length > 0;
}

function listShared({ record: one }: SourcedRecord, { record: other }: SourcedRecord): ('phone' | 'email')[] {
  const share = (held: CustomerRecord['phones'], others: CustomerRecord['phones']) =>
    held.some(({ value }) => value !== null && others.some((theirs) => theirs.value === value));
  return [
    ...(share(one.phones, other.phones) ? (['phone'] as const) : []),
    ...(share(one.emails, other.emails) ? (['email'] as const) : []),
  ];
}

export function agreeOnName(one: string, other: string): boolean {
  const [fewer, more] = [readWords(one), readWords(other)].toSorted((a, b) => a.size - b.size);
  if (!fewer || !more || fewer.size === 0) return false;
  const isContained = [...fewer].every((word) => more.has(word));
  return isContained && (fewer.size === more.size || fewer.size >= 2);
}

const unmarked: Record<string, string> = { đ: 'd', ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', œ: 'oe' };

function readWords(name: string): Set<string> {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[đßøłæœ]/g, (letter) => unmarked[letter] ?? letter);
  return new Set(plain.match(/[\p{L}\p{N}]+/gu) ?? []);
}
