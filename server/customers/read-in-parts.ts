import type { CustomerRecord, CustomerSource, Freshness, SourceAnswer } from './customer-source.ts';

/** A source takes so many ids at once. */
const most = 10;

/** Customers of any number of ids, in their order; the first failure when a part of them could not be read. */
export async function readInParts(
  source: Pick<CustomerSource, 'readCustomers'>,
  ids: string[],
  freshness: Freshness = 'cached',
): Promise<SourceAnswer<CustomerRecord[]>> {
  const parts = Array.from({ length: Math.ceil(ids.length / most) }, (_, at) => ids.slice(at * most, (at + 1) * most));
  const answers = await Promise.all(parts.map((part) => source.readCustomers(part, freshness)));
  const failed = answers.find((answer) => answer.kind !== 'found' && answer.kind !== 'not-found');
  if (failed) return failed;
  const records = answers.flatMap((answer) => (answer.kind === 'found' ? answer.value : []));
  return { kind: 'found', value: records, fetchedAt: Math.min(...answers.map(({ fetchedAt }) => fetchedAt)) };
}
