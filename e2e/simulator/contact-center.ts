/*
 * The contact center as one agent's desktop knows it: which engagements there are, in which phase, which one is in front.
 * Pure: every verb takes a state and answers the next one; nothing here knows the SDK, React or a clock.
 *
 *   ring ──▶ ringing ──answer──▶ active ──end──▶ wrap-up ──close──▶ end
 *               └─────decline──────────────────────────────────────▶ end
 *
 * The phases from `active` on are Zoom's own words for `state`. A ringing engagement belongs to nobody yet: an app in the
 * panel cannot know of it, so it is never focused and never spoken of over the SDK. Answering focuses; the agent may then
 * move the focus among answered engagements at any time. When the focused one is closed, the focus falls to the one
 * answered last among those still open, or to none. Ended engagements stay in the state, so that whoever compares two
 * states can see the end of one. A verb that does not fit the phase throws: the desktop offers only those that do.
 */
import type { FlowVariable } from '#contract/engagements.ts';
import type { Agent } from './agents.ts';
import type { ChannelName, ZoomConsumer } from './channels.ts';

export type Phase = 'ringing' | 'active' | 'wrap-up' | 'end';

export type Transfer = { type: 'direct' | 'warm'; fromAgent: Agent };

/** Times are ms UTC. */
export type Engagement = {
  id: string;
  channel: ChannelName;
  phase: Phase;
  queue: { id: string; name: string };
  startedAt: number;
  acceptedAt?: number;
  /** When the conversation stopped and wrap-up began. */
  hungUpAt?: number;
  endedAt?: number;
  consumers: ZoomConsumer[];
  assignedAgent?: Agent;
  transfer?: Transfer;
  variables: FlowVariable[];
};

export type ContactCenter = { agent: Agent; engagements: Engagement[]; focusedId: string | null };

/** What the outside decides about an engagement; its phase follows from there. */
export type Arrival = Pick<Engagement, 'id' | 'channel' | 'queue' | 'consumers' | 'variables'> & {
  transfer?: Transfer;
};

export function openContactCenter(agent: Agent): ContactCenter {
  return { agent, engagements: [], focusedId: null };
}

export function ring(center: ContactCenter, arrival: Arrival, now: number): ContactCenter {
  if (center.engagements.some(({ id }) => id === arrival.id))
    throw new Error(`Engagement ${arrival.id} is already here`);
  return { ...center, engagements: [...center.engagements, { ...arrival, phase: 'ringing', startedAt: now }] };
}

export function answer(center: ContactCenter, id: string, now: number): ContactCenter {
  const answered = move(center, id, ['ringing'], 'answered', {
    phase: 'active',
    acceptedAt: now,
    assignedAgent: center.agent,
  });
  return { ...answered, focusedId: id };
}

export function decline(center: ContactCenter, id: string, now: number): ContactCenter {
  return move(center, id, ['ringing'], 'declined', { phase: 'end', endedAt: now });
}

/** The conversation is over; the agent may still write. */
export function end(center: ContactCenter, id: string, now: number): ContactCenter {
  return move(center, id, ['active'], 'ended', { phase: 'wrap-up', hungUpAt: now });
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

/** What the agent has on the desktop, in the order it came. */
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

function demand(center: ContactCenter, id: string, allowed: Phase[], verb: string): Engagement {
  const engagement = center.engagements.find((one) => one.id === id);
  if (!engagement) throw new Error(`There is no engagement ${id}`);
  if (!allowed.includes(engagement.phase)) throw new Error(`${id} cannot be ${verb}: it is in ${engagement.phase}`);
  return engagement;
}

function change(center: ContactCenter, id: string, to: Partial<Engagement>): ContactCenter {
  return { ...center, engagements: center.engagements.map((one) => (one.id === id ? { ...one, ...to } : one)) };
}
