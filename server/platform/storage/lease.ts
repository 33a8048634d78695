/**
 * Work that only one process may do at a time, such as keeping Zoom's WebSocket open (a singleton job).
 *
 *   waiting ─ free or expired ─▶ holding ─ renewed ─▶ holding
 *                                   └─ not renewed in time · taken away · stop ─▶ waiting
 *
 * The row in `leases` names the owner and the expiry by the database's clock, the only clock that all processes share.
 * The owner does not read that clock. It counts from before it sent its renewal, by its own monotonic clock, and gives
 * up a tenth early (the two clocks need not run equally fast, and both are cut to ms): when others may take the lease,
 * `isHeld()` has been false for a while, even if the database was unreachable all that time.
 *
 * Guaranteed: `isHeld()` is true in one process at most, as long as the database's clock is not set forward; `fence`
 * grows with each new owner; after a crash another process holds the lease within `ttlMs`, after `stop` within
 * `renewEveryMs`. Not guaranteed: that what an owner sent before it lost the lease does not arrive afterwards. Where
 * that matters, the receiver must refuse a fence smaller than one it has seen.
 */

import { sql } from 'kysely';
import { createLoop } from '../timing/loop.ts';
import type { Database } from './database.ts';

export type Lease = {
  start(): void;
  /** Calls `onLost` if the lease is held, waits for it, and releases the lease. */
  stop(): Promise<void>;
  /** Check it before every act that only the owner may do. */
  isHeld(): boolean;
};

type Holding = { fence: number; until: number; timer: NodeJS.Timeout | undefined };

export function createLease(parts: {
  database: Pick<Database, 'kind' | 'db'>;
  name: string;
  /** Unique to this run of the process: after a crash, a restarted one must not pass for the one before. */
  owner: string;
  /** ms; several times `renewEveryMs`, so that one failed renewal does not lose the lease. */
  ttlMs: number;
  renewEveryMs: number;
  onGained(fence: number): void;
  onLost(): void | Promise<void>;
  /** Receives the errors of the database; the statement is repeated. */
  report(error: unknown): void;
}): Lease {
  const { ttlMs, renewEveryMs, report } = parts;
  const rows = createLeaseRows(parts);
  let holding: Holding | undefined;

  const isHeld = () => holding !== undefined && performance.now() < holding.until;

  function extend(current: Holding, sentAt: number): void {
    current.until = sentAt + ttlMs * 0.9;
    clearTimeout(current.timer);
    current.timer = setTimeout(() => void lose(current), Math.max(0, current.until - performance.now()));
  }

  async function lose(current: Holding): Promise<void> {
    if (holding !== current) return;
    clearTimeout(current.timer);
    holding = undefined;
    try {
      await parts.onLost();
    } catch (error) {
      report(error);
    }
  }

  /** Returns the delay until the next attempt, ms. */
  async function tryToTake(signal: AbortSignal): Promise<number> {
    const leftMs = await rows.readLeft();
    if (leftMs > 0) return Math.min(leftMs + 1, renewEveryMs);
    const sentAt = performance.now();
    const fence = await rows.take();
    if (fence === undefined) return 1;
    if (signal.aborted || performance.now() >= sentAt + ttlMs * 0.9) {
      await rows.release(fence);
      return 1;
    }
    holding = { fence, until: 0, timer: undefined };
    extend(holding, sentAt);
    parts.onGained(fence);
    return renewEveryMs;
  }

  async function renew(current: Holding): Promise<number> {
    const sentAt = performance.now();
    const isRenewed = await rows.renew(current.fence);
    if (holding !== current) return 1;
    if (isRenewed) extend(current, sentAt);
    else await lose(current);
    return renewEveryMs;
  }

  const loop = createLoop({
    run: (signal) => (holding ? renew(holding) : tryToTake(signal)),
    intervalMs: renewEveryMs,
    // Sooner than usual, while there is still time to renew.
    failureDelayMs: () => renewEveryMs / 4,
    report,
  });

  return {
    start: loop.start,
    isHeld,
    async stop() {
      const held = holding;
      const stopped = loop.stop();
      if (held) await lose(held);
      await stopped;
      if (held) await rows.release(held.fence).catch(report);
    },
  };
}

/** The statements. Each one is atomic and uses the database's clock. */
function createLeaseRows({
  database: { db, kind },
  name,
  owner,
  ttlMs,
}: Pick<Parameters<typeof createLease>[0], 'database' | 'name' | 'owner' | 'ttlMs'>) {
  const now =
    kind === 'postgres'
      ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
      : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;
  const expiry = sql<number>`${now} + ${sql.lit(ttlMs)}`;
  const updateOwn = (fence: number) =>
    db.updateTable('leases').where('name', '=', name).where('owner', '=', owner).where('fence', '=', fence);

  return {
    /** ms until the lease may be taken; 0 or less means now. */
    async readLeft(): Promise<number> {
      const lease = await db
        .selectFrom('leases')
        .select(sql<number>`expires_at - ${now}`.as('left'))
        .where('name', '=', name)
        .executeTakeFirst();
      return lease?.left ?? 0;
    },

    /** Returns the new fence; undefined while another owner holds the lease. */
    async take(): Promise<number | undefined> {
      const taken = await db
        .insertInto('leases')
        .values({ name, owner, expires_at: expiry, fence: 1 })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ owner, expires_at: expiry, fence: sql<number>`leases.fence + 1` })
            .where('leases.expires_at', '<=', now),
        )
        .returning('fence')
        .executeTakeFirst();
      return taken?.fence;
    },

    async renew(fence: number): Promise<boolean> {
      const { numUpdatedRows } = await updateOwn(fence)
        .set({ expires_at: expiry })
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async release(fence: number): Promise<void> {
      await updateOwn(fence).set({ expires_at: 0 }).execute();
    },
  };
}
