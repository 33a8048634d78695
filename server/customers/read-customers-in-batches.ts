import type { CustomerRecord, CustomerSource, Freshness, SourceAnswer } from './customer-source.ts';

/** A source takes this many ids at once. */
const maxIds = 10;

/** Reads any number of ids, in their order. Answers the first failure when a part of them could not be read. */
export async function readCustomersInBatches(
  source: Pick<CustomerSource, 'readCustomers'>,
  ids: string[],
  freshness: Freshness = 'cached',
): Promise<SourceAnswer<CustomerRecord[]>> {
  const batches = Array.from({ length: Math.ceil(ids.length / maxIds) }, (_, index) =>
    ids.slice(index * maxIds, (index + 1) * maxIds),
  );
  const answers = await Promise.all(batches.map((batch) => source.readCustomers(batch, freshness)));
  const failed = answers.find((answer) => answer.kind !== 'found' && answer.kind !== 'not-found');
  if (failed) return failed;
  const records = answers.flatMap((answer) => (answer.kind === 'found' ? answer.value : []));
  return { kind: 'found', value: records, fetchedAt: Math.min(...answers.map(({ fetchedAt }) => fetchedAt)) };
}
