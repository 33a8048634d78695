/**
 * The rate limits of a connection, by name: a limit of the definition, or a kind of request, which has a pause but no
 * rate of its own. Two causes are answered differently:
 *
 * Our own rate, below the vendor's: a token bucket or a sliding window. A request waits up to `maxWaitMs` for its turn;
 * one whose turn comes later is answered at once with that time, because a queue without bound answers nobody.
 *
 * The vendor's pause (`pauseUntil`, from a 429): no request under that name is sent before it ends, and none waits for
 * it. Requests under other names go on.
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
  const pauses = new Map<string, number>();
  const find = (names: string[]) => names.flatMap((name) => limits.get(name) ?? []);
  const findPauseEnd = (names: string[]) => Math.max(0, ...names.map((name) => pauses.get(name) ?? 0));

  function pausedUntil(names: string[]): number | undefined {
    const until = findPauseEnd(names);
    return until > clock() ? until : undefined;
  }

  function hasRoom(names: string[], now: number): boolean {
    return findPauseEnd(names) + calmMs <= now && find(names).every((limit) => canTakeTwo(limit, now));
  }

  return {
    admit(names, { isOptional = false } = {}) {
      const now = clock();
      const paused = pausedUntil(names);
      if (paused !== undefined) return { kind: 'rejected', retryAt: paused };
      if (isOptional && !hasRoom(names, now)) return { kind: 'rejected', retryAt: now };
      const admittedAt = Math.max(now, ...find(names).map(({ bucket }) => bucket.readyAt()));
      if (admittedAt - now > maxWaitMs) return { kind: 'rejected', retryAt: admittedAt };
      for (const { bucket } of find(names)) bucket.take(admittedAt);
      return { kind: 'admitted', waitMs: admittedAt - now };
    },
    pausedUntil,
    pauseUntil(name, time) {
      pauses.set(name, Math.max(pauses.get(name) ?? 0, time));
    },
  };
}

type Limit = ReturnType<typeof createLimit>;

function createLimit(rate: RateLimit) {
  return 'max' in rate
    ? { bucket: createSlidingWindow(rate), capacity: rate.max }
    : { bucket: createTokenBucket(rate), capacity: rate.burst };
}

function canTakeTwo({ bucket, capacity }: Limit, now: number): boolean {
  return capacity >= 2 && bucket.readyAt(2) <= now;
}
