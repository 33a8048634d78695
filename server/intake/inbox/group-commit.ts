/**
 * Group commit: rows that arrive together share one transaction and one fsync; each is answered after the commit.
 *
 *   waiting       arrived during a commit or just now
 *   committing    its group is being committed; the next group gathers meanwhile
 *   answered      `stored` or `duplicate` after the commit, or rejected as unavailable
 *
 * Guaranteed: `stored` and `duplicate` are answered only when the row is durable, and every row is answered within
 * `timeoutMs`. A row that times out while waiting is not stored. Not guaranteed: that a row rejected as unavailable is
 * absent: its commit may still succeed. If the sender repeats the row, the second is a duplicate by its key.
 *
 * A commit waits `gatherMs` for more rows only after a group of more than `burstSize` rows: a single event is committed
 * at once, a burst in few groups. With 64 connections, gathering for one turn of the event loop instead makes groups of
 * a few rows, each with an fsync of its own, at half the throughput.
 */
import { AppError } from '../../platform/errors.ts';

export type StoreOutcome = { kind: 'stored' | 'duplicate' };

const gatherMs = 2;
/** After the last arrival of a burst, the next delivery is expected within this time. */
const burstMs = 50;
const burstSize = 4;

type WaitingRow<Row> = {
  row: Row;
  key: string;
  settle(outcome: StoreOutcome | AppError): void;
  isAnswered: boolean;
};

export type GroupCommit<Row> = {
  /** Rejects with AppError `unavailable`. */
  add(row: Row, key: string): Promise<StoreOutcome>;
  /** Rows are being committed, or more of a burst are expected. */
  isBusy(): boolean;
};

export function createGroupCommit<Row>(parts: {
  /** One transaction. Resolves with the keys that were new. No key occurs twice in `rows`. */
  commit: (rows: Row[]) => Promise<Set<string>>;
  timeoutMs: number;
  maxGroupSize: number;
  /** Bounds the memory; further rows are rejected at once. */
  maxWaiting: number;
}): GroupCommit<Row> {
  let waiting: WaitingRow<Row>[] = [];
  let isCommitting = false;
  let isBurst = false;
  let lastArrivalAt = -burstMs;

  async function commitGroups(): Promise<void> {
    isCommitting = true;
    // One turn at least: requests that were read in the same turn share a commit.
    await new Promise<void>((resolve) => void (isBurst ? setTimeout(resolve, gatherMs) : setImmediate(resolve)));
    while (waiting.length > 0) {
      waiting = waiting.filter(({ isAnswered }) => !isAnswered);
      const group = waiting.splice(0, parts.maxGroupSize);
      isBurst = group.length > burstSize;
      await commitGroup(group);
    }
    isCommitting = false;
  }

  async function commitGroup(group: WaitingRow<Row>[]): Promise<void> {
    if (group.length === 0) return;
    try {
      const rows = new Map(group.map(({ key, row }) => [key, row]));
      const newKeys = await parts.commit([...rows.values()]);
      // The first delivery of a key is the stored one.
      for (const { key, settle } of group) settle({ kind: newKeys.delete(key) ? 'stored' : 'duplicate' });
    } catch (cause) {
      for (const { settle } of group) settle(toUnavailable(cause));
    }
  }

  return {
    isBusy: () => isCommitting || (isBurst && performance.now() - lastArrivalAt < burstMs),
    add(row, key) {
      lastArrivalAt = performance.now();
      if (waiting.length >= parts.maxWaiting) return Promise.reject(toUnavailable(new Error('Too many rows wait')));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => entry.settle(toUnavailable(new Error('No commit in time'))), parts.timeoutMs);
        const entry: WaitingRow<Row> = {
          row,
          key,
          isAnswered: false,
          settle(outcome) {
            clearTimeout(timer);
            entry.isAnswered = true;
            if (outcome instanceof AppError) reject(outcome);
            else resolve(outcome);
          },
        };
        waiting.push(entry);
        if (!isCommitting) void commitGroups();
      });
    },
  };
}

function toUnavailable(cause: unknown): AppError {
  return new AppError('unavailable', 'The event could not be stored. Send it again.', { cause });
}
