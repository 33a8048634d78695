import { describe, expect, it, vi } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { Db } from '../../platform/storage/schema.ts';
import { createInboxProcessor } from './inbox-processor.ts';

/** Processes one batch and resolves with the number of rows it asked for. */
async function takeBatchSize(isReceiving: boolean): Promise<number> {
  const sizes: number[] = [];
  const processor = createInboxProcessor({
    store: {
      hasPending: async () => sizes.length === 0,
      async lockPending(_transaction, { max }) {
        sizes.push(max);
        return [];
      },
      writeResults: async () => {},
      listPendingIds: async () => [],
      markDead: async () => {},
    },
    apply: async () => [],
    accountKeyFor: (accountId) => accountId,
    runTransaction: (work) => work({} as Db, []),
    isReceiving: () => isReceiving,
    clock: () => 0,
    metrics: createMetrics({ withProcess: false }),
    log: createLog('silent'),
  });
  processor.start();
  await vi.waitFor(() => expect(sizes).toHaveLength(1), 60_000);
  await processor.stop();
  return sizes[0] ?? 0;
}

describe('inbox processor', () => {
  it('no sender waits › takes a large batch', async () => {
    expect(await takeBatchSize(false)).toBe(100);
  });

  it('senders wait for acknowledgements › takes a small batch after a delay', async () => {
    const start = performance.now();
    expect(await takeBatchSize(true)).toBe(25);
    expect(performance.now() - start).toBeGreaterThan(240);
  });
});
