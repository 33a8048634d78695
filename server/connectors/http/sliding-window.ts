/** `max` requests within any `windowMs`. */
export type WindowRate = { max: number; windowMs: number };

/**
 * For a vendor that counts requests per second: allows a burst as large as the window, and after it no more than `max`
 * in any window, which a token bucket of the same burst and rate exceeds. The methods are those of a token bucket.
 */
export function createSlidingWindow({ max, windowMs }: WindowRate) {
  // Of the last `max` requests, oldest first.
  const times: number[] = [];
  return {
    /** When so many requests may be sent, ms; a time that is past means now. */
    readyAt(cost = 1): number {
      const oldest = times[times.length - 1 - max + cost];
      return oldest === undefined ? 0 : oldest + windowMs;
    },
    take(time: number): void {
      times.push(time);
      if (times.length > max) times.shift();
    },
  };
}
