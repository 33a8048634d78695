import { withDeadline } from '../timing/deadline.ts';
import type { Db } from './schema.ts';

/** ms. A write that succeeded counts for so long: probes cost one commit in five seconds, however many there are. */
const writeTtlMs = 5_000;
/** ms. A probe is answered within it, though a write waits longer for a lock. */
const deadlineMs = 2_000;

/**
 * Whether the database can be read and written. A full disk, a read-only one or a held lock refuses every event, while
 * reads go on.
 */
export function createReadinessCheck({
  ping,
  write,
  now = () => performance.now(),
}: {
  ping: () => Promise<void>;
  write: () => Promise<void>;
  now?: () => number;
}): () => Promise<void> {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  /** One at a time: probes that come while a write waits share it. */
  function writeOnce(): Promise<void> {
    pending ??= write()
      .then(() => {
        writtenAt = now();
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  return async () => {
    await ping();
    if (now() - writtenAt < writeTtlMs) return;
    await withDeadline(deadlineMs, writeOnce, () => {
      throw new Error('The database did not take a write in time');
    });
  };
}

/** Commits a row of its own in a table that every version has. */
export async function writeReadinessRow(db: Db): Promise<void> {
  await db
    .insertInto('leases')
    .values({ name: 'readiness', owner: 'readiness', expires_at: 0, fence: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((row) => ({ fence: row('leases.fence', '+', 1) })))
    .execute();
}
