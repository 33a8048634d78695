/**
 * The streams of this process, and what brings changes to them.
 *
 * Guaranteed: every committed change of an engagement reaches each open stream of each agent it concerns, as the view
 * that was newest when it was sent, at least once, in the order of the commits; also over a reconnection with
 * Last-Event-ID. A panel that cannot be told exactly what it missed gets everything anew (`reset`).
 *
 * Not guaranteed: that each single change is seen (newer replaces older while a reader is busy), that nothing comes
 * twice, or any order between what two agents see. A revocation in another process is noticed within `sessionsMs`.
 *
 * How nothing is lost: a stream is put among the account's streams first, and from then on the account's reader offers
 * it every change after its cursor. What lies before the cursor was committed, so it is in the snapshot that is composed
 * afterwards, or, when resuming, in the changes that are read up to the cursor. A wake-up only makes the reader read;
 * a lost one costs at most `tickMs`, because at every tick the newest ids are compared with the cursors.
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
import type { LiveStore } from './changes/change-store.ts';
import { readMissed } from './changes/read-missed-changes.ts';
import { createFailureNotes } from './failure-log.ts';
import { readLastEventId } from './streams/frames.ts';
import { createStream, type Stream } from './streams/stream.ts';
import { type AccountStreams, createStreamRegistry } from './streams/stream-registry.ts';
import { type ComposeView, createViewFrames, type ListOpen } from './streams/view-frames.ts';

export type Hub = ReturnType<typeof createHub>;

/** All in ms but the number of streams. */
export const hubLimits = {
  /** Between two looks at everything: newest ids, expired sessions, slow readers, due comments. */
  tickMs: 1_000,
  /** Between two looks at which sessions live. */
  sessionsMs: 2_000,
  keepAliveMs,
  slowMs: 30_000,
  endMs: 1_000,
  streamsPerAgent: 5,
};

export function createHub(parts: {
  store: LiveStore;
  /** Undefined when there is nothing for this agent to see. */
  composeView: ComposeView;
  /** The ids of the agent's open engagements. */
  listOpen: ListOpen;
  /** Which of these sessions live. */
  filterLiveSessions(sessionIds: string[]): Promise<Set<string>>;
  clock: Clock;
  metrics: Pick<Metrics, 'liveStreams' | 'liveSent' | 'liveClosed'>;
  log: Pick<Log, 'warn'>;
  limits?: Partial<typeof hubLimits>;
}) {
  const { store, clock, metrics } = parts;
  const limits = { ...hubLimits, ...parts.limits };
  const failures = createFailureNotes(parts.log);
  const registry = createStreamRegistry(store);
  const frames = createViewFrames(parts);
  let isDraining = false;

  function createStreamOf(session: SessionPrincipal, response: ServerResponse): Stream {
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
      onFailure: failures.note,
    });
    return stream;
  }

  function replaceOldest(session: SessionPrincipal): void {
    // A Set keeps the order in which streams came.
    const ofAgent = [...registry.ofAgent(session)];
    for (const stream of ofAgent.slice(0, Math.max(0, ofAgent.length - limits.streamsPerAgent))) stream.end('replaced');
  }

  async function begin(stream: Stream, { reader }: AccountStreams, lastId: number | undefined): Promise<void> {
    await reader.start();
    const missed = lastId === undefined ? undefined : await readMissed({ store, reader }, stream.agent, lastId);
    if (lastId === undefined || missed === undefined) stream.reset(reader.cursor());
    else stream.resume(lastId, missed);
  }

  async function compareCursors(): Promise<void> {
    const newest = await store.readCursors([...registry.accounts.keys()]);
    const readings = [...registry.accounts].map(([account, { reader }]) => reader.readUpTo(newest.get(account) ?? 0));
    await Promise.all(readings);
  }

  async function endDeadSessions(): Promise<void> {
    const open = [...registry.all];
    const live = await parts.filterLiveSessions([...new Set(open.map(({ session }) => session.sessionId))]);
    for (const stream of open) if (!live.has(stream.session.sessionId)) stream.end('signed-out');
  }

  async function tickStreams(): Promise<void> {
    for (const stream of registry.all) stream.tick(limits.tickMs);
    failures.tell();
  }

  // A loop each: while the database does not answer, streams still get their keep-alive comments.
  const createHubLoop = (run: () => Promise<void>, intervalMs: number) =>
    createLoop({ run, intervalMs, firstDelayMs: intervalMs, drainMs: 1_000, report: failures.note });
  const loops = [
    createHubLoop(tickStreams, limits.tickMs),
    createHubLoop(async () => (registry.all.size > 0 ? compareCursors() : undefined), limits.tickMs),
    createHubLoop(async () => (registry.all.size > 0 ? endDeadSessions() : undefined), limits.sessionsMs),
  ];

  return {
    /**
     * Takes the response over; resolves once the stream is among those that are served. Rejects, with nothing sent, when
     * the database does not answer.
     */
    async open(request: {
      session: SessionPrincipal;
      lastEventId: string | string[] | undefined;
      response: ServerResponse;
    }): Promise<void> {
      // Gone while it was found out who it is: its `close` has been and will not come again.
      if (request.response.destroyed) return;
      const stream = createStreamOf(request.session, request.response);
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

    /** Something was committed in this account; null: perhaps in any. */
    wake(account: string | null): void {
      const woken = account === null ? [...registry.accounts.values()] : [registry.accounts.get(account)];
      for (const each of woken) each?.reader.readOn().catch(failures.note);
    },

    /** At once, for what this process knows of; the other processes find out by themselves. */
    endSessionsOf(agent: Agent, reason: EndReason): void {
      for (const stream of [...registry.ofAgent(agent)]) stream.end(reason);
    },

    start(): void {
      for (const loop of loops) loop.start();
    },

    /** Resolves when every stream has ended and its response is closed, so that the HTTP server can drain. */
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
      failures.tell();
    },
  };
}
