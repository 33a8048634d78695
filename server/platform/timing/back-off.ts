/** A number in [0, 1), like Math.random. */
export type Random = () => number;

type BackOff = {
  /** The delay before the next attempt, ms; each call counts as one more failure. */
  next(): number;
  /** The last attempt succeeded: the next failure starts from the first delay again. */
  reset(): void;
};

/** Beyond this exponent every sensible maximum is reached, and doubling on would end at Infinity. */
const maxExponent = 30;

/**
 * Exponential back-off. `jitter` is the share of each delay that is random: 1 (the default) is full jitter, which
 * spreads clients that failed together best; 0 doubles exactly, for a client without competitors.
 */
export function createBackOff(parts: { firstMs: number; maxMs: number; jitter?: number; random?: Random }): BackOff {
  const { firstMs, maxMs, jitter = 1, random = Math.random } = parts;
  let failures = 0;
  return {
    next() {
      const ceiling = Math.min(maxMs, firstMs * 2 ** failures);
      failures = Math.min(failures + 1, maxExponent);
      return ceiling * (1 - jitter) + ceiling * jitter * random();
    },
    reset() {
      failures = 0;
    },
  };
}

/**
 * The delay after `tries` attempts from a fixed schedule, ms, spread by ± `spread` of it so that jobs that failed
 * together are not retried together. Undefined when the schedule is exhausted.
 */
export function scheduledDelay(
  delays: readonly number[],
  tries: number,
  { spread = 0.1, random = Math.random }: { spread?: number; random?: Random } = {},
): number | undefined {
  const delay = delays[tries - 1];
  return delay === undefined ? undefined : delay * (1 - spread + 2 * spread * random());
}
