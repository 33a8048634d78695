import type { EngagementFacts, Phase } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { type Progress, phaseOf } from './machine.ts';
import type { DatedFacts } from './merge-facts.ts';
import type { NameOf } from './timeline.ts';

/** The SDK's names, because a view reads one field for both. The SDK has no state before `active`. */
const stateOf: Partial<Record<Phase, string>> = { active: 'active', 'wrap-up': 'wrap-up', ended: 'end' };

/**
 * Facts derived from the sequence of events: assigned agent, times, transfer. `events` in order. A value that Zoom
 * reports itself (REST's start time) has precedence: `reported`.
 */
export function deriveFacts(
  progress: Progress,
  events: EngagementEvent[],
  reported: EngagementFacts,
  nameOf: NameOf,
): DatedFacts {
  const { assigned, handOver, answeredAt, endedAt } = progress;
  const startedAt = events.find(({ kind }) => kind === 'started')?.at;
  const conferenceAt = events.find(({ kind }) => kind === 'conference-joined')?.at;
  const state = stateOf[phaseOf(progress) ?? 'queued'];

  const dated: { [Field in keyof EngagementFacts]: [EngagementFacts[Field] | null, number | null | undefined] } = {
    startTime: [reported.startTime ?? startedAt, startedAt],
    acceptTime: [reported.acceptTime ?? answeredAt, answeredAt],
    endTime: [reported.endTime ?? endedAt, endedAt],
    state: [state, endedAt ?? events.at(-1)?.at],
    assignedAgentId: [assigned?.agent.id, assigned?.at],
    assignedAgentName: [nameOf(assigned?.agent), assigned?.at],
    isTransfer: [handOver && true, handOver?.at],
    transferType: [handOver?.mode, handOver?.at],
    transferFromAgentId: [handOver?.from.id, handOver?.at],
    transferFromAgentName: [handOver && nameOf(handOver.from), handOver?.at],
    isConference: [conferenceAt !== undefined || undefined, conferenceAt],
  };
  const known = Object.entries(dated).filter(([, [value, at]]) => value != null && at != null);
  return {
    facts: Object.fromEntries(known.map(([field, [value]]) => [field, value])),
    factsAt: Object.fromEntries(known.map(([field, [, at]]) => [field, at as number])),
  };
}
