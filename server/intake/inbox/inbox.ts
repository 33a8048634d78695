import type { RunTransaction } from '../../events.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Database } from '../../platform/storage/database.ts';
import { createEventReceiver, type EventReceiver } from './event-receiver.ts';
import { createGroupCommit } from './group-commit.ts';
import { type ApplyEvents, createInboxProcessor } from './inbox-processor.ts';
import { createInboxStore, type NewInboxRow } from './inbox-store.ts';

/** `start` also processes the pending rows of an earlier process. Call `stop` when nothing more can arrive. */
export type Inbox = { receiver: EventReceiver; start(): void; stop(): Promise<void> };

/** Zoom requires an answer within 3 s; ours takes at most 2 s, of which the storage gets this part. */
const storeTimeoutMs = 1_800;

/** Stores authentic bodies once, acknowledges them, and applies their events to the records. */
export function createInbox(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  accountKeyFor: (accountId: string | undefined) => string;
  apply: ApplyEvents;
  runTransaction: RunTransaction;
  clock: Clock;
  metrics: Metrics;
  log: Log;
}): Inbox {
  const { clock, metrics } = parts;
  const store = createInboxStore(parts.database);
  const groupCommit = createGroupCommit<NewInboxRow>({
    commit: store.insert,
    timeoutMs: storeTimeoutMs,
    maxGroupSize: 500,
    maxWaiting: 5_000,
  });
  const processor = createInboxProcessor({ ...parts, store, isReceiving: groupCommit.isBusy });

  // Counted when the metrics are read. While the storage is down the last value stays, and other metrics are answered.
  const countOnRead = (gauge: Metrics['pending'], state: 'pending' | 'dead') =>
    Object.assign(gauge, {
      collect: () =>
        store.count(state).then(
          (count) => gauge.set(count),
          () => {},
        ),
    });
  countOnRead(metrics.pending, 'pending');
  countOnRead(metrics.deadLetters, 'dead');

  return {
    receiver: createEventReceiver({
      groupCommit,
      accountKeyFor: parts.accountKeyFor,
      wake: processor.wake,
      clock,
      metrics,
    }),
    start: processor.start,
    stop: processor.stop,
  };
}
