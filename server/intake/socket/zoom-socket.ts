/**
 * Zoom's events over one WebSocket, for servers that cannot be reached from outside. One process at a time owns it, by
 * a lease of the database; `start` and `stop` are called when the lease is gained and lost.
 *
 *   idle ──start──▶ requesting a token ──▶ building ──▶ open (socket-connection.ts) ──stop──▶ idle
 *                      ▲    └── failed ───────┴──▶ waiting (back-off) ◀──── ended ───┘
 *                      └───────────────────────────────┘
 *
 * Renewal: before a token expires, the next connection is built while the old one is open; Zoom then uses the newest.
 * Gap: Zoom does not repeat events. The time from the last message to the next connection is stored as a gap; the row
 * of `socket_heartbeats`, written at every heartbeat, is its start if the process was killed.
 *
 * Guaranteed: a received event is stored, or lies in a gap if the process dies first. Not guaranteed: that Zoom sends
 * every event, or that two owners never overlap, which is harmless: the inbox stores each event once.
 */
import type { Gap } from '#contract/engagements.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { createBackOff } from '../../platform/timing/back-off.ts';
import { withDeadline } from '../../platform/timing/deadline.ts';
import { pause } from '../../platform/timing/pause.ts';
import { type BodyRetryLimits, createBodyRetryQueue } from './body-retry-queue.ts';
import { createGapWriter } from './gap-writer.ts';
import { type BuiltSocket, createSocketBuilder, type SocketTokens } from './socket-builder.ts';
import type { ConnectionLimits, SocketConnection } from './socket-connection.ts';
import type { SocketGapStore } from './socket-gap-store.ts';

export type ZoomSocket = {
  start(): void;
  /** Resolves when the connection is closed and received events are stored, or after twice `drainMs`. */
  stop(): Promise<void>;
};

/** Times in ms. */
export type SocketLimits = ConnectionLimits &
  BodyRetryLimits & {
    firstBackOffMs: number;
    maxBackOffMs: number;
    /** A connection open for this long resets the back-off. */
    steadyMs: number;
    renewBeforeMs: number;
    drainMs: number;
  };

const socketLimits: SocketLimits = {
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
  /** Stores a body. It is retried while this rejects. */
  receive(body: string): Promise<unknown>;
  gaps: SocketGapStore;
  /** A gap began, or has just ended and can be reconciled. ms UTC. */
  onGap(gap: Gap): void;
  clock: Clock;
  random?: () => number;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  metrics: Pick<Metrics, 'socketOwner' | 'socketConnected' | 'socketGapSeconds' | 'intakeEvents'>;
  limits?: Partial<SocketLimits>;
}): ZoomSocket {
  const { clock, log, metrics, random = Math.random } = parts;
  const limits = { ...socketLimits, ...parts.limits };
  const gapWriter = createGapWriter({ ...parts, retryMs: limits.firstRetryMs });
  const retryQueue = createBodyRetryQueue({ store: parts.receive, limits, random, log });
  const build = createSocketBuilder({
    ...parts,
    limits,
    onMessage(body, connection) {
      retryQueue.add(body);
      if (retryQueue.isFull()) connection.close();
    },
    onMalformed: () => metrics.intakeEvents.inc({ origin: 'socket', outcome: 'malformed' }),
    onHeartbeat() {
      // If this process dies, the bodies in memory must lie in the next owner's gap.
      if (!retryQueue.isRetrying()) gapWriter.closeAndRecordHeartbeat(clock());
    },
  });

  async function own(signal: AbortSignal): Promise<void> {
    gapWriter.openSinceLastHeartbeat(clock());
    let current: SocketConnection | undefined;
    const backOff = createBackOff({ firstMs: limits.firstBackOffMs, maxMs: limits.maxBackOffMs, random });
    while (!signal.aborted) {
      const built = retryQueue.isFull() ? undefined : await build(signal);
      if (built) {
        current?.close();
        current = built.connection;
        const served = await serve(built, signal);
        if (served.wasSteady) backOff.reset();
        if (served.isRenewal) continue;
      }
      if (!current?.isOpen()) openGap(current);
      await pause(backOff.next(), signal);
    }
    current?.close();
    openGap(current);
  }

  /** Resolves when the connection has ended or its token is about to expire. */
  async function serve({ connection, token, expiresAt }: BuiltSocket, signal: AbortSignal) {
    gapWriter.closeAndRecordHeartbeat(clock());
    metrics.socketConnected.set(1);
    log.info('the WebSocket is open');
    const openedAt = performance.now();
    const timer = new AbortController();
    const renewalMs = Math.max(limits.steadyMs, expiresAt - limits.renewBeforeMs - clock());
    const end = await Promise.race([connection.ended, pause(renewalMs, timer.signal).then(() => undefined)]);
    timer.abort();
    // The token is still valid for minutes, so the token cache would return it again.
    if (end === undefined) parts.tokens.forget(token);
    else if (!signal.aborted) log.warn({ reason: retryQueue.isFull() ? 'full' : end }, 'the WebSocket ended');
    return { isRenewal: end === undefined, wasSteady: performance.now() - openedAt >= limits.steadyMs };
  }

  function openGap(last: SocketConnection | undefined): void {
    metrics.socketConnected.set(0);
    // Without an earlier connection the gap of the start is still open.
    if (last) gapWriter.open(last.lastMessageAt());
  }

  let ownership: AbortController | undefined;
  let owning = Promise.resolve();
  return {
    start() {
      if (ownership) return;
      ownership = new AbortController();
      const { signal } = ownership;
      metrics.socketOwner.set(1);
      owning = owning
        .then(() => own(signal))
        .catch((err) => log.error({ err }, 'the WebSocket stopped after an unexpected error'));
    },
    async stop() {
      ownership?.abort();
      ownership = undefined;
      metrics.socketOwner.set(0);
      // Zoom's token endpoint may be slow; a token that arrives later is dropped.
      await withDeadline(
        limits.drainMs,
        () => owning,
        () => {},
      );
      await Promise.all([retryQueue.settle(limits.drainMs), gapWriter.settle(limits.drainMs)]);
    },
  };
}
