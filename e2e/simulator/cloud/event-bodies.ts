/*
 * The `object` of each event, with the fields that Zoom's documented examples have, and no others: what an event of
 * Zoom's does not say, these do not say either. `engagement_started` and `engagement_ended` know neither queue nor
 * agent nor consumer; reservations name the agent by id alone and the consumer by number; an agent's status names no
 * engagement.
 */
import { createHash } from 'node:crypto';
import type { Agent } from '../agents.ts';
import { channels } from '../channels.ts';
import type { Engagement, HandOver } from '../contact-center.ts';
import { flowOf, type Queue } from '../queues.ts';

/** One agent's part in an engagement. */
export type Leg = { agent: Agent; engagement: Engagement };

export type EventObject = Record<string, unknown>;

const taskTimeout = 86_400;

export const isoTime = (at: number): string => new Date(at).toISOString();

const isoSeconds = (at: number): string => isoTime(at).replace(/\.\d+Z$/, 'Z');

/** Of the form of Zoom's ids for tasks and reservations, and the same whenever it is asked for. */
const idOf = (prefix: string, ...of: string[]): string =>
  prefix + createHash('sha256').update(of.join(' ')).digest('hex').slice(0, 32).toUpperCase();

const taskIdOf = ({ agent, engagement }: Leg): string => idOf('ZWT', engagement.id, agent.id);

export function describeStart({ engagement }: Leg): EventObject {
  return {
    ...describeEngagement(engagement),
    ...describeFlow(engagement.queue),
    date_time_ms: isoTime(engagement.startedAt),
  };
}

export function describeEnd({ engagement }: Leg, at: number): EventObject {
  return {
    ...describeEngagement(engagement),
    ...describeSource(engagement),
    ...describeFlow(engagement.queue),
    date_time_ms: isoTime(at),
  };
}

export function describeEndData({ engagement }: Leg, at: number): EventObject {
  return {
    ...describeEngagement(engagement),
    start_time: isoSeconds(engagement.startedAt),
    date_time_ms: isoTime(at),
  };
}

/** Most of what an agent or a consumer does. */
export function describeAct(leg: Leg, at: number): EventObject {
  return { ...describeSource(leg.engagement), ...describeSourcelessAct(leg, at) };
}

/** The same where Zoom leaves out `channel_source`: mute, keypad, transfers, the consumer's leaving. */
export function describeSourcelessAct({ agent, engagement }: Leg, at: number): EventObject {
  return {
    ...describeEngagement(engagement),
    ...describeFlow(engagement.queue),
    ...describeQueue(engagement.queue),
    flow_number: flowOf(engagement.queue).number,
    // An agent at whom it only rang has done nothing.
    ...(engagement.acceptedAt !== undefined && { user_id: agent.id, user_display_name: agent.name }),
    ...describeConsumer(engagement),
    date_time_ms: isoTime(at),
  };
}

export function describeDisposition(leg: Leg, name: string, at: number): EventObject {
  return {
    disposition_id: idOf('ZWD', name),
    disposition_name: name,
    disposition_description: '',
    status: 'active',
    last_modified_time: isoSeconds(at),
    modified_by: leg.agent.id,
    ...describeAct(leg, at),
  };
}

export function describeNote(leg: Leg, note: { id: string; text: string }, at: number): EventObject {
  return { note_id: note.id, note: note.text, last_modified_time: isoSeconds(at), ...describeAct(leg, at) };
}

export function describeTask(leg: Leg, at: number): EventObject {
  const { engagement } = leg;
  return {
    task_id: taskIdOf(leg),
    ...describeFlow(engagement.queue),
    task_status: 'pending',
    channel_id: idOf('ZTC', engagement.channel),
    channel_name: channels[engagement.channel].channel,
    task_priority: 0,
    ...describeQueue(engagement.queue),
    created_time_ms: isoTime(at),
    last_modified_time_ms: isoTime(at),
    engagement_id: engagement.id,
    auto_assign: false,
    task_timeout: taskTimeout,
    ...describeNumbers(engagement),
  };
}

