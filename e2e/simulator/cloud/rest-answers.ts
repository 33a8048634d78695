/*
 * Answers of Zoom's REST API for an ended engagement and for an agent. Pure. Field names as in the published
 * operations; the exact bodies are documented only in part, so others may exist in Zoom.
 */
import { type Agent, agents } from '../agents.ts';
import { channels } from '../channels.ts';
import { flowOf, type Queue } from '../queues.ts';
import { type AgentStatus, isOver, readableAfter } from './cloud-events.ts';
import { describeConsumer, isoTime, type Leg } from './event-bodies.ts';

export type EngagementReport = Record<string, unknown> & {
  engagement_id: string;
  start_time: string;
  consumers: { consumer_number?: string; consumer_email?: string }[];
};

/** ms UTC; null while it goes on. */
function endOf(legs: readonly Leg[]): number | null {
  if (!isOver(legs)) return null;
  const ends = legs.map(
    ({ engagement }) => engagement.endedAt ?? (engagement.handOver ? engagement.hungUpAt : undefined),
  );
  return Math.max(...ends.map((end) => end ?? 0));
}

export function isReadable(legs: readonly Leg[], now: number): boolean {
  const end = endOf(legs);
  return end !== null && now >= end + readableAfter;
}

/** Queues and agents stand in the order in which they had it, the first one first. */
export function describeReport(legs: readonly Leg[]): EngagementReport | null {
  const [first] = legs;
  const end = endOf(legs);
  if (!first || end === null) return null;
  const { id, channel, startedAt, consumers } = first.engagement;
  const { channel: kind, eventSource } = channels[channel];
  const queues = distinct(legs.map(({ engagement }) => engagement.queue));
  const answered = legs.filter(({ engagement }) => engagement.acceptedAt !== undefined);
  return {
    engagement_id: id,
    direction: 'inbound',
    channel: kind,
    ...(eventSource !== '' && { channel_source: eventSource }),
    start_time: isoTime(startedAt),
    end_time: isoTime(end),
    duration: Math.round((end - startedAt) / 1000),
    consumers: [{ ...describeConsumer(first.engagement), consumer_email: consumers[0]?.consumerEmail ?? '' }],
    flows: distinct(queues.map((queue) => flowOf(queue))).map((flow) => ({ flow_id: flow.id, flow_name: flow.name })),
    queues: queues.map((queue) => ({ cc_queue_id: queue.id, queue_name: queue.name })),
    agents: answered.map(({ agent }) => ({ user_id: agent.id, display_name: agent.name })),
    dispositions: legs.flatMap(({ engagement: { disposition } }) =>
      disposition === undefined ? [] : [{ disposition_name: disposition }],
    ),
    notes: legs.flatMap(({ agent, engagement: { notes = [] } }) =>
      notes.map(({ id: noteId, text }) => ({
        note_id: noteId,
        note: text,
        user_id: agent.id,
        display_name: agent.name,
      })),
    ),
  };
}

export function describeVariableLogs(legs: readonly Leg[]): Record<string, unknown>[] {
  const [leg] = legs.toReversed();
  if (!leg) return [];
  const { id, queue, startedAt, variables } = leg.engagement;
  return variables.map((variable) => ({
    variable_log_id: variable.id,
    engagement_id: id,
    flow_id: flowOf(queue).id,
    flow_name: flowOf(queue).name,
    widget_name: 'Collect input',
    variable_name: variable.name,
    variable_value: variable.value,
    created_at: isoTime(startedAt),
  }));
}

export function describeUser({ id, name, email }: Agent, status: AgentStatus | undefined): Record<string, unknown> {
  return {
    user_id: id,
    cc_user_id: `cc-${id}`,
    user_email: email,
    display_name: name,
    status_name: status ?? 'Offline',
  };
}

export function findAgent(idOrEmail: string): Agent | undefined {
  return agents.find(({ id, email }) => id === idOrEmail || email === idOrEmail);
}

function distinct<One extends Queue>(queues: One[]): One[] {
  return [...new Map(queues.map((queue) => [queue.id, queue])).values()];
}
