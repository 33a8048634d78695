/*
 * Time on hold and on mute, from what the agents did. Each agent's side has a condition of its own:
 *
 * - A second `hold` within one counts once; an end without a beginning counts nothing (its beginning was lost).
 * - A beginning without an end lasts until that agent is gone.
 * - `count` adds the agents' spans up; `totalMs` is the time in which anybody's lasted, so that two at once are not
 *   twice as long, and the consumer's waiting is what it was.
 */
import type { Spans } from '#contract/engagements.ts';
import type { ConditionChange } from './presence.ts';

type Condition = { begins: ConditionChange['kind']; ends: ConditionChange['kind'] };

export const held: Condition = { begins: 'hold', ends: 'unhold' };
export const muted: Condition = { begins: 'muted', ends: 'unmuted' };

export const noSpans: Spans = { count: 0, totalMs: 0, since: null };

/** `changes` in order. */
export function measureSpans(changes: ConditionChange[], { begins, ends }: Condition): Spans {
  const inIt = new Set<string>();
  let { count, totalMs, since } = noSpans;
  for (const { agent, at, kind } of changes) {
    if (kind === begins && !inIt.has(agent)) {
      inIt.add(agent);
      count += 1;
      since ??= at;
    } else if ((kind === ends || kind === 'left') && inIt.delete(agent) && inIt.size === 0 && since !== null) {
      totalMs += at - since;
      since = null;
    }
  }
  return { count, totalMs, since };
}

/** How long it had lasted at `at` (ms UTC). */
export function durationAt(changes: ConditionChange[], condition: Condition, at: number): number {
  const { totalMs, since } = measureSpans(
    changes.filter((one) => one.at <= at),
    condition,
  );
  return totalMs + (since === null ? 0 : at - since);
}
