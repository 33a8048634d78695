/*
 * Time on hold and on mute, from the condition changes of the agents. Each agent has conditions of its own:
 *
 * - A second `hold` within a hold counts once; an `unhold` without a `hold` is ignored (its start was lost).
 * - A condition that is not ended lasts until the agent leaves.
 * - `count` is the sum over the agents; `totalMs` is the time in which at least one agent's condition lasted, so
 *   overlapping conditions are not counted twice.
 */
import type { Spans } from '#contract/engagements.ts';
import type { ConditionChange } from './presence.ts';

type Condition = { begins: ConditionChange['kind']; ends: ConditionChange['kind'] };

export const held: Condition = { begins: 'hold', ends: 'unhold' };
export const muted: Condition = { begins: 'muted', ends: 'unmuted' };

export const noSpans: Spans = { count: 0, totalMs: 0, since: null };

/** `changes` in order. */
export function measureSpans(changes: ConditionChange[], { begins, ends }: Condition): Spans {
  const agents = new Set<string>();
  let { count, totalMs, since } = noSpans;
  for (const { agent, at, kind } of changes) {
    if (kind === begins && !agents.has(agent)) {
      agents.add(agent);
      count += 1;
      since ??= at;
    } else if ((kind === ends || kind === 'left') && agents.delete(agent) && agents.size === 0 && since !== null) {
      totalMs += at - since;
      since = null;
    }
  }
  return { count, totalMs, since };
}

/** Total duration up to `at` (ms UTC). */
export function durationAt(changes: ConditionChange[], condition: Condition, at: number): number {
  const { totalMs, since } = measureSpans(
    changes.filter((change) => change.at <= at),
    condition,
  );
  return totalMs + (since === null ? 0 : at - since);
}
