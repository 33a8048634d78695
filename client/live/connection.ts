/*
 * Keeps the panel's one event stream open for a whole shift.
 *
 *   connecting ──first bytes──▶ live ──cut──▶ catching-up ──answered──▶ live
 *   any ──unreached──▶ offline · ──unauthenticated──▶ signed-out · ──no stream──▶ absent; each ──answered──▶ live
 *
 * - A first stream is live with its first bytes, because some proxies answer and then buffer; later ones when answered.
 * - Back-off: full jitter below a limit that doubles from 0.5 s, to 2.5 s in the first minute of an outage, then to 15
 *   s. A stream that lasted ten seconds resets it. `online` and a page that becomes visible retry at once; `offline`,
 *   which webviews report wrongly, is tested by a new attempt.
 * - End reasons: `signed-out` renews the session first; `replaced` (too many streams of this agent) waits, because
 *   reconnecting would replace another one; `draining` reconnects within two seconds. While `replaced` or absent, the
 *   panel works by requests alone.
 * Guaranteed: each id is delivered once, in order; after a gap that the server cannot fill, `reset` is delivered.
 * Not guaranteed: every intermediate state; the server merges events that a slow reader has not taken.
 */
import { ApiError } from '../api/errors.ts';
import type { Session } from '../api/session.ts';
import { createStore, type ReadableStore } from '../store/create-store.ts';
import { readStream, type StreamEnd, type StreamEvent, silenceTimeoutMs } from './read-stream.ts';

export type LiveState = 'connecting' | 'live' | 'catching-up' | 'offline' | 'signed-out' | 'absent';

export type LiveConnection = ReadableStore<LiveState> & {
  /** Idempotent. */
  start(): void;
  stop(): void;
  onEvent(listener: (event: StreamEvent) => void): () => void;
};

type ConnectionParts = {
  session: Session;
  fetch?: typeof fetch;
  clock?: () => number;
  random?: () => number;
};

/** ms */
const firstDelayMs = 500;
const maxEarlyDelayMs = 2_500;
const maxDelayMs = 15_000;
const earlyOutageMs = 60_000;
const recoveryMs = 10_000;
const drainingSpreadMs = 2_000;
const absentDelayMs = 30_000;

const stateAfter = {
  unreached: 'offline',
  unauthenticated: 'signed-out',
  absent: 'absent',
  cut: 'catching-up',
  'signed-out': 'signed-out',
  replaced: 'absent',
  draining: 'catching-up',
} as const satisfies Record<string, LiveState>;

export function createConnection({
  session,
  clock = Date.now,
  random = Math.random,
  ...deps
}: ConnectionParts): LiveConnection {
  const fetchFromServer: typeof fetch = deps.fetch ?? ((...request) => fetch(...request));
  const eventListeners = new Set<(event: StreamEvent) => void>();
  const store = createStore<LiveState>('connecting');
  /** Aborted by `stop`. */
  let run: AbortController | null = null;
  let stream: AbortController | null = null;
  let lastId: number | null = null;
  /** The bearer that the server refused last. */
  let refusedBearer: string | null = null;
  let hasReceivedBytes = false;
  let answeredAt: number | null = null;
  let lastBytesAt = 0;
  let failures = 0;
  let refusals = 0;
  let outageSince: number | null = null;
  /** The current attempt was aborted for a new one, which begins at once. */
  let isRestarting = false;
  let endPause = () => {};

  async function keepOpen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const end = await attempt();
      if (signal.aborted) return;
      if (isRestarting) {
        isRestarting = false;
        if (store.getState() === 'live') store.setState('catching-up');
        continue;
      }
      const wasGood = answeredAt !== null && clock() - answeredAt >= recoveryMs;
      if (wasGood) failures = refusals = 0;
      outageSince = wasGood ? clock() : (outageSince ?? clock());
      answeredAt = null;
      const reason = end.kind === 'closed' ? end.reason : end.kind;
      store.setState(reason === 'cut' && store.getState() === 'connecting' ? 'connecting' : stateAfter[reason]);
      await pause(waitAfter(reason));
      failures += 1;
    }
  }

  async function attempt(): Promise<StreamEnd> {
    const abort = new AbortController();
    stream = abort;
    let bearer: string;
    try {
      bearer = await (refusedBearer === null ? session.token() : session.renew(refusedBearer));
    } catch (error) {
      return { kind: error instanceof ApiError && !error.isRetryable ? 'unauthenticated' : 'unreached' };
    }
    refusedBearer = null;
    if (abort.signal.aborted) return { kind: 'unreached' };
    const end = await readStream(
      { fetch: fetchFromServer, bearer, lastId, abort },
      { onAnswered, onBytes, onStreamEvent },
    );
    const isSignedOut = end.kind === 'unauthenticated' || (end.kind === 'closed' && end.reason === 'signed-out');
    if (isSignedOut) refusedBearer = bearer;
    if (end.kind === 'absent') hasReceivedBytes = false;
    return end;
  }

  function onAnswered(): void {
    answeredAt = lastBytesAt = clock();
    if (hasReceivedBytes) store.setState('live');
  }

  function onBytes(): void {
    lastBytesAt = clock();
    hasReceivedBytes = true;
    store.setState('live');
  }

  function onStreamEvent(event: StreamEvent): void {
    if (event.type === 'engagement' && lastId !== null && event.id <= lastId) return;
    lastId = event.id;
    for (const listener of [...eventListeners]) runSafely(() => listener(event));
  }

  function waitAfter(reason: keyof typeof stateAfter): number {
    if (reason === 'absent' || reason === 'replaced') return absentDelayMs * (1 + random());
    if (reason === 'draining') return drainingSpreadMs * random();
    if (reason === 'unauthenticated' || reason === 'signed-out') {
      refusals += 1;
      // A new bearer may help at once; back off only after a second refusal.
      if (refusals === 1) return 0;
    }
    const isEarly = clock() - (outageSince ?? 0) < earlyOutageMs;
    return random() * Math.min(firstDelayMs * 2 ** failures, isEarly ? maxEarlyDelayMs : maxDelayMs);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function restart(): void {
    failures = 0;
    isRestarting = stream !== null && !stream.signal.aborted;
    stream?.abort();
    endPause();
  }

  const isReceiving = () => answeredAt !== null && clock() - lastBytesAt < silenceTimeoutMs;

  function onOnline(): void {
    if (!isReceiving()) restart();
  }

  function onVisible(): void {
    // Timers stop while the computer sleeps, so a dead stream may be undetected.
    const isDead = answeredAt !== null && !isReceiving();
    if (document.visibilityState !== 'visible') return;
    if (isDead) restart();
    else endPause();
  }

  return {
    start() {
      if (run !== null) return;
      run = new AbortController();
      const { signal } = run;
      addEventListener('online', onOnline, { signal });
      addEventListener('offline', restart, { signal });
      document.addEventListener('visibilitychange', onVisible, { signal });
      void keepOpen(signal);
    },
    stop() {
      run?.abort();
      run = null;
      stream?.abort();
      endPause();
      store.setState('connecting');
    },
    getState: store.getState,
    subscribe: store.subscribe,
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
  };
}

/** An error in a listener is reported and does not affect the stream. */
function runSafely(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
