/**
 * What was stored becomes records. The states of a stored event:
 *
 *   pending   durable and acknowledged; what it says is in no record yet
 *   applied   what it says is in the record, or would be, had it been new
 *   kept      it says nothing that we use
 *   dead      it could not be understood, or could not be applied for a reason of its own; `reason` says which
 *
 *   (arrives) → pending, or kept or dead where that is clear from the body
 *   pending → applied | kept | dead     one transaction with what it changes in the records
 *   any → pending                       an operator replays it (npm run events -- replay)
 *
 * Guaranteed: a row that is applied is in its record, and one that is not is pending, whenever the process is killed.
 * Records take the same statement twice as once, so two processes at work, a replay, or a commit whose answer was lost
 * do no harm. The storage being down costs no event: the row stays pending and is tried again, after a pause that grows
 * to five seconds. Not guaranteed: the order. Rows are taken in the order of their ids, but two processes overtake each
 * other, and Zoom does too; the records do not depend on it. Nor that domain events are published: a kill between the
 * commit and that loses them, so whoever must not miss one reads the record.
 *
 * Zoom waits for acknowledgements and for nothing else, so they come first: a batch is small, for SQLite answers nobody
 * while it runs, and while deliveries are being stored it is put off, by `putOffMs` at most, so that a flood slows the
 * records down but never stops them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { DomainEvent, NormalizedEvent, RunTransaction } from '../../events.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { isStorageDown } from '../../platform/storage/is-storage-down.ts';
import type { Db } from '../../platform/storage/schema.ts';
import { normalizeRow } from '../normalize/normalize-row.ts';
import type { InboxRow, InboxStore, Verdict } from './inbox-store.ts';

/** Applies events to records within the transaction. Answers the domain events to publish after its commit. */
export type ApplyEvents = (
  transaction: Db,
  arrival: { account: string; events: NormalizedEvent[]; receivedAt: number },
) => Promise<DomainEvent[]>;

export type InboxProcessor = {
  /** Takes up what an earlier process left behind, and looks every second for what another one stored. */
  start(): void;
  /** There is something to do; before the start nothing is done. */
  wake(): void;
  /** Resolves when nothing more is under way. */
  stop(): Promise<void>;
};

const batchSize = 25;
const putOffMs = 250;
const pollMs = 1_000;
const pauses = { firstMs: 250, longestMs: 5_000 };

export function createInboxProcessor(parts: {
  store: Pick<InboxStore, 'hasPending' | 'lockPending' | 'writeVerdicts' | 'listPendingIds' | 'markDead'>;
  apply: ApplyEvents;
  runTransaction: RunTransaction;
  /** Somebody waits for an acknowledgement. */
  isReceiving: () => boolean;
  clock: Clock;
  metrics: Pick<Metrics, 'processed'>;
  log: Pick<Log, 'warn' | 'error'>;
}): InboxProcessor {
  const { store, apply, clock, metrics, log } = parts;
  let poll: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isAsked = false;
  let isStarted = false;
  let isStopping = false;
  let pauseMs = 0;
  let pausedUntil = 0;

  /** False where there was nothing to do. */
  async function processBatch(only?: number): Promise<boolean> {
    const choice = only === undefined ? { max: batchSize } : { max: 1, only };
    const processed = await parts.runTransaction(async (transaction, domainEvents) => {
      const rows = await store.lockPending(transaction, choice);
      const { verdicts, arrivals } = interpretAll(rows);
      // Before `apply`, which ends by taking the lock that the account's writers share.
      await store.writeVerdicts(transaction, verdicts, clock());
      // Sorted by account: the same lock order in every process.
      for (const [, arrival] of [...arrivals].sort(([a], [b]) => (a < b ? -1 : 1))) {
        domainEvents.push(...(await apply(transaction, arrival)));
      }
      return verdicts;
    });
    for (const { state } of processed) metrics.processed.inc({ outcome: state });
    return processed.length > 0;
  }

  /** A batch that failed: each row by itself, so that the one to blame does not hold the others. */
  async function processOneByOne(): Promise<void> {
    for (const id of await store.listPendingIds(batchSize)) {
      if (isStopping) return;
      try {
        await processBatch(id);
      } catch (error) {
        if (isPassing(error)) throw error;
        log.error({ err: error }, 'a stored event could not be applied and is kept as a dead letter');
        await store.markDead(id, 'not-applied', clock());
        metrics.processed.inc({ outcome: 'dead' });
      }
    }
  }

  async function processAll(): Promise<void> {
    while (isAsked && !isStopping) {
      isAsked = false;
      try {
        // Asked before a transaction is begun, which would take SQLite's only writing place every second.
        while (!isStopping && (await store.hasPending())) {
          await letReceive();
          if (!(await processBatchOrRows())) break;
        }
        pauseMs = 0;
      } catch (error) {
        pauseMs = Math.min(Math.max(pauseMs * 2, pauses.firstMs), pauses.longestMs);
        pausedUntil = performance.now() + pauseMs;
        log.warn({ err: error, pauseMs }, 'stored events cannot be processed now');
        return;
      }
    }
  }

  async function letReceive(): Promise<void> {
    const until = performance.now() + putOffMs;
    // One turn of the event loop at least: with SQLite nothing else lets it turn.
    do await wait(1);
    while (parts.isReceiving() && performance.now() < until && !isStopping);
  }

  async function processBatchOrRows(): Promise<boolean> {
    try {
      return await processBatch();
    } catch (error) {
      if (isPassing(error)) throw error;
      await processOneByOne();
      return true;
    }
  }

  function wake(): void {
    isAsked = true;
    if (!isStarted || running || isStopping || performance.now() < pausedUntil) return;
    running = processAll().finally(() => {
      running = undefined;
    });
  }

  return {
    wake,
    start() {
      isStarted = true;
      wake();
      poll = setInterval(wake, pollMs);
    },
    async stop() {
      isStopping = true;
      clearInterval(poll);
      await running;
    },
  };
}

type Arrival = Parameters<ApplyEvents>[1];

function interpretAll(rows: InboxRow[]): { verdicts: Verdict[]; arrivals: Map<string, Arrival> } {
  const arrivals = new Map<string, Arrival>();
  const verdicts = rows.map((row): Verdict => {
    const { id } = row;
    if (row.body === null) return { id, state: 'dead', reason: 'no-body' };
    const said = normalizeRow(row);
    if (said.kind === 'malformed') return { id, state: 'dead', reason: said.reason };
    if (said.kind === 'ignored') return { id, state: 'ignored', reason: null };
    const before = arrivals.get(row.account);
    arrivals.set(row.account, {
      account: row.account,
      events: [...(before?.events ?? []), ...said.statements],
      receivedAt: Math.max(before?.receivedAt ?? 0, row.received_at),
    });
    return { id, state: 'applied', reason: null };
  });
  return { verdicts, arrivals };
}

/** Another try may succeed: the storage is down, or two transactions stood in each other's way (PostgreSQL's class 40). */
function isPassing(error: unknown): boolean {
  return isStorageDown(error) || /^40\w{3}$/.test(String((error as { code?: unknown } | null)?.code ?? ''));
}
