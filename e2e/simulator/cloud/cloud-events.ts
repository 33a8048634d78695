/*
 * The events that Zoom's cloud sends when the agents' parts (legs) in one engagement change, in the order in which they
 * happen. Pure. Events of one change are a millisecond apart, so that sorting by time gives this order again.
 *
 *   rings        started · task created · entered queue · reserved
 *   answered     reservation accepted · left queue · answered
 *   unanswered   rejected or timed out · consumer ended
 *   ended        agent ended · consumer ended · wrap-up started
 *   closed       wrap-up ended · reservation and task completed
 *   transferred  initiated · task created · (queued ·) reserved ▶ accepted · answered (· completed) · the sender's end
 *
 * `engagement_ended` comes when no leg is left but those that were handed over, and its data is ready some seconds
 * later. A transfer through a queue has no `completed` event, as observed in Zoom.
 */
import type { Engagement } from '../contact-center.ts';
import {
  describeAct,
  describeAgent,
  describeDisposition,
  describeEnd,
  describeEndData,
  describeNote,
  describeQueueing,
  describeReservation,
  describeSourcelessAct,
  describeStart,
  describeTask,
  describeTransfer,
  type EventObject,
  type Leg,
} from './event-bodies.ts';

/** `at` in ms UTC; `delay` in ms: how long after it happens Zoom sends it. */
export type CloudEvent = { name: string; at: number; object: EventObject; delay: number };

/** `was` is undefined when the engagement was not at this desk before, or had left it. */
type Change = { was: Engagement | undefined; is: Engagement; leg: Leg; sender: Leg | undefined };

type PlannedEvent = { name: string; describe(at: number): EventObject; at?: number; delay?: number };

/** How long after its end an engagement can be read over REST, ms. In Zoom up to a minute. */
export const readableAfter = 3_000;

const rules = [
  listSendingEvents,
  listRingingEvents,
  listUnansweredEvents,
  listAnsweredEvents,
  listInCallEvents,
  listLeavingEvents,
  listSavedEvents,
  listClosedEvents,
];

export function cloudEventsBetween(before: readonly Leg[], after: readonly Leg[], at: number): CloudEvent[] {
  const changes = after.flatMap((leg): Change[] => {
    const earlier = before.find(({ agent }) => agent.id === leg.agent.id)?.engagement;
    const hasComeAgain = earlier?.phase === 'end' && leg.engagement.phase === 'ringing';
    const sender = after.find(({ agent }) => agent.id === leg.engagement.transfer?.fromAgent.id);
    return earlier === leg.engagement
      ? []
      : [{ was: hasComeAgain ? undefined : earlier, is: leg.engagement, leg, sender }];
  });
  const planned = [...rules.flatMap((rule) => changes.flatMap(rule)), ...listEndEvents(before, after)];
  return planned.map(({ name, describe, delay = 0, ...known }, index) => {
    const happened = known.at ?? at + index + delay;
    return { name: `contact_center.${name}`, at: happened, object: describe(happened), delay };
  });
}

export type AgentStatus = 'Ready' | 'Occupied';

/** The first status of an agent is the log-in. */
export function agentEventsBetween(
  agent: Leg['agent'],
  before: AgentStatus | undefined,
  after: AgentStatus,
  at: number,
): CloudEvent[] {
  if (before === after) return [];
  const statusIds = { Offline: '1', Ready: '3', Occupied: '4' };
  const previous = before ?? 'Offline';
  const login = { name: 'contact_center.user_login', at, object: describeAgent(agent, at), delay: 0 };
  const status = {
    name: 'contact_center.user_status_changed',
    at: at + 1,
    object: {
      ...describeAgent(agent, at + 1),
      previous_status_id: statusIds[previous],
      previous_status_name: previous,
      current_status_id: statusIds[after],
      current_status_name: after,
    },
    delay: 0,
  };
  return before === undefined ? [login, status] : [status];
}

function listSendingEvents({ was, is, leg }: Change): PlannedEvent[] {
  const { handOver } = is;
  if (handOver?.outcome !== 'pending' || was?.handOver?.outcome === 'pending') return [];
  return [
    {
      name: 'engagement_transfer_initiated',
      describe: (at) => describeTransfer(leg, handOver, at, true),
    },
  ];
}

function listRingingEvents({ was, is, leg, sender }: Change): PlannedEvent[] {
  if (was || is.phase !== 'ringing') return [];
  const task = { name: 'task_created', describe: (at: number) => describeTask(leg, at) };
  const queued = { name: 'task_entered_queue', describe: (at: number) => describeQueueing(leg, at) };
  const reserved = {
    name: 'task_reservation_created',
    describe: (at: number) => describeReservation(leg, at, { hasDirection: true }),
  };
  if (!is.transfer) {
    const started = { name: 'engagement_started', describe: () => describeStart(leg), at: is.startedAt };
    return [started, task, queued, reserved];
  }
  const onTheWay = is.transfer.queue ? [queued, ...listTransferEvents(sender, 'queued')] : [];
  return [task, ...onTheWay, ...listTransferEvents(sender, 'reserved'), reserved];
}

/** The consumer gives up unless the sender of a warm transfer still has them. */
function listUnansweredEvents({ was, is, leg, sender }: Change): PlannedEvent[] {
  if (was?.unanswered || !is.unanswered) return [];
  const reservation = {
    name: `task_reservation_${is.unanswered}`,
    describe: (at: number) => describeReservation(leg, at, { hasDirection: false }),
  };
  return [
    reservation,
    ...listLeftQueueEvents(leg),
    ...listTransferEvents(sender, is.unanswered),
    ...(is.transfer?.type === 'warm' ? [] : [planConsumerEnd(leg)]),
  ];
}

