/*
 * The timeline entries of an engagement. Ids are replaced by names known from any event.
 *
 * Zoom sends an edited note again. Each version is an entry of its own, because no field identifies versions of one
 * note.
 */
import { channelOf, type EngagementEventKind, type TimelineEntry } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';

/** The contract's limit; the oldest entries are dropped. */
export const maxEntries = 300;

export type NameOf = (agent: AgentReference | undefined) => string | undefined;

/** `events` in order; the newest spelling of a name wins. */
export function collectNames(events: EngagementEvent[]): NameOf {
  const names = new Map<string, string>();
  const addName = (id?: string, name?: string) => id !== undefined && name !== undefined && names.set(id, name);
  for (const { agent, others = [], facts } of events) {
    addName(facts.assignedAgentId, facts.assignedAgentName);
    for (const { id, name } of agent ? [agent, ...others] : others) addName(id, name);
  }
  return (agent) => names.get(agent?.id ?? '') ?? agent?.name ?? agent?.email ?? agent?.id;
}

/** `events` in order and without duplicates. */
export function composeTimeline(events: EngagementEvent[], nameOf: NameOf): TimelineEntry[] {
  return events.slice(-maxEntries).map((event) => toEntry(event, nameOf));
}

/** Only these kinds route the consumer; the queue on every entry would be noise. */
const routed = new Set<EngagementEventKind>(['queued', 'dequeued', 'ringing', 'answered', 'transfer-started']);
const changesChannel = new Set<EngagementEventKind>(['started', 'upgrade-started', 'upgraded']);

/** Kinds whose first other agent is the target of the action. */
const pointsAtOther = /^(transfer-|conference-|monitor-|takeover)/;

function toEntry({ key, at, kind, facts, ...rest }: EngagementEvent, nameOf: NameOf): TimelineEntry {
  const agent = nameOf(rest.agent);
  const to = (pointsAtOther.test(kind) ? nameOf(rest.others?.[0]) : undefined) ?? rest.to;
  const queue = routed.has(kind) ? (facts.queueName ?? facts.queueId) : undefined;
  return {
    id: key,
    at,
    kind,
    ...(agent !== undefined && { agent }),
    ...(to !== undefined && { to }),
    ...(queue !== undefined && { queue }),
    ...(rest.mode !== undefined && { mode: rest.mode }),
    ...(rest.text !== undefined && { text: rest.text }),
    ...(rest.digits !== undefined && { digits: rest.digits }),
    ...(changesChannel.has(kind) && facts.channel !== undefined && { channel: channelOf(facts) }),
  };
}
