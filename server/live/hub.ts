/**
 * The live streams of this process.
 *
 * Guaranteed: every committed change reaches each open stream of each agent concerned, at least once, in commit order,
 * as the newest view at the time of sending; also across a reconnection with Last-Event-ID. A panel whose missed
 * changes are no longer stored gets a `reset` with all views.
 *
 * Not guaranteed: intermediate states (a newer one replaces an older while a reader is slow), exactly-once delivery,
 * order between agents. A revocation in another process takes effect within `sessionsMs`.
 *
 * A stream is registered first; from then on the account's reader enqueues every change after its cursor. Earlier
 * changes are committed, so the snapshot composed afterwards, or the changes read on resuming, contain them. A lost
 * notification delays a change by at most `tickMs`: every tick compares the newest ids with the cursors.
 */

import type { ServerResponse } from 'node:http';
import type { EndReason } from '#contract/live.ts';
import { keepAliveMs } from '#contract/live.ts';
import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import type { SessionPrincipal } from '../platform/http/route.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createLoop } from '../platform/timing/loop.ts';
import type { ChangeStore } from './changes/change-store.ts';
import { readMissedChanges } from './changes/read-missed-changes.ts';
import { createFailureLog } from './failure-log.ts';
import { readLastEventId } from './streams/frames.ts';
import { createStream, type Stream } from './streams/stream.ts';
import { type AccountStreams, createStreamRegistry } from './streams/stream-registry.ts';
import { type ComposeView, createViewFrames, type ListOpen } from './streams/view-frames.ts';

export type Hub = ReturnType<typeof createHub>;

/** In ms, except the number of streams. */
export const hubLimits = {
  /** Between two checks of newest ids, expired sessions, slow readers and keep-alives that are due. */
  tickMs: 1_000,
  /** Between two checks of revoked sessions. */
  sessionsMs: 2_000,
  keepAliveMs,
  slowMs: 30_000,
  endMs: 1_000,
  streamsPerAgent: 5,
};

export function createHub(parts: {
  store: ChangeStore;
  /** Undefined for an engagement that this agent may not see. */
  composeView: ComposeView;
  /** The ids of the agent's open engagements. */
  listOpen: ListOpen;
  /** Returns the sessions that are still valid. */
  filterLiveSessions(sessionIds: string[]): Promise<Set<string>>;
  clock: Clock;
  metrics: Pick<Metrics, 'liveStreams' | 'liveSent' | 'liveClosed'>;
  log: Pick<Log, 'warn'>;
  limits?: Partial<typeof hubLimits>;
}) {
  const { store, clock, metrics } = parts;
  const limits = { ...hubLimits, ...parts.limits };
  const failures = createFailureLog(parts.log);
  const registry = createStreamRegistry(store);
  const frames = createViewFrames(parts);
  let isDraining = false;

  function createSessionStream(session: SessionPrincipal, response: ServerResponse): Stream {
    const stream: Stream = createStream({
      session,
      response,
      frames,
      limits,
      now: clock,
      onSent: (type) => metrics.liveSent.inc({ type }),
      onClosed(reason) {
        registry.remove(stream);
        metrics.liveStreams.set(registry.all.size);
        metrics.liveClosed.inc({ reason });
      },
      onFailure: failures.record,
    });
    return stream;
  }

  function replaceOldest(session: SessionPrincipal): void {
    // A Set iterates in insertion order.
    const streams = [...registry.listOfAgent(session)];
    for (const stream of streams.slice(0, Math.max(0, streams.length - limits.streamsPerAgent))) stream.end('replaced');
  }

  async function begin(stream: Stream, { reader }: AccountStreams, lastId: number | undefined): Promise<void> {
    await reader.start();
    const missed = lastId === undefined ? undefined : await readMissedChanges({ store, reader }, stream.agent, lastId);
    if (lastId === undefined || missed === undefined) stream.reset(reader.cursor());
    else stream.resume(lastId, missed);
  }

  async function compareCursors(): Promise<void> {
    const newest = await store.readCursors([...registry.accounts.keys()]);
    const reads = [...registry.accounts].map(([account, { reader }]) => reader.readUpTo(newest.get(account) ?? 0));
    await Promise.all(reads);
  }

  async function endDeadSessions(): Promise<void> {
    const open = [...registry.all];
    const live = await parts.filterLiveSessions([...new Set(open.map(({ session }) => session.sessionId))]);
    for (const stream of open) if (!live.has(stream.session.sessionId)) stream.end('signed-out');
  }

  async function tickStreams(): Promise<void> {
    for (const stream of registry.all) stream.tick(limits.tickMs);
    failures.flush();
  }

  // Separate loops: streams get their keep-alive comments even while the database does not respond.
  const createHubLoop = (run: () => Promise<void>, intervalMs: number) =>
    createLoop({ run, intervalMs, firstDelayMs: intervalMs, drainMs: 1_000, report: failures.record });
  const loops = [
    createHubLoop(tickStreams, limits.tickMs),
    createHubLoop(async () => (registry.all.size > 0 ? compareCursors() : undefined), limits.tickMs),
    createHubLoop(async () => (registry.all.size > 0 ? endDeadSessions() : undefined), limits.sessionsMs),
  ];

  return {
    /**
     * Takes over the response; resolves once the stream is open. On a database failure it rejects with nothing sent.
     */
    async open(request: {
      session: SessionPrincipal;
      lastEventId: string | string[] | undefined;
      response: ServerResponse;
    }): Promise<void> {
      // Closed during authentication: its `close` event has been emitted and will not come again.
      if (request.response.destroyed) return;
      const stream = createSessionStream(request.session, request.response);
      const account = registry.add(stream);
      metrics.liveStreams.set(registry.all.size);
      if (isDraining) return stream.end('draining');
      replaceOldest(request.session);
      try {
        await begin(stream, account, readLastEventId(request.lastEventId));
      } catch (error) {
        stream.abandon();
        throw error;
      }
    },

    /** Changes were committed in this account; null: possibly in any account. */
    notify(account: string | null): void {
      const accounts = account === null ? [...registry.accounts.values()] : [registry.accounts.get(account)];
      for (const streams of accounts) streams?.reader.readNewChanges().catch(failures.record);
    },

    /** Ends this process's streams at once; other processes follow within `sessionsMs`. */
    endSessionsOf(agent: Agent, reason: EndReason): void {
      for (const stream of [...registry.listOfAgent(agent)]) stream.end(reason);
    },

    start(): void {
      for (const loop of loops) loop.start();
    },

    /** Resolves when every stream has ended and its response is closed. */
    async drain(): Promise<void> {
      isDraining = true;
      await Promise.all(
        [...registry.all].map((stream) => {
          stream.end('draining');
          return stream.closed;
        }),
      );
    },

    async stop(): Promise<void> {
      await Promise.all(loops.map((loop) => loop.stop()));
      failures.flush();
    },
  };
}
