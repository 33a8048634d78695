/*
 * The contact center as one agent's desktop knows it: which engagements there are, in which phase, which one is in
 * front. Pure: every verb takes a state and answers the next one; nothing here knows the SDK, React or a clock.
 *
 *   ring ──▶ ringing ──answer──▶ active ──end──▶ wrap-up ──close──▶ end
 *               └─────decline, missed, withdrawn───────────────────▶ end
 *
 * The phases from `active` on are Zoom's own words for `state`. A ringing engagement belongs to nobody yet: an app in
 * the panel cannot know of it, so it is never focused and never spoken of over the SDK. Answering focuses; the agent
 * may then move the focus among answered engagements at any time. When the focused one is closed, the focus falls to
 * the one answered last among those still open, or to none. Ended engagements stay in the state, so that a comparison
 * of two states shows the end. A verb that does not fit the phase throws: the desktop offers only those that do.
 */
import type { FlowVariable } from '#contract/engagements.ts';
import type { Agent } from './agents.ts';
import type { ChannelName, ZoomConsumer } from './channels.ts';
import type { Queue } from './queues.ts';

type Phase = 'ringing' | 'active' | 'wrap-up' | 'end';

/** `direct` is what Zoom's events call `cold`. */
export type TransferType = 'direct' | 'warm';

/** How it came here. `queue` stands when it was sent to a queue and not to this agent. */
type Transfer = { type: TransferType; fromAgent: Agent; fromQueue: Queue; queue?: Queue };

/** How it leaves for another agent. While a warm one is pending, the sender keeps the consumer on hold. */
export type HandOver = {
  type: TransferType;
  to: Agent;
  queue?: Queue;
  outcome: 'pending' | 'accepted' | 'declined' | 'canceled';
};

type Note = { id: string; text: string };

/** Why it rang in vain, in the words of Zoom's events. */
type Unanswered = 'rejected' | 'timeout' | 'canceled';

/** Times are ms UTC. */
export type Engagement = {
  id: string;
  channel: ChannelName;
  phase: Phase;
  queue: Queue;
  startedAt: number;
  acceptedAt?: number;
  /** When the conversation stopped and wrap-up began. */
  hungUpAt?: number;
  endedAt?: number;
  consumers: ZoomConsumer[];
  assignedAgent?: Agent;
  transfer?: Transfer;
  handOver?: HandOver;
  unanswered?: Unanswered;
  isOnHold?: boolean;
  isMuted?: boolean;
  /** Keys sent by the keypad, one text for each time. */
  keysSent?: string[];
  notes?: Note[];
  disposition?: string;
  variables: FlowVariable[];
};

export type ContactCenter = { agent: Agent; engagements: Engagement[]; focusedId: string | null };

/** The properties of an engagement that are set when it arrives; its phase is derived. */
export type Arrival = Pick<Engagement, 'id' | 'channel' | 'queue' | 'consumers' | 'variables'> & {
  transfer?: Transfer;
  /** When the consumer came, if not now. */
  startedAt?: number;
};

export function openContactCenter(agent: Agent): ContactCenter {
  return { agent, engagements: [], focusedId: null };
}

export function ring(center: ContactCenter, arrival: Arrival, now: number): ContactCenter {
  if (openEngagements(center).some(({ id }) => id === arrival.id))
    throw new Error(`Engagement ${arrival.id} is already here`);
  // One that comes back by a transfer takes the place of what was left of it.
  const others = center.engagements.filter(({ id }) => id !== arrival.id);
  return { ...center, engagements: [...others, { startedAt: now, ...arrival, phase: 'ringing' }] };
}

export function answer(center: ContactCenter, id: string, now: number): ContactCenter {
  const answered = move(center, id, ['ringing'], 'answered', {
    phase: 'active',
    acceptedAt: now,
    assignedAgent: center.agent,
  });
  return { ...answered, focusedId: id };
}

/** It rings no more here, and this agent never had it. */
export function decline(
  center: ContactCenter,
  id: string,
  now: number,
  unanswered: Unanswered = 'rejected',
): ContactCenter {
  return move(center, id, ['ringing'], 'declined', { phase: 'end', endedAt: now, unanswered });
}

