import type { HandOver } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import type { Progress } from './machine.ts';
import { durationAt, held } from './spans.ts';
import type { NameOf } from './timeline.ts';

/** The newest. A panel shows a handful; more would be a script's doing. */
const maxNotes = 50;

/**
 * The last accepted transfer and what came with it: everything said before it, by whomever, for after two transfers the
 * first agent's notes matter as much. `events` in order and without echoes.
 */
export function composeHandOver(
  { handOver, conditionChanges: acts }: Pick<Progress, 'handOver' | 'conditionChanges'>,
  events: EngagementEvent[],
  nameOf: NameOf,
): HandOver | null {
  if (!handOver) return null;
  const before = events.filter(({ at }) => at <= handOver.at);
  return {
    at: handOver.at,
    from: nameOf(handOver.from) ?? null,
    fromQueue: handOver.fromQueue,
    mode: handOver.mode,
    notes: before
      .filter(({ kind, text }) => kind === 'note' && text !== undefined)
      .slice(-maxNotes)
      .map(({ at, agent, text = '' }) => ({ at, agent: nameOf(agent) ?? null, text })),
    disposition: newestDisposition(before),
    heldMs: durationAt(acts, held, handOver.at),
  };
}

/** `events` in order. An agent may choose again. */
export function newestDisposition(events: EngagementEvent[]): string | null {
  return events.findLast(({ kind, text }) => kind === 'disposition' && text !== undefined)?.text ?? null;
}
