import { setTimeout as wait } from 'node:timers/promises';

/** Lets through so many a second, in the order in which they came, evenly: a burst counts against us in Zoom's second. */
export function createRateBucket(perSecond: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const turn = Math.max(now, next);
    next = turn + 1_000 / perSecond;
    if (turn > now) await wait(turn - now);
  };
}
