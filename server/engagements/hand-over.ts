import type { HandOver } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import type { Progress } from './machine.ts';
import { durationAt, held } from './spans.ts';
import type { NameOf } from './timeline.ts';

/** The newest ones; a panel shows only a few. */
const maxNotes = 50;

/**
 * The last accepted transfer, with the notes and the disposition written before it by any agent: after two transfers
 * the first agent's notes still matter. `events` in order and without duplicates.
 */
export function composeHandOver(
  { handOver, conditionChanges }: Pick<Progress, 'handOver' | 'conditionChanges'>,
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
    heldMs: durationAt(conditionChanges, held, handOver.at),
  };
}

/** `events` in order; the last disposition wins. */
export function newestDisposition(events: EngagementEvent[]): string | null {
  return events.findLast(({ kind, text }) => kind === 'disposition' && text !== undefined)?.text ?? null;
}
