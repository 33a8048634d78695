import type { EngagementFacts, EngagementRecord } from '#contract/engagements.ts';
import type { EngagementStatement } from '../events.ts';
import { type DatedFacts, foldTellings } from './dated-facts.ts';
import { deriveFacts } from './derived-facts.ts';
import { withoutEchoes, withoutHearsay } from './echoes.ts';
import { composeHandOver, newestDisposition } from './hand-over.ts';
import { advance, beginning, type Progress, phaseOf } from './machine.ts';
import { keyOf } from './presence.ts';
import { held, measureSpans, muted } from './spans.ts';
import { addStatements, inOrder, inOrderOfBelief } from './statement-set.ts';
import { collectNames, composeTimeline } from './timeline.ts';

/** Everything that follows from the statements of one engagement. Times in ms UTC. */
export type FoldedEngagement = DatedFacts & {
  record: Omit<EngagementRecord, 'gaps'>;
  /** The user ids of all agents concerned, sorted. */
  agents: string[];
  startedAt: number | null;
  endedAt: number | null;
};

/** A pure function of the set: the same for any order and any repetition of the same statements. */
export function foldStatements(statements: EngagementStatement[]): FoldedEngagement {
  const ordered = inOrder(addStatements([], statements));
  const told = withoutEchoes(ordered);
  const nameOf = collectNames(ordered);
  const progress = beginning();
  const fromBehind = new Set<EngagementStatement>();
  const moving = new Set(withoutHearsay(told));
  for (const statement of ordered) {
    if (moving.has(statement)) advance(progress, statement);
    if (speaksFromBehind(progress, statement)) fromBehind.add(statement);
  }
  const dated = foldTellings(toTellings(ordered, fromBehind));
  const { facts, factsAt } = deriveFacts(progress, told, dated.facts, nameOf);

  return {
    facts: { ...dated.facts, ...facts },
    factsAt: { ...dated.factsAt, ...factsAt },
    record: {
      phase: phaseOf(progress),
      hold: measureSpans(progress.acts, held),
      mute: measureSpans(progress.acts, muted),
      handOver: composeHandOver(progress, told, nameOf),
      disposition: newestDisposition(told),
      timeline: composeTimeline(told, nameOf),
    },
    agents: collectAgents(ordered),
    startedAt: dated.facts.startTime ?? ordered[0]?.at ?? null,
    endedAt: progress.endedAt,
  };
}

/**
 * After a transfer the sender still writes up, in events that name the sender's queue; and a transfer's own events name
 * it while the receiver's already ring. Those must not take the engagement back to the queue it came from.
 */
function speaksFromBehind(progress: Progress, { kind, agent }: EngagementStatement): boolean {
  if (kind.startsWith('transfer-') && kind !== 'transfer-started') return true;
  return agent !== undefined && keyOf(agent) !== keyOf(progress.assigned?.agent) && progress.gone.has(keyOf(agent));
}

/** What is said of the queue from behind is believed only where nobody else says anything of it. */
function toTellings(ordered: EngagementStatement[], fromBehind: Set<EngagementStatement>) {
  const believed = inOrderOfBelief(ordered);
  const weak = believed.filter((statement) => fromBehind.has(statement));
  return [
    ...weak.map(({ at, facts: { queueId, queueAlias, queueName } }) => ({
      at,
      facts: { queueId, queueAlias, queueName } as EngagementFacts,
    })),
    ...believed.map((statement) => {
      if (!fromBehind.has(statement)) return statement;
      const { queueId: _id, queueAlias: _alias, queueName: _name, ...facts } = statement.facts;
      return { at: statement.at, facts };
    }),
  ];
}

function collectAgents(statements: EngagementStatement[]): string[] {
  const ids = statements.flatMap(({ agent, others = [], facts }) => [
    agent?.id,
    ...others.map((one) => one.id),
    facts.assignedAgentId,
  ]);
  return [...new Set(ids.filter((id) => id !== undefined))].sort();
}