export function hold(center: ContactCenter, id: string, isOnHold: boolean): ContactCenter {
  return move(center, id, ['active'], isOnHold ? 'held' : 'taken off hold', { isOnHold });
}

export function mute(center: ContactCenter, id: string, isMuted: boolean): ContactCenter {
  return move(center, id, ['active'], isMuted ? 'muted' : 'unmuted', { isMuted });
}

export function sendKeys(center: ContactCenter, id: string, keys: string): ContactCenter {
  const { keysSent = [] } = demand(center, id, ['active'], 'sent keys');
  return change(center, id, { keysSent: [...keysSent, keys] });
}

export function addNote(center: ContactCenter, id: string, note: Note): ContactCenter {
  const { notes = [] } = demand(center, id, ['active', 'wrap-up'], 'given a note');
  return change(center, id, { notes: [...notes, note] });
}

export function dispose(center: ContactCenter, id: string, disposition: string): ContactCenter {
  return move(center, id, ['active', 'wrap-up'], 'given a disposition', { disposition });
}

/** The conversation is over; the agent may still write. */
export function end(center: ContactCenter, id: string, now: number): ContactCenter {
  return move(center, id, ['active'], 'ended', { phase: 'wrap-up', hungUpAt: now, isOnHold: false, isMuted: false });
}

/** Wrap-up is over: the engagement leaves the desktop. */
export function close(center: ContactCenter, id: string, now: number): ContactCenter {
  const closed = move(center, id, ['wrap-up'], 'closed', { phase: 'end', endedAt: now });
  return center.focusedId === id ? { ...closed, focusedId: answeredLast(closed)?.id ?? null } : closed;
}

export function focus(center: ContactCenter, id: string): ContactCenter {
  demand(center, id, ['active', 'wrap-up'], 'focused');
  return center.focusedId === id ? center : { ...center, focusedId: id };
}

/** Adds the variable or gives it another value. */
export function setVariable(center: ContactCenter, id: string, variable: FlowVariable): ContactCenter {
  const { variables } = demand(center, id, ['ringing', 'active', 'wrap-up'], 'given a variable');
  const known = variables.some((one) => one.id === variable.id);
  return change(center, id, {
    variables: known ? variables.map((one) => (one.id === variable.id ? variable : one)) : [...variables, variable],
  });
}

/** The open engagements of the agent, in order of arrival. */
export function openEngagements(center: ContactCenter): Engagement[] {
  return center.engagements.filter(({ phase }) => phase !== 'end');
}

export function focusedEngagement(center: ContactCenter): Engagement | undefined {
  return center.engagements.find(({ id }) => id === center.focusedId);
}

/** Zoom hides the app with the last engagement it was open in; before the first one it is shown here, unlike there. */
export function hidesPanel(center: ContactCenter): boolean {
  return center.focusedId === null && center.engagements.some(({ acceptedAt }) => acceptedAt !== undefined);
}

function answeredLast(center: ContactCenter): Engagement | undefined {
  return openEngagements(center)
    .filter(({ phase }) => phase !== 'ringing')
    .toSorted((one, other) => (other.acceptedAt ?? 0) - (one.acceptedAt ?? 0))[0];
}

function move(center: ContactCenter, id: string, from: Phase[], verb: string, to: Partial<Engagement>): ContactCenter {
  demand(center, id, from, verb);
  return change(center, id, to);
}

export function demand(center: ContactCenter, id: string, allowed: Phase[], verb: string): Engagement {
  const engagement = center.engagements.find((one) => one.id === id);
  if (!engagement) throw new Error(`There is no engagement ${id}`);
  if (!allowed.includes(engagement.phase)) throw new Error(`${id} cannot be ${verb}: it is in ${engagement.phase}`);
  return engagement;
}

export function change(center: ContactCenter, id: string, to: Partial<Engagement>): ContactCenter {
  return { ...center, engagements: center.engagements.map((one) => (one.id === id ? { ...one, ...to } : one)) };
}
