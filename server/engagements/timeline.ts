/*
 * What happened, line by line, for a person to read. Ids become names where anybody has said the name.
 *
 * A note that is edited is told again: each version stays a line of its own, for what an agent wrote does not vanish from
 * a history, and no field of a event says which two are the same note.
 */
import { channelOf, type EntryKind, type TimelineEntry } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';

/** The contract's: older lines are in nobody's way back to the beginning, which the record's fields tell. */
export const maxEntries = 300;

export type NameOf = (agent: AgentReference | undefined) => string | undefined;

/** `events` in order: of two spellings of a name, the newest counts. */
export function collectNames(events: EngagementEvent[]): NameOf {
  const names = new Map<string, string>();
  const hear = (id?: string, name?: string) => id !== undefined && name !== undefined && names.set(id, name);
  for (const { agent, others = [], facts } of events) {
    hear(facts.assignedAgentId, facts.assignedAgentName);
    for (const one of agent ? [agent, ...others] : others) hear(one.id, one.name);
  }
  return (agent) => names.get(agent?.id ?? '') ?? agent?.name ?? agent?.email ?? agent?.id;
}

/** `events` in order and without echoes. */
export function composeTimeline(events: EngagementEvent[], nameOf: NameOf): TimelineEntry[] {
  return events.slice(-maxEntries).map((event) => toEntry(event, nameOf));
}

/** Kinds that say where the consumer is sent; the queue on every line would say the same thirty times. */
const routed = new Set<EntryKind>(['queued', 'dequeued', 'ringing', 'answered', 'transfer-started']);
const changesChannel = new Set<EntryKind>(['started', 'upgrade-started', 'upgraded']);

/** Elsewhere the others are only concerned: of a consumer's message, whose engagement it is. */
const pointsAtOther = /^(transfer-|conference-|monitor-|takeover)/;

function toEntry({ key, at, kind, facts, ...told }: EngagementEvent, nameOf: NameOf): TimelineEntry {
  const agent = nameOf(told.agent);
  const to = (pointsAtOther.test(kind) ? nameOf(told.others?.[0]) : undefined) ?? told.to;
  const queue = routed.has(kind) ? (facts.queueName ?? facts.queueId) : undefined;
  return {
    id: key,
    at,
    kind,
    ...(agent !== undefined && { agent }),
    ...(to !== undefined && { to }),
    ...(queue !== undefined && { queue }),
    ...(told.mode !== undefined && { mode: told.mode }),
    ...(told.text !== undefined && { text: told.text }),
    ...(told.digits !== undefined && { digits: told.digits }),
    ...(changesChannel.has(kind) && facts.channel !== undefined && { channel: channelOf(facts) }),
  };
}
