import type { RunTransaction } from '../../events.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Database } from '../../platform/storage/database.ts';
import { createEventReceiver, type EventReceiver } from './event-receiver.ts';
import { createGroupCommit } from './group-commit.ts';
import { type ApplyEvents, createInboxProcessor } from './inbox-processor.ts';
import { createInboxStore, type NewInboxRow } from './inbox-store.ts';

/** `start` resumes what was left unprocessed. Call `stop` when nothing more can arrive: it finishes what is under way. */
export type Inbox = { receiver: EventReceiver; start(): void; stop(): Promise<void> };

/** Zoom waits 3 s for an answer and is to have it within 2: this is the part that the storage gets. ms. */
const patienceMs = 1_800;

/** Everything between an authentic body and its record. */
export function createInbox(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  accountOf: (accountId: string | undefined) => string;
  apply: ApplyEvents;
  runTransaction: RunTransaction;
  clock: Clock;
  metrics: Metrics;
  log: Log;
}): Inbox {
  const { clock, metrics } = parts;
  const store = createInboxStore(parts.database);
  const groups = createGroupCommit<NewInboxRow>({ commit: store.insert, patienceMs, most: 500, mostWaiting: 5_000 });
  const processor = createInboxProcessor({ ...parts, store, isReceiving: groups.isBusy });

  // Asked when somebody reads the metrics. Without the storage there is nothing new to say, and the rest must be told.
  const fill = (gauge: Metrics['pending'], state: 'pending' | 'dead') =>
    Object.assign(gauge, {
      collect: () =>
        store.count(state).then(
          (count) => gauge.set(count),
          () => {},
        ),
    });
  fill(metrics.pending, 'pending');
  fill(metrics.deadLetters, 'dead');

  return {
    receiver: createEventReceiver({ groups, accountOf: parts.accountOf, wake: processor.wake, clock, metrics }),
    start: processor.start,
    stop: processor.stop,
  };
}
