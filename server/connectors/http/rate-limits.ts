/**
 * The rate limits of a connection, by name. Two causes are answered differently:
 *
 * Our own rate, below the vendor's: a token bucket or a sliding window. A request waits up to `maxWaitMs` for its turn;
 * one whose turn comes later is answered at once with that time, because a queue without bound answers nobody.
 *
 * The vendor's pause (`pauseUntil`, from a 429): no request is sent before it ends, and none waits for it.
 *
 * An optional request is sent at once or not at all: only if it leaves room for another request, and the vendor has
 * not paused one of its limits within `calmMs`, which would mean that other programs use it up.
 *
 * Guarantees: a request takes a token from every limit it counts against, or from none. Not guaranteed: limits are not
 * shared between processes, so definitions stay well below the vendor's.
 */
import type { Clock } from '../../platform/clock.ts';
import { createTokenBucket, type Rate } from '../../platform/timing/token-bucket.ts';
import { createSlidingWindow, type WindowRate } from './sliding-window.ts';

const maxWaitMs = 2_000;
const calmMs = 60_000;

/** `waitMs` may be 0. `retryAt` in ms UTC. */
type Admission = { kind: 'admitted'; waitMs: number } | { kind: 'rejected'; retryAt: number };

type RateLimits = {
  /** Takes a token from each of these limits. */
  admit(names: string[], options?: { isOptional?: boolean | undefined }): Admission;
  /** When the vendor's pause ends, ms UTC; undefined when there is none. */
  pausedUntil(names: string[]): number | undefined;
  pauseUntil(name: string, time: number): void;
};

export type RateLimit = Rate | WindowRate;

export function createRateLimits(rates: Record<string, RateLimit>, clock: Clock): RateLimits {
  const limits = new Map(Object.entries(rates).map(([name, rate]) => [name, createLimit(rate)]));
  const find = (names: string[]) => names.flatMap((name) => limits.get(name) ?? []);

  function pausedUntil(names: string[]): number | undefined {
    const until = Math.max(0, ...find(names).map((limit) => limit.pausedUntil));
    return until > clock() ? until : undefined;
  }

  return {
    admit(names, { isOptional = false } = {}) {
      const now = clock();
      const paused = pausedUntil(names);
      if (paused !== undefined) return { kind: 'rejected', retryAt: paused };
      if (isOptional && !find(names).every((limit) => hasRoom(limit, now))) return { kind: 'rejected', retryAt: now };
      const admittedAt = Math.max(now, ...find(names).map(({ bucket }) => bucket.readyAt()));
      if (admittedAt - now > maxWaitMs) return { kind: 'rejected', retryAt: admittedAt };
      for (const { bucket } of find(names)) bucket.take(admittedAt);
      return { kind: 'admitted', waitMs: admittedAt - now };
    },
    pausedUntil,
    pauseUntil(name, time) {
      for (const limit of find([name])) limit.pausedUntil = Math.max(limit.pausedUntil, time);
    },
  };
}

type Limit = ReturnType<typeof createLimit>;

function createLimit(rate: RateLimit) {
  return 'max' in rate
    ? { bucket: createSlidingWindow(rate), capacity: rate.max, pausedUntil: 0 }
    : { bucket: createTokenBucket(rate), capacity: rate.burst, pausedUntil: 0 };
}

/** Whether two requests may be sent. */
function hasRoom({ bucket, capacity, pausedUntil }: Limit, now: number): boolean {
  return capacity >= 2 && bucket.readyAt(2) <= now && pausedUntil + calmMs <= now;
}
