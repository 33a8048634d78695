/** `burst` tokens at once, then `perSecond` of them each second. */
export type Rate = { perSecond: number; burst: number };

type TokenBucket = {
  /** When so many tokens are there, ms; a time that is past means now. Takes none. */
  readyAt(cost?: number): number;
  /** Takes tokens at that time, whether they are there or not: later requests wait for them. */
  take(time: number, cost?: number): void;
  /** Takes tokens if they are there; false, and nothing is taken, if they are not. */
  tryTake(now: number, cost?: number): boolean;
  /**
   * Takes the next tokens and returns how long to wait for them, ms; 0 when they are there. Callers keep their order.
   */
  reserve(now: number, cost?: number): number;
};

/**
 * The generic cell rate algorithm: one number, no timer, no clock of its own (times are passed in, ms). More than one
 * bucket can be checked with `readyAt` before tokens are taken from all of them. Not shared between processes.
 */
export function createTokenBucket({ perSecond, burst }: Rate): TokenBucket {
  const interval = 1_000 / perSecond;
  // When the bucket will be full again; "theoretical arrival time" in descriptions of the algorithm.
  let fullAt = 0;

  const readyAt = (cost = 1) => Math.ceil(fullAt - (burst - cost) * interval);
  const take = (time: number, cost = 1) => {
    fullAt = Math.max(fullAt, time) + cost * interval;
  };
  return {
    readyAt,
    take,
    tryTake(now, cost = 1) {
      // More than the bucket ever holds: never there, even while it is full.
      if (cost > burst || readyAt(cost) > now) return false;
      take(now, cost);
      return true;
    },
    reserve(now, cost = 1) {
      const time = Math.max(now, readyAt(cost));
      take(time, cost);
      return time - now;
    },
  };
}

/** One bucket for each key. Full buckets equal new ones and are dropped, so memory follows the keys in use. */
export function createTokenBuckets(rate: Rate): { tryTake(key: string, now: number, cost?: number): boolean } {
  const buckets = new Map<string, TokenBucket>();
  let sizeToPrune = 1_000;

  function pruneFull(now: number): void {
    for (const [key, bucket] of buckets) if (bucket.readyAt(rate.burst) <= now) buckets.delete(key);
    sizeToPrune = Math.max(1_000, 2 * buckets.size);
  }

  return {
    tryTake(key, now, cost) {
      const bucket = buckets.get(key) ?? createTokenBucket(rate);
      buckets.set(key, bucket);
      const isTaken = bucket.tryTake(now, cost);
      if (buckets.size >= sizeToPrune) pruneFull(now);
      return isTaken;
    },
  };
}
