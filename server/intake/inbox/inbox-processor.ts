/**
 * Derives engagement events from stored rows and applies them to the records. The states of a row:
 *
 *   pending   durable, not processed yet
 *   applied   its events are in the records, or were already
 *   ignored   its event is not used
 *   dead      its body cannot be read, or its events cannot be applied; `reason` is the code of why
 *
 *   (arrival) → pending, or ignored or dead if the body alone decides it
 *   pending → applied | ignored | dead    in the transaction that changes the records
 *   any → pending                         an operator replays it (npm run events -- replay)
 *
 * Guaranteed: a row leaves `pending` in one transaction with its effect on the records. Applying an event twice has no
 * effect, so concurrent processes, replays and retried commits do no harm. While the storage is down rows stay pending.
 * Not guaranteed: order (the records do not depend on it), and that domain events are published: a crash after the
 * commit loses them, so consumers that must not miss one read the records.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { DomainEvent, EventBatch, RunTransaction } from '../../events.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { isStorageDown } from '../../platform/storage/is-storage-down.ts';
import type { Db } from '../../platform/storage/schema.ts';
import { createBackOff } from '../../platform/timing/back-off.ts';
import { createLoop, type Loop } from '../../platform/timing/loop.ts';
import { readAccountKey } from '../normalize/account-reference.ts';
import { normalizeRow } from '../normalize/normalize-row.ts';
import type { InboxRow, InboxStore, RowResult } from './inbox-store.ts';

/** Applies events to records within the transaction. Returns the domain events to publish after its commit. */
export type ApplyEvents = (transaction: Db, batch: EventBatch) => Promise<DomainEvent[]>;

/** Rows of one transaction, which on SQLite blocks the event loop: fewer while deliveries wait for their answers. */
const batchSize = { receiving: 25, idle: 100 };
/** Acknowledgements go first: a batch is delayed while rows are being received, but no longer than this. */
const maxDelayMs = 250;
/** Finds rows that another process stored. */
const pollMs = 1_000;

/** Also processes the pending rows of an earlier process. Call `wake` after a row was stored. */
export function createInboxProcessor(parts: {
  store: Pick<InboxStore, 'hasPending' | 'lockPending' | 'writeResults' | 'listPendingIds' | 'markDead'>;
  apply: ApplyEvents;
  /** The installation's key for a Zoom account id. */
  accountKeyFor: (accountId: string) => string;
  runTransaction: RunTransaction;
  /** Deliveries wait for their answers, or more of a burst are expected. */
  isReceiving: () => boolean;
  clock: Clock;
  metrics: Pick<Metrics, 'processed'>;
  log: Pick<Log, 'warn' | 'error'>;
}): Loop {
  const { store, apply, isReceiving, clock, metrics, log } = parts;
  const backOff = createBackOff({ firstMs: 250, maxMs: 5_000, jitter: 0.5 });
  let failureDelayMs = 0;

  return createLoop({
    async run(signal) {
      // Queried before a transaction is begun, which would take SQLite's only write lock at every poll.
      while (!signal.aborted && (await store.hasPending())) {
        await delayWhileReceiving(signal);
        if (!(await processBatchOrRows(signal))) break;
      }
      backOff.reset();
    },
    intervalMs: pollMs,
    failureDelayMs: () => failureDelayMs,
    report(error) {
      failureDelayMs = backOff.next();
      log.warn({ err: error, delayMs: failureDelayMs }, 'stored events cannot be processed now');
    },
  });

  async function delayWhileReceiving(signal: AbortSignal): Promise<void> {
    const until = performance.now() + maxDelayMs;
    // One turn of the event loop at least: queries on SQLite never yield.
    do await wait(1);
    while (isReceiving() && performance.now() < until && !signal.aborted);
  }

  /** False if there was nothing to process, or other processes hold the rows. */
  async function processBatchOrRows(signal: AbortSignal): Promise<boolean> {
    const max = isReceiving() ? batchSize.receiving : batchSize.idle;
    try {
      return await processBatch({ max });
    } catch (error) {
      if (isTransient(error)) throw error;
      await processOneByOne(max, signal);
      return true;
    }
  }

  async function processBatch(choice: { max: number; only?: number }): Promise<boolean> {
    const processed = await parts.runTransaction(async (transaction, domainEvents) => {
      const rows = await store.lockPending(transaction, choice);
      const { results, batches } = normalizeAll(rows, parts.accountKeyFor);
      // Before `apply`, which ends by taking the lock that the account's writers share.
      await store.writeResults(transaction, results, clock());
      // Sorted by account: the same lock order in every process.
      for (const [, batch] of [...batches].sort(([a], [b]) => (a < b ? -1 : 1))) {
        domainEvents.push(...(await apply(transaction, batch)));
      }
      return results;
    });
    for (const { state } of processed) metrics.processed.inc({ outcome: state });
    return processed.length > 0;
  }

  /** After a batch failed: each row in its own transaction, so that only the row at fault becomes a dead letter. */
  async function processOneByOne(max: number, signal: AbortSignal): Promise<void> {
    for (const id of await store.listPendingIds(max)) {
      if (signal.aborted) return;
      try {
        await processBatch({ max: 1, only: id });
      } catch (error) {
        if (isTransient(error)) throw error;
        log.error({ err: error }, 'a stored event could not be applied and is kept as a dead letter');
        await store.markDead(id, 'not-applied', clock());
        metrics.processed.inc({ outcome: 'dead' });
      }
    }
  }
}

function normalizeAll(
  rows: InboxRow[],
  accountKeyFor: (accountId: string) => string,
): { results: RowResult[]; batches: Map<string, EventBatch> } {
  const batches = new Map<string, EventBatch>();
  const results = rows.map((row): RowResult => {
    const { id } = row;
    const normalized = normalizeRow(row);
    if (normalized.kind === 'malformed') return { id, state: 'dead', reason: normalized.reason };
    if (normalized.kind === 'ignored') return { id, state: 'ignored', reason: null };
    const account =
      normalized.accountId === undefined ? row.account : readAccountKey(normalized.accountId, accountKeyFor);
    const batch = batches.get(account) ?? { account, events: [], receivedAt: 0 };
    batch.events.push(...normalized.events);
    batch.receivedAt = Math.max(batch.receivedAt, row.received_at);
    batches.set(account, batch);
    return { id, state: 'applied', reason: null };
  });
  return { results, batches };
}

/** A retry may succeed: the storage is down, or two transactions collided (PostgreSQL's class 40). */
function isTransient(error: unknown): boolean {
  return isStorageDown(error) || /^40\w{3}$/.test(String((error as { code?: unknown } | null)?.code ?? ''));
}
