import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { isFailure, type Outcome } from './outcome.ts';

/** `cached`: an answer within its time to live will do. `fresh`: ask the source. */
export type Freshness = 'cached' | 'fresh';

/** `fetchedAt`: when the request was made, ms UTC; the answer is at least as new. */
export type Fetched<Found> = Outcome<Found> & { fetchedAt: number };

/** Time to live in ms; 0: not cached. Shorter for `notFound`: a missing customer is often created soon. */
export type AnswerTtl = { found: number; notFound: number };

type AnswerCache<Found> = {
  /** The cached answer, or that of `fetch`. Equal requests at the same time share one call. Failures are not cached. */
  get(key: string, freshness: Freshness, fetch: () => Promise<Outcome<Found>>): Promise<Fetched<Found>>;
};

/** In-process; not shared between processes. */
export function createAnswerCache<Found>(clock: Clock, ttl: AnswerTtl): AnswerCache<Found> {
  const cache = createTtlCache<Fetched<Found>>(clock);
  const pending = new Map<string, Promise<Fetched<Found>>>();

  async function fetchAndCache(key: string, fetch: () => Promise<Outcome<Found>>): Promise<Fetched<Found>> {
    const fetchedAt = clock();
    const answer = { ...(await fetch()), fetchedAt };
    if (isFailure(answer)) return answer;
    cache.set(key, answer, answer.kind === 'found' ? ttl.found : ttl.notFound);
    return answer;
  }

  return {
    async get(key, freshness, fetch) {
      const cached = freshness === 'cached' ? cache.get(key) : undefined;
      if (cached) return cached;
      // A fresh request does not join an earlier one that is still pending.
      const pendingKey = JSON.stringify([freshness, key]);
      const answer = pending.get(pendingKey) ?? fetchAndCache(key, fetch).finally(() => pending.delete(pendingKey));
      pending.set(pendingKey, answer);
      return answer;
    },
  };
}

export type TtlCache<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value, ttlMs: number): void;
  delete(key: string): void;
};

/** At most 1,000 values. They are personal data, so expired ones are removed and not only hidden. */
export function createTtlCache<Value extends object>(clock: Clock): TtlCache<Value> {
  const cache = new LRUCache<string, Value>({
    max: 1_000,
    ttl: 1,
    ttlAutopurge: true,
    // The default caches the current time for a millisecond.
    ttlResolution: 0,
    perf: { now: clock },
  });
  return {
    get: (key) => cache.get(key),
    set(key, value, ttlMs) {
      if (ttlMs > 0) cache.set(key, value, { ttl: ttlMs });
    },
    delete: (key) => void cache.delete(key),
  };
}
