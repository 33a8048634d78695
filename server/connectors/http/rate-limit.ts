/**
 * One limit of a connection, in two parts that are answered differently.
 *
 * Our own rate, kept below the vendor's: the generic cell rate algorithm. `burst` requests at once, then one every
 * 1 / `perSecond`. Whoever takes a turn that is still to come waits for it, at most `longestWait`: an agent is better told
 * "in five seconds" than kept waiting, and a queue that grows without end answers nobody.
 *
 * The vendor's word (`pauseUntil`, from a 429): nothing is sent before it, and nobody waits for it.
 *
 * Written here, and not taken from a package, because those bring a clock and timers of their own, and a turn is to be
 * taken against two limits at once or against none. Not guaranteed: one process does not know what another has sent, so
 * definitions leave room; where they meet the vendor's limit together, the vendor says so and both pause.
 */
import type { Clock } from '../../platform/clock.ts';

/** ms */
const longestWait = 2_000;

export type Rate = { perSecond: number; burst: number };

/** `waitMs` may be 0. Times in ms UTC. */
export type Turn = { kind: 'turn'; waitMs: number } | { kind: 'not-before'; at: number };

export type RateLimits = {
  /** A turn in every one of these limits. */
  take(names: string[]): Turn;
  /** How long the vendor wants quiet; undefined when it does not. */
  pausedUntil(names: string[]): number | undefined;
  pauseUntil(name: string, at: number): void;
};

export function createRateLimits(rates: Record<string, Rate>, clock: Clock): RateLimits {
  const limits = new Map(Object.entries(rates).map(([name, rate]) => [name, createLimit(rate)]));
  const find = (names: string[]) => names.flatMap((name) => limits.get(name) ?? []);

  function pausedUntil(names: string[]): number | undefined {
    const until = Math.max(0, ...find(names).map((limit) => limit.pausedUntil));
    return until > clock() ? until : undefined;
  }

  return {
    take(names) {
      const now = clock();
      const paused = pausedUntil(names);
      if (paused !== undefined) return { kind: 'not-before', at: paused };
      const at = Math.max(now, ...find(names).map((limit) => limit.nextTurn()));
      if (at - now > longestWait) return { kind: 'not-before', at };
      for (const limit of find(names)) limit.takeAt(at);
      return { kind: 'turn', waitMs: at - now };
    },
    pausedUntil,
    pauseUntil(name, at) {
      for (const limit of find([name])) limit.pausedUntil = Math.max(limit.pausedUntil, at);
    },
  };
}

function createLimit({ perSecond, burst }: Rate) {
  const interval = 1_000 / perSecond;
  // When the bucket will be full again, "theoretical arrival time" in the algorithm's papers.
  let fullAt = 0;
  return {
    pausedUntil: 0,
    nextTurn: () => Math.ceil(fullAt - (burst - 1) * interval),
    takeAt(at: number) {
      fullAt = Math.max(fullAt, at) + interval;
    },
  };
}
