/**
 * Zoom's events over one WebSocket, for servers that cannot be reached from outside. One process at a time is the owner,
 * by a lease of the database; `start` and `stop` are called when it is gained and lost.
 *
 *   idle ──start──▶ connecting ──token, address──▶ building ──build_connection──▶ open ──stop──▶ idle
 *                       ▲  │                          │                           │
 *                       │  └───────── failed ─────────┘                           │ refused, silent, cut
 *                       └──────── waiting (back-off) ◀────────────────────────────┘
 *
 * - Token: socket-builder.ts. What the socket refuses is forgotten, whatever its words, and another is asked for.
 * - Back-off: 1 s, doubled to at most 60 s, with full jitter; from the beginning again after a minute of being open.
 * - Renewal: some minutes before its token ends, the next connection is built while the old one is still open. The newest
 *   connection wins in Zoom, so the old one may be closed by either side; what it has sent until then is still taken,
 *   and what both bring is known by its key.
 * - Gap: Zoom keeps nothing for later. From when it was last heard until the next connection is built, events are lost, and
 *   that time is written down, at once and with its end open, for people and for reading back (server/reconcile). A renewal
 *   that succeeds makes none. What a process that was killed could not write is in `socket_heartbeats`, which says until when
 *   it was heard: one row, one write per heartbeat, exact to 30 s, whatever ended the process. (The end of a dead owner's
 *   lease would tell it too, but less exactly, and not when it was released in good order.) The very first start makes a
 *   gap of its connecting time.
 * - A body that cannot be stored is held and tried again (unstored-bodies.ts). When too much is held, the connection is closed
 *   until there is room: a gap is at least known.
 *
 * Guaranteed: what was heard is stored unless the process dies first, and then it lies within a gap: that begins with the
 * last heartbeat at which everything could be stored. Not guaranteed: that Zoom sends everything (forum reports of late and
 * missing events), or a single owner at every moment: two are harmless, for the newer connection wins and the inbox takes
 * each event once.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Gap } from '#contract/engagements.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { createGapWriter } from './gap-writer.ts';
import { type BuiltSocket, createSocketBuilder, type SocketTokens } from './socket-builder.ts';
import type { ConnectionLimits, SocketConnection } from './socket-connection.ts';
import type { SocketGapStore } from './socket-gap-store.ts';
import { createUnstoredBodies, type UnstoredLimits } from './unstored-bodies.ts';

export type ZoomSocket = {
  start(): void;
  /** Resolves when nothing more is heard, and what was heard is stored, or could not be within some seconds. */
  stop(): Promise<void>;
};

/** Times in ms. */
export type SocketLimits = ConnectionLimits &
  UnstoredLimits & {
    firstBackOffMs: number;
    maxBackOffMs: number;
    /** Open for so long, a connection counts as steady. */
    steadyMs: number;
    renewBeforeMs: number;
    drainMs: number;
  };

export const socketLimits: SocketLimits = {
  heartbeatMs: 30_000,
  buildMs: 10_000,
  maxFrameBytes: 1_048_576,
  maxBodies: 10_000,
  maxCharacters: 64 * 1_048_576,
  firstRetryMs: 500,
  maxRetryMs: 15_000,
  firstBackOffMs: 1_000,
  maxBackOffMs: 60_000,
  steadyMs: 60_000,
  renewBeforeMs: 5 * 60_000,
  drainMs: 3_000,
};

export function createZoomSocket(parts: {
  url: URL;
  subscriptionId: string;
  tokens: SocketTokens;
  /** Rejects while it cannot be stored: then it is offered again. */
  receive(body: string): Promise<unknown>;
  gaps: SocketGapStore;
  /** A gap ended: what happened in it can be read back. ms UTC. */
  onGap(gap: Gap): void;
  clock: Clock;
  random?: () => number;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  metrics: Pick<Metrics, 'socketOwner' | 'socketConnected' | 'socketGapSeconds' | 'intakeEvents'>;
  limits?: Partial<SocketLimits>;
}): ZoomSocket {
  const { clock, log, metrics, random = Math.random } = parts;
  const limits = { ...socketLimits, ...parts.limits };
  const gap = createGapWriter({ ...parts, retryMs: limits.firstRetryMs });
  const held = createUnstoredBodies({ store: parts.receive, limits, random, log });
  const build = createSocketBuilder({
    ...parts,
    limits,
    onMessage(body, connection) {
      held.add(body);
      if (held.isFull()) connection.close();
    },
    onMalformed: () => metrics.intakeEvents.inc({ origin: 'socket', outcome: 'refused' }),
    onHeartbeat() {
      // What waits in memory must lie within the next owner's gap, should this process die.
      if (!held.isStuck()) gap.recordHeartbeat(clock());
    },
  });

  async function own(signal: AbortSignal): Promise<void> {
    gap.begin(clock());
    let current: SocketConnection | undefined;
    let failures = 0;
    while (!signal.aborted) {
      const built = held.isFull() ? undefined : await build(signal);
      if (built) {
        current?.close();
        current = built.connection;
        const served = await serve(built, signal);
        if (served.wasSteady) failures = 0;
        if (served.isRenewal) continue;
      }
      if (!current?.isOpen()) loseSight(current);
      await pause(random() * Math.min(limits.maxBackOffMs, limits.firstBackOffMs * 2 ** failures), signal);
      failures = Math.min(failures + 1, 20);
    }
    current?.close();
    loseSight(current);
  }

  /** Until the connection ends or its token is about to. */
  async function serve({ connection, token, expiresAt }: BuiltSocket, signal: AbortSignal) {
    gap.recordHeartbeat(clock());
    metrics.socketConnected.set(1);
    log.info('the WebSocket is open');
    const openedAt = performance.now();
    const timer = new AbortController();
    const renewalMs = Math.max(limits.steadyMs, expiresAt - limits.renewBeforeMs - clock());
    const end = await Promise.race([connection.ended, pause(renewalMs, timer.signal)]);
    timer.abort();
    // It is good for minutes yet, and would be answered again.
    if (end === undefined) parts.tokens.forget(token);
    else if (!signal.aborted) log.warn({ reason: held.isFull() ? 'full' : end }, 'the WebSocket ended');
    return { isRenewal: end === undefined, wasSteady: performance.now() - openedAt >= limits.steadyMs };
  }

  function loseSight(last: SocketConnection | undefined): void {
    metrics.socketConnected.set(0);
    // Without a connection before, the gap of the beginning lasts.
    if (last) gap.open(last.lastMessageAt());
  }

  let owner: AbortController | undefined;
  let owning = Promise.resolve();
  return {
    start() {
      if (owner) return;
      owner = new AbortController();
      const { signal } = owner;
      metrics.socketOwner.set(1);
      owning = owning.then(() => own(signal)).catch((err) => log.error({ err }, 'the WebSocket is given up'));
    },
    async stop() {
      owner?.abort();
      owner = undefined;
      metrics.socketOwner.set(0);
      // Zoom's token endpoint may be slow to answer; what comes of it is then dropped.
      await Promise.race([owning, wait(limits.drainMs, undefined, { ref: false })]);
      await Promise.all([held.settle(limits.drainMs), gap.settle(limits.drainMs)]);
    },
  };
}

/** Shorter when the signal says so. */
async function pause(ms: number, signal: AbortSignal): Promise<undefined> {
  await wait(ms, undefined, { signal }).catch(() => {});
}
