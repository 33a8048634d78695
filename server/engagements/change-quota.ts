import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { createTokenBuckets } from '../platform/timing/token-bucket.ts';

/** Takes `changes` from the agent's quota, one by default; throws when it is exhausted. */
type SpendQuota = (agent: Agent, changes?: number) => void;

/**
 * Limits the new facts that an agent's panel may report. Each is stored and looked up, so without a limit a panel could
 * fill the database or reveal the customers behind one phone number after another. Facts that are already known are
 * free; a busy panel reports a few new ones a minute. In-process: each server process has a quota of its own.
 */
export function createChangeQuota({ clock, burst = 300, perMinute = 60 }: QuotaParts): SpendQuota {
  const buckets = createTokenBuckets({ perSecond: perMinute / 60, burst });

  return ({ account, uid }, changes = 1) => {
    if (buckets.tryTake(`${account}/${uid}`, clock(), Math.max(1, changes))) return;
    throw new AppError('rate_limited', 'That was too much at once. Wait a minute and try again.');
  };
}

type QuotaParts = { clock: Clock; burst?: number; perMinute?: number };