export function describeQueueing(leg: Leg, at: number): EventObject {
  const { engagement } = leg;
  return {
    ...describeFlow(engagement.queue),
    task_id: taskIdOf(leg),
    ...describeQueue(engagement.queue),
    channel: channels[engagement.channel].channel,
    ...describeSource(engagement),
    max_wait_time: 900,
    wrap_up_time: 60,
    distribution_type: 1,
    distribution_duration_in_seconds: 30,
    engagement_id: engagement.id,
    date_time_ms: isoTime(at),
  };
}

/** `hasDirection`: Zoom omits the direction of a failed reservation. */
export function describeReservation(leg: Leg, at: number, { hasDirection }: { hasDirection: boolean }): EventObject {
  const { agent, engagement } = leg;
  return {
    task_reservation_id: idOf('ZWR', engagement.id, agent.id),
    ...describeFlow(engagement.queue),
    assigned_user_id: agent.id,
    task_id: taskIdOf(leg),
    channel: channels[engagement.channel].channel,
    ...describeSource(engagement),
    ...describeQueue(engagement.queue),
    created_time_ms: isoTime(at),
    last_modified_time_ms: isoTime(at),
    engagement_id: engagement.id,
    ...(hasDirection && { engagement_direction: 'inbound' }),
    auto_assign: false,
    task_timeout: taskTimeout,
    ...describeNumbers(engagement),
  };
}

/** The sender's leg, and where it goes. A flow is named only at the beginning and the end of a transfer. */
export function describeTransfer(leg: Leg, { type, to, queue }: HandOver, at: number, isEdge: boolean): EventObject {
  const target = queue ?? leg.engagement.queue;
  return {
    task_id: taskIdOf(leg),
    transfer_to_task_id: taskIdOf({ agent: to, engagement: leg.engagement }),
    task_status: 'assigned',
    transfer_to_task_status: 'pending',
    task_timeout: taskTimeout,
    transfer_to_task_timeout: taskTimeout,
    transfer_level: queue ? 'queue' : 'agent',
    transfer_type: type === 'direct' ? 'cold' : type,
    ...(isEdge && { transfer_to_flow_id: flowOf(target).id, transfer_to_flow_name: flowOf(target).name }),
    transfer_to_cc_queue_id: target.id,
    transfer_to_queue_name: target.name,
    transfer_to_user_id: to.id,
    transfer_to_user_display_name: to.name,
    ...describeSourcelessAct(leg, at),
  };
}

export function describeAgent({ id, name, email }: Agent, at: number): EventObject {
  return { user_id: id, display_name: name, user_email: email, date_time_ms: isoTime(at) };
}

function describeEngagement({ id, channel }: Engagement): EventObject {
  return { engagement_id: id, engagement_direction: 'inbound', channel: channels[channel].channel };
}

function describeSource({ channel }: Engagement): EventObject {
  const { eventSource } = channels[channel];
  return eventSource === '' ? {} : { channel_source: eventSource };
}

function describeFlow(queue: Queue): EventObject {
  const { id, name } = flowOf(queue);
  return { flow_id: id, flow_name: name };
}

function describeQueue({ id, name }: Queue): EventObject {
  return { cc_queue_id: id, queue_name: name };
}

/** Events carry no address: the sender of an e-mail or a chat has an id, and a name where one was given. */
export function describeConsumer({ id, consumers: [first] }: Engagement): EventObject {
  return {
    consumer_id: first?.consumerId ?? idOf('c', first?.consumerNumber ?? id).slice(0, 22),
    ...(first?.consumerNumber !== undefined && { consumer_number: first.consumerNumber }),
    ...(first?.consumerDisplayName !== undefined && { consumer_display_name: first.consumerDisplayName }),
  };
}

function describeNumbers({ queue, consumers: [first] }: Engagement): EventObject {
  return { caller_number: first?.consumerNumber ?? '', callee_number: flowOf(queue).number };
}
