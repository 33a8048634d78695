/*
 * The panel's one stream of news from the server, kept open for a whole shift.
 *
 *   connecting ──first news──▶ live ──cut──▶ catching-up ──answered──▶ live
 *   any ──not reached──▶ offline ──answered──▶ live
 *   any ──bearer refused──▶ signed-out ──renewed and answered──▶ live
 *   any ──no stream to be had──▶ absent ──answered──▶ live
 *
 * - A first stream is live with its first sign, for some proxies answer and then hold everything back; a later one as
 *   soon as it is answered, for there may be nothing to catch up on. The server goes on after the last id, or says `reset`.
 * - Waiting has full jitter (0 … limit). The limit doubles from 0.5 s; within the first minute of trouble it stays under
 *   2.5 s, so that an outage of half a minute is over for the panel within three seconds; after that it grows to 15 s. Only
 *   a stream that lasted ten seconds counts as recovered.
 * - `online`, and the page's coming to the front, try at once. The browser's word `offline` is checked, not believed:
 *   webviews say it wrongly, so the stream is opened anew, and the attempt tells.
 * - The server ends a stream for a reason. `signed-out`: the session is renewed first. `replaced`: this agent opened more
 *   streams than they may; wait, for taking it back would only replace another's. `draining`: come again, spread over
 *   two seconds. While `replaced` or absent (an old server, a proxy in the way) the panel lives on requests alone.
 *
 * Guaranteed: news of one id is told once, in the order of ids; after a gap that the server cannot fill, `reset` is told.
 * Not guaranteed: every state in between, for the server merges what a slow reader has not taken.
 */
import { ApiError } from '../api/errors.ts';
import type { Session } from '../api/session.ts';
import { createStore, type ReadableStore } from '../store/create-store.ts';
import { type LiveNews, readStream, type StreamEnd, silentFor } from './read-stream.ts';

export type LiveState = 'connecting' | 'live' | 'catching-up' | 'offline' | 'signed-out' | 'absent';

export type LiveConnection = ReadableStore<LiveState> & {
  /** Idempotent. */
  start(): void;
  stop(): void;
  onEvent(listener: (news: LiveNews) => void): () => void;
};

type ConnectionParts = {
  session: Session;
  fetch?: typeof fetch;
  clock?: () => number;
  random?: () => number;
};

/** ms */
const firstWait = 500;
const longestEarlyWait = 2_500;
const longestWait = 15_000;
const early = 60_000;
const recoveredAfter = 10_000;
const drainingSpread = 2_000;
const patience = 30_000;

const stateAfter = {
  unreached: 'offline',
  refused: 'signed-out',
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
  const newsListeners = new Set<(news: LiveNews) => void>();
  const store = createStore<LiveState>('connecting');
  /** The run that `stop` ends. */
  let run: AbortController | null = null;
  let stream: AbortController | null = null;
  let lastId: number | null = null;
  /** A bearer that the server refused. */
  let spent: string | null = null;
  let hasEverSpoken = false;
  let answeredAt: number | null = null;
  let lastSignAt = 0;
  let failures = 0;
  let refusals = 0;
  let troubledSince: number | null = null;
  /** The attempt under way was given up for a new one, which is to begin at once. */
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
      const wasGood = answeredAt !== null && clock() - answeredAt >= recoveredAfter;
      if (wasGood) failures = refusals = 0;
      troubledSince = wasGood ? clock() : (troubledSince ?? clock());
      answeredAt = null;
      const why = end.kind === 'closed' ? end.reason : end.kind;
      store.setState(why === 'cut' && store.getState() === 'connecting' ? 'connecting' : stateAfter[why]);
      await pause(waitAfter(why));
      failures += 1;
    }
  }

  async function attempt(): Promise<StreamEnd> {
    const giveUp = new AbortController();
    stream = giveUp;
    let bearer: string;
    try {
      bearer = await (spent === null ? session.token() : session.renew(spent));
    } catch (error) {
      return { kind: error instanceof ApiError && !error.isRetryable ? 'refused' : 'unreached' };
    }
    spent = null;
    if (giveUp.signal.aborted) return { kind: 'unreached' };
    const end = await readStream({ fetch: fetchFromServer, bearer, lastId, giveUp }, { onAnswered, onSign, onNews });
    const isSignedOut = end.kind === 'refused' || (end.kind === 'closed' && end.reason === 'signed-out');
    if (isSignedOut) spent = bearer;
    if (end.kind === 'absent') hasEverSpoken = false;
    return end;
  }

  function onAnswered(): void {
    answeredAt = lastSignAt = clock();
    if (hasEverSpoken) store.setState('live');
  }

  function onSign(): void {
    lastSignAt = clock();
    hasEverSpoken = true;
    store.setState('live');
  }

  function onNews(news: LiveNews): void {
    if (news.type === 'engagement' && lastId !== null && news.id <= lastId) return;
    lastId = news.id;
    for (const listener of [...newsListeners]) tellSafely(() => listener(news));
  }

  function waitAfter(why: keyof typeof stateAfter): number {
    if (why === 'absent' || why === 'replaced') return patience * (1 + random());
    if (why === 'draining') return drainingSpread * random();
    if (why === 'refused' || why === 'signed-out') {
      refusals += 1;
      // A fresh bearer may help at once; only being refused again is trouble.
      if (refusals === 1) return 0;
    }
    const isEarly = clock() - (troubledSince ?? 0) < early;
    return random() * Math.min(firstWait * 2 ** failures, isEarly ? longestEarlyWait : longestWait);
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

  const isSpeaking = () => answeredAt !== null && clock() - lastSignAt < silentFor;

  function onOnline(): void {
    if (!isSpeaking()) restart();
  }

  function onVisible(): void {
    // Timers sleep with the computer, so a stream may be dead without our knowing.
    const isDead = answeredAt !== null && !isSpeaking();
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
      newsListeners.add(listener);
      return () => newsListeners.delete(listener);
    },
  };
}

/** A listener's mistake is reported and costs the stream nothing. */
function tellSafely(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    reportError(error);
  }
}
