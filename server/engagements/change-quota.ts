import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';

/**
 * How much that is new an agent may say of engagements. Repeating what is known is free: a panel does it at every switch.
 * Something new is kept as a row and looked up, so whoever may say it at will could fill the database, or learn who is
 * behind one phone number after another; the busiest desk hears a few new things a minute. What names several numbers at
 * once counts as so many.
 *
 * Throws when the allowance is used up. Held in memory, by process: an entry an agent, of whom there are few.
 */
export type SpendAllowance = (agent: Agent, changes?: number) => void;

export function createChangeQuota({ clock, most = 300, perMinute = 60 }: AllowanceParts): SpendAllowance {
  const left = new Map<string, { changes: number; at: number }>();

  return ({ account, uid }, wanted = 1) => {
    const key = `${account}/${uid}`;
    const now = clock();
    const before = left.get(key) ?? { changes: most, at: now };
    const cost = Math.max(1, wanted);
    const changes = Math.min(most, before.changes + ((now - before.at) / 60_000) * perMinute);
    if (changes < cost) throw new AppError('rate_limited', 'That was too much at once. Wait a minute and try again.');
    left.set(key, { changes: changes - cost, at: now });
  };
}

type AllowanceParts = {
  clock: Clock;
  /** So many at once, … */
  most?: number;
  /** … and so many more each minute. */
  perMinute?: number;
};
