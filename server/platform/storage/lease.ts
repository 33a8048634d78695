/**
 * Something that only one process may do at a time, such as holding Zoom's WebSocket.
 *
 *   waiting ─ free or expired ─▶ holding ─ renewed ─▶ holding
 *                                   └─ not renewed in time · taken away · stop ─▶ waiting
 *
 * The row of `leases` says who holds it and until when by the database's clock, the only clock that all processes share.
 * The holder does not read that clock. It counts from before it sent its renewal, by its own monotonic clock, and gives
 * up a tenth early (the two clocks need not run equally fast, and both are cut to ms): when others may take the lease,
 * `isHeld()` has been false for a while, even if the database was unreachable all that time.
 *
 * Guaranteed: `isHeld()` is true in one process at most, as long as the database's clock is not set forward; with each
 * new holder `fence` grows; after a holder was killed another holds within `ttlMs`, after `stop` within `renewEveryMs`.
 * Not guaranteed: that what a holder sent before it lost the lease does not arrive afterwards. Where that matters, the
 * receiver must refuse a fence smaller than one it has seen.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from './database.ts';

export type Lease = {
  start(): void;
  /** Calls `onLost` if it is held, waits for what it answers, and gives the lease back. */
  stop(): Promise<void>;
  /** Ask before every act that only the holder may do. */
  isHeld(): boolean;
};

type Term = { fence: number; until: number; timer: NodeJS.Timeout | undefined };

export function createLease(parts: {
  database: Pick<Database, 'kind' | 'db'>;
  name: string;
  /** Unique to this process's life: one that came back must not be taken for the one that was killed. */
  owner: string;
  /** ms; a few times `renewEveryMs`, so that one failed renewal costs nothing. */
  ttlMs: number;
  renewEveryMs: number;
  onGained(fence: number): void;
  onLost(): void | Promise<void>;
  /** Hears of a database that does not answer; it is asked again. */
  report(error: unknown): void;
}): Lease {
  const { ttlMs, renewEveryMs, report } = parts;
  const rows = createLeaseRows(parts);
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let term: Term | undefined;

  const isHeld = () => term !== undefined && performance.now() < term.until;

  function extend(current: Term, sentAt: number): void {
    current.until = sentAt + ttlMs * 0.9;
    clearTimeout(current.timer);
    current.timer = setTimeout(() => void lose(current), Math.max(0, current.until - performance.now()));
  }

  async function lose(current: Term): Promise<void> {
    if (term !== current) return;
    clearTimeout(current.timer);
    term = undefined;
    try {
      await parts.onLost();
    } catch (error) {
      report(error);
    }
  }

  /** Answers for how many ms nothing is to be done. */
  async function tryToTake(): Promise<number> {
    const leftMs = await rows.readLeft();
    if (leftMs > 0) return Math.min(leftMs + 1, renewEveryMs);
    const sentAt = performance.now();
    const fence = await rows.take();
    if (fence === undefined) return 0;
    if (stopping.signal.aborted || performance.now() >= sentAt + ttlMs * 0.9) {
      await rows.release(fence);
      return 0;
    }
    term = { fence, until: 0, timer: undefined };
    extend(term, sentAt);
    parts.onGained(fence);
    return renewEveryMs;
  }

  async function renew(current: Term): Promise<number> {
    const sentAt = performance.now();
    const isRenewed = await rows.renew(current.fence);
    if (term !== current) return 0;
    if (isRenewed) extend(current, sentAt);
    else await lose(current);
    return renewEveryMs;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pause = await (term ? renew(term) : tryToTake()).catch((error: unknown) => {
        report(error);
        // Sooner than usual, while there is still time to renew.
        return renewEveryMs / 4;
      });
      await wait(Math.max(1, pause), undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  return {
    start() {
      running = run();
    },
    isHeld,
    async stop() {
      stopping.abort();
      const held = term;
      if (held) await lose(held);
      await running;
      if (held) await rows.release(held.fence).catch(report);
    },
  };
}

/** The statements. Each decides by itself, at one moment of the database's clock. */
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
  const own = (fence: number) =>
    db.updateTable('leases').where('name', '=', name).where('owner', '=', owner).where('fence', '=', fence);

  return {
    /** ms until it may be taken; 0 or less: now. */
    async readLeft(): Promise<number> {
      const lease = await db
        .selectFrom('leases')
        .select(sql<number>`expires_at - ${now}`.as('left'))
        .where('name', '=', name)
        .executeTakeFirst();
      return lease?.left ?? 0;
    },

    /** The fence of a new term; undefined when somebody holds it. */
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
      const { numUpdatedRows } = await own(fence)
        .set({ expires_at: expiry })
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async release(fence: number): Promise<void> {
      await own(fence).set({ expires_at: 0 }).execute();
    },
  };
}
