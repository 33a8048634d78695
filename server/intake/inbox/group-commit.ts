/**
 * Rows that arrive together share one transaction and one fsync, and each is answered after it.
 *
 *   waiting     it came while a commit was under way, or just now
 *   under way   its group is being committed; the next group gathers meanwhile
 *   answered    `stored` or `duplicate`, after the commit; or refused as unavailable
 *
 * Guaranteed: nobody is told `stored` or `duplicate` before the row is durable, and everybody is told something within
 * `patienceMs`. Not guaranteed: that what was refused is not there. A commit may come through after its row was given
 * up; the sender sends again, and the key makes one of both. A row that was given up while it still waited is not stored.
 */
import { AppError } from '../../platform/errors.ts';

export type StoreOutcome = { kind: 'stored' | 'duplicate' };

/** A group gathers for so long. ms */
const gatherMs = 2;

/** Between two deliveries of one burst. ms */
const burstMs = 8;

type Waiting<Row> = {
  row: Row;
  key: string;
  settle(outcome: StoreOutcome | AppError): void;
  isAnswered: boolean;
};

export type GroupCommit<Row> = {
  /** Rejects with AppError `unavailable`. */
  add(row: Row, key: string): Promise<StoreOutcome>;
  /** Somebody waits, or the next of a burst is likely to come at once. */
  isBusy(): boolean;
};

export function createGroupCommit<Row>(parts: {
  /** One transaction; answers the keys that were new. Each key is given once. */
  commit: (rows: Row[]) => Promise<Set<string>>;
  patienceMs: number;
  /** Rows of one group. */
  most: number;
  /** Beyond so many, waiting is hopeless and costs memory. */
  mostWaiting: number;
}): GroupCommit<Row> {
  let waiting: Waiting<Row>[] = [];
  let isUnderWay = false;
  let lastCameAt = -burstMs;

  async function commitGroups(): Promise<void> {
    isUnderWay = true;
    // Measured with 64 connections: waiting for one turn of the event loop only makes groups of a few, each with an fsync
    // of its own, and halves what can be acknowledged.
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    while (waiting.length > 0) {
      waiting = waiting.filter((one) => !one.isAnswered);
      await commitGroup(waiting.splice(0, parts.most));
    }
    isUnderWay = false;
  }

  async function commitGroup(group: Waiting<Row>[]): Promise<void> {
    if (group.length === 0) return;
    try {
      const rows = new Map(group.map(({ key, row }) => [key, row]));
      const stored = await parts.commit([...rows.values()]);
      // Of one key's deliveries the first is the one that was stored.
      for (const { key, settle } of group) settle({ kind: stored.delete(key) ? 'stored' : 'duplicate' });
    } catch (cause) {
      for (const { settle } of group) settle(unavailable(cause));
    }
  }

  return {
    isBusy: () => isUnderWay || performance.now() - lastCameAt < burstMs,
    add(row, key) {
      lastCameAt = performance.now();
      if (waiting.length >= parts.mostWaiting) return Promise.reject(unavailable(new Error('Too many wait')));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => one.settle(unavailable(new Error('No commit in time'))), parts.patienceMs);
        const one: Waiting<Row> = {
          row,
          key,
          isAnswered: false,
          settle(outcome) {
            clearTimeout(timer);
            one.isAnswered = true;
            if (outcome instanceof AppError) reject(outcome);
            else resolve(outcome);
          },
        };
        waiting.push(one);
        if (!isUnderWay) void commitGroups();
      });
    },
  };
}

function unavailable(cause: unknown): AppError {
  return new AppError('unavailable', 'The event could not be stored. Send it again.', { cause });
}