function listAnsweredEvents({ was, is, leg, sender }: Change): PlannedEvent[] {
  if (was?.acceptedAt !== undefined || is.acceptedAt === undefined) return [];
  const { transfer } = is;
  return [
    { name: 'task_reservation_accepted', describe: (at) => describeReservation(leg, at, { hasDirection: true }) },
    ...listLeftQueueEvents(leg),
    ...listTransferEvents(sender, 'accepted'),
    planAgentEvent('engagement_user_answered', leg),
    ...(transfer && !transfer.queue ? listTransferEvents(sender, 'completed') : []),
  ];
}

function listInCallEvents({ was, is, leg }: Change): PlannedEvent[] {
  const isHeld = is.isOnHold ?? false;
  const isMuted = is.isMuted ?? false;
  return [
    ...((was?.isOnHold ?? false) === isHeld
      ? []
      : [planAgentEvent(`engagement_user_${isHeld ? 'hold' : 'unhold'}`, leg)]),
    ...((was?.isMuted ?? false) === isMuted ? [] : [planMuteEvent(isMuted, leg)]),
    ...(is.keysSent ?? []).slice(was?.keysSent?.length ?? 0).map((keys) => ({
      name: 'engagement_user_dtmf_sent',
      describe: (at: number) => ({ ...describeSourcelessAct(leg, at), dtmf_input: keys }),
    })),
  ];
}

/** The consumer leaves with the agent, unless the engagement goes on at another desk. */
function listLeavingEvents({ was, is, leg }: Change): PlannedEvent[] {
  if (was?.hungUpAt !== undefined || is.hungUpAt === undefined) return [];
  return [
    planAgentEvent('engagement_user_ended', leg),
    ...(isHandedOver(is) ? [] : [planConsumerEnd(leg)]),
    planAgentEvent('engagement_wrap_up_started', leg),
  ];
}

function listSavedEvents({ was, is, leg }: Change): PlannedEvent[] {
  const { disposition, notes = [] } = is;
  return [
    ...notes.slice(was?.notes?.length ?? 0).map((note) => ({
      name: 'engagement_note_added',
      describe: (at: number) => describeNote(leg, note, at),
    })),
    ...(disposition === undefined || disposition === was?.disposition
      ? []
      : [
          {
            name: 'engagement_disposition_added',
            describe: (at: number) => describeDisposition(leg, disposition, at),
          },
        ]),
  ];
}

function listClosedEvents({ was, is, leg }: Change): PlannedEvent[] {
  if (was?.phase === 'end' || is.phase !== 'end' || is.unanswered) return [];
  return [
    planAgentEvent('engagement_wrap_up_ended', leg),
    { name: 'task_reservation_completed', describe: (at) => describeReservation(leg, at, { hasDirection: true }) },
    { name: 'task_completed', describe: (at) => ({ ...describeTask(leg, at), task_status: 'completed' }) },
  ];
}

function listEndEvents(before: readonly Leg[], after: readonly Leg[]): PlannedEvent[] {
  const [leg] = after.toReversed();
  if (!leg || isOver(before) || !isOver(after)) return [];
  return [
    { name: 'engagement_ended', describe: (at) => describeEnd(leg, at) },
    {
      name: 'legacy_engagement_end_data_ready',
      describe: (at) => describeEndData(leg, at),
      delay: readableAfter,
    },
  ];
}

/** A leg that was handed over does not keep the engagement open, however long its agent wraps up. */
export function isOver(legs: readonly Leg[]): boolean {
  return legs.length > 0 && legs.every(({ engagement }) => engagement.phase === 'end' || isHandedOver(engagement));
}

function isHandedOver({ handOver, phase }: Engagement): boolean {
  return phase !== 'active' && (handOver?.outcome === 'pending' || handOver?.outcome === 'accepted');
}

function listTransferEvents(sender: Leg | undefined, step: string): PlannedEvent[] {
  const handOver = sender?.engagement.handOver;
  if (!sender || !handOver) return [];
  // `canceled` is spelled alike for reservations and transfers.
  const isEdge = step === 'completed' || step === 'canceled';
  return [
    {
      name: `engagement_transfer_${step}`,
      describe: (at) => describeTransfer(sender, handOver, at, isEdge),
    },
  ];
}

/** A transfer from agent to agent passes by the queues. */
function listLeftQueueEvents(leg: Leg): PlannedEvent[] {
  const { transfer } = leg.engagement;
  if (transfer && !transfer.queue) return [];
  return [{ name: 'task_exited_queue', describe: (at) => describeQueueing(leg, at) }];
}

function planAgentEvent(name: string, leg: Leg): PlannedEvent {
  return { name, describe: (at) => describeAct(leg, at) };
}

function planMuteEvent(isMuted: boolean, leg: Leg): PlannedEvent {
  return {
    name: `engagement_user_${isMuted ? 'muted' : 'unmuted'}`,
    describe: (at) => describeSourcelessAct(leg, at),
  };
}

function planConsumerEnd(leg: Leg): PlannedEvent {
  return { name: 'engagement_consumer_ended', describe: (at) => describeSourcelessAct(leg, at) };
}
