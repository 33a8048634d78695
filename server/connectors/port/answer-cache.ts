import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { isFailure, type Outcome } from './outcome.ts';

/** `cached`: what the source said a short while ago will do. `fresh`: ask it now, and keep what it says. */
export type Freshness = 'cached' | 'fresh';

/** `fetchedAt`: when the question was put, ms UTC. An answer never claims to be newer than it may be. */
export type Stamped<Found> = Outcome<Found> & { fetchedAt: number };

/** ms. Somebody who is not there yet is often about to be made. 0: nothing is kept. */
export type AnswerTtl = { found: number; notFound: number };

export type AnswerCache<Found> = {
  /** The kept answer, or what `ask` says. Equal questions at the same time are one. A failure is told and not kept. */
  get(key: string, freshness: Freshness, ask: () => Promise<Outcome<Found>>): Promise<Stamped<Found>>;
};

export function createAnswerCache<Found>(clock: Clock, ttl: AnswerTtl): AnswerCache<Found> {
  const kept = createTtlCache<Stamped<Found>>(clock);
  const flights = new Map<string, Promise<Stamped<Found>>>();

  async function put(key: string, ask: () => Promise<Outcome<Found>>): Promise<Stamped<Found>> {
    const fetchedAt = clock();
    const answer = { ...(await ask()), fetchedAt };
    if (isFailure(answer)) return answer;
    kept.set(key, answer, answer.kind === 'found' ? ttl.found : ttl.notFound);
    return answer;
  }

  return {
    async get(key, freshness, ask) {
      const known = freshness === 'cached' ? kept.get(key) : undefined;
      if (known) return known;
      // Whoever wants it fresh does not join a question that was put before he asked.
      const flight = `${freshness} ${key}`;
      const underWay = flights.get(flight) ?? put(key, ask).finally(() => flights.delete(flight));
      flights.set(flight, underWay);
      return underWay;
    },
  };
}

export type TtlCache<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value, ms: number): void;
  delete(key: string): void;
};

/** Personal data: what is too old is not only not answered, it is let go. */
export function createTtlCache<Value extends object>(clock: Clock): TtlCache<Value> {
  const cache = new LRUCache<string, Value>({
    ...{ max: 1_000, ttl: 1, ttlAutopurge: true },
    // By default it looks at the clock once a millisecond of its own.
    ...{ ttlResolution: 0, perf: { now: clock } },
  });
  return {
    get: (key) => cache.get(key),
    set(key, value, ms) {
      if (ms > 0) cache.set(key, value, { ttl: ms });
    },
    delete: (key) => void cache.delete(key),
  };
}
