import type { EngagementRecord } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { deriveFacts } from './derived-facts.ts';
import { removeDuplicates, removeUnconfirmed } from './duplicates.ts';
import { inOrder, mergeByKey, orderByPrecedence } from './event-set.ts';
import { composeHandOver, newestDisposition } from './hand-over.ts';
import { type Involvement, readInvolvement } from './involvement.ts';
import { applyEvent, createProgress, type Progress, phaseOf } from './machine.ts';
import { type DatedFacts, mergeFacts } from './merge-facts.ts';
import { isIn } from './presence.ts';
import { held, measureSpans, muted } from './spans.ts';
import { collectNames, composeTimeline } from './timeline.ts';

/** The state derived from the events of one engagement. Times in ms UTC. */
export type ReducedEngagement = DatedFacts & {
  record: Omit<EngagementRecord, 'gaps'>;
  involvement: Involvement;
  startedAt: number | null;
  endedAt: number | null;
};

/** A pure function of the set of events; order and repeats do not matter. */
export function reduceEvents(events: EngagementEvent[]): ReducedEngagement {
  const ordered = inOrder(mergeByKey([], events));
  const unique = removeDuplicates(ordered);
  const nameOf = collectNames(ordered);
  const progress = createProgress();
  const withFlows = createProgress();
  const confirmed = new Set(removeUnconfirmed(unique));
  const shown = unique.filter((event) => {
    const isRepeated = repeatsAnswer(progress, event);
    if (confirmed.has(event)) applyEvent(progress, event);
    applyEvent(withFlows, event);
    return !isRepeated;
  });
  const dated = mergeFacts(dropMisreadNumbers(orderByPrecedence(ordered)));
  const { facts, factsAt } = deriveFacts(progress, unique, dated.facts, nameOf);

  return {
    facts: { ...dated.facts, ...facts },
    factsAt: { ...dated.factsAt, ...factsAt },
    record: {
      phase: phaseOf(progress),
      hold: measureSpans(progress.conditionChanges, held),
      mute: measureSpans(progress.conditionChanges, muted),
      handOver: composeHandOver(progress, unique, nameOf),
      disposition: newestDisposition(unique),
      timeline: composeTimeline(shown, nameOf),
    },
    involvement: readInvolvement(progress, withFlows, ordered),
    startedAt: dated.facts.startTime ?? ordered[0]?.at ?? null,
    endedAt: progress.endedAt,
  };
}

/** Zoom sends an answer up to three times: for the task, the engagement and the transfer. */
const repeatsAnswer = ({ present }: Progress, { kind, agent }: EngagementEvent) =>
  kind === 'answered' && agent !== undefined && isIn(present, agent);

/**
 * Zoom's task events name no direction and are read as inbound. In an outbound engagement their caller is the contact
 * center and their callee the consumer, so both numbers are left out; other events name them.
 */
function dropMisreadNumbers(events: EngagementEvent[]): EngagementEvent[] {
  const dated = events.findLast(({ facts }) => facts.direction !== undefined);
  if (dated?.facts.direction?.toLowerCase() !== 'outbound') return events;
  return events.map((event) => {
    const { facts, origin } = event;
    if (facts.direction !== undefined || (origin !== 'webhook' && origin !== 'socket')) return event;
    const { flowNumber: _, consumers = [], ...rest } = facts;
    const named = consumers
      .map(({ number: _, ...consumer }) => consumer)
      .filter((each) => Object.keys(each).length > 0);
    return { ...event, facts: { ...rest, ...(named.length > 0 && { consumers: named }) } };
  });
}
