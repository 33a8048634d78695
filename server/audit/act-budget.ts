/*
 * How often an agent may do what shows or changes customers' data: by hour of the clock, and in an hour and the 23
 * before it. The counts are in the database, so all processes share them. An act is counted before it is done, whatever
 * comes of it: a link of an id that does not exist is a guess as well. Undoing is not counted: each undo takes back one
 * counted decision.
 *
 * Guaranteed: no agent exceeds a limit, with any number of processes and requests at once. The first refused act of an
 * hour is on the audit trail.
 * Not guaranteed: an agent may act twice the hourly limit within 60 minutes that span two hours.
 */
import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { ActCountStore } from './act-count-store.ts';
import type { AuditEntry } from './audit-entry.ts';

const minute = 60_000;
const hour = 60 * minute;

type Limits = { perHour: number; perDay: number; noun: string };

/** Several times the acts of a busy agent. `link` counts links and unlinks together. */
export const actLimits = {
  search: { perHour: 120, perDay: 600, noun: 'searches' },
  link: { perHour: 60, perDay: 300, noun: 'changed links' },
  verify: { perHour: 60, perDay: 300, noun: 'verifications' },
  reveal: { perHour: 60, perDay: 300, noun: 'revealed contacts' },
} satisfies Record<string, Limits>;

export type Act = keyof typeof actLimits;

/** Counts the act; throws `rate_limited` where the agent has done it too often. */
export type SpendActBudget = (agent: Agent, act: Act) => Promise<void>;

export function createActBudget(parts: {
  store: Pick<ActCountStore, 'list' | 'add'>;
  clock: Clock;
  /** Records the entry unless an act of this kind was refused in this hour already. */
  recordRefusal(entry: AuditEntry, hour: { act: Act; hourAt: number }): Promise<void>;
  countRefusal(act: Act): void;
}): SpendActBudget {
  const { store, clock, recordRefusal, countRefusal } = parts;

  return async (agent, act) => {
    const now = clock();
    const hourAt = now - (now % hour);
    const limits = actLimits[act];
    const counts = await store.list({ agent, act, hourAt: hourAt - 23 * hour });
    const earlier = counts.filter((count) => count.hourAt < hourAt);
    const leftToday = limits.perDay - earlier.reduce((sum, { acts }) => sum + acts, 0);
    const maxActs = Math.min(limits.perHour, leftToday);
    if (maxActs > 0 && (await store.add({ agent, act, hourAt }, maxActs))) return;

    countRefusal(act);
    const isHourly = maxActs === limits.perHour;
    const details = { act, limit: isHourly ? limits.perHour : limits.perDay, period: isHourly ? 'hour' : 'day' };
    await recordRefusal({ agent, action: 'budget.refused', details }, { act, hourAt });
    const firstHourAt = earlier[0]?.hourAt ?? hourAt;
    const retryAfterMs = (isHourly ? hourAt + hour : firstHourAt + 24 * hour) - now;
    const message = `You have reached the limit of ${details.limit} ${limits.noun} in one ${details.period}. Try again in ${describeWait(retryAfterMs)}.`;
    throw new AppError('rate_limited', message, { reason: `${act}-budget-${details.period}`, retryAfterMs });
  };
}

function describeWait(waitMs: number): string {
  const minutes = Math.ceil(waitMs / minute);
  if (minutes <= 1) return 'a minute';
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
