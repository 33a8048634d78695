/*
 * How each agent whom Zoom's events name takes part in an engagement. Basis of access.ts.
 *
 *   present      in it, offered it, monitors it, or did what only an agent in it does, and is not known to have left
 *   wrapping-up  has left and writes; also the last agent after a `left`, until the wrap-up has ended
 *   done         the last agent, after the wrap-up; nobody has joined since
 *   left         has left while it goes on elsewhere, or was offered it or monitored it and no longer does
 *
 * An agent whom only a note, a disposition, a recording or another later event names has no part.
 *
 * After the end of the engagement the agents who were present stay so, and a wrap-up must have been started by an
 * event. A lost `left` leaves an agent present until the end.
 */
import type { EngagementEventKind } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';
import { type Progress, phaseOf } from './machine.ts';
import { isIn, keyOf } from './presence.ts';

/**
 * `at`: ms UTC, of the last event that gives the agent a part; of `wrapping-up`: when it began. `isLast`: of
 * `wrapping-up`, nobody has joined since.
 */
export type Part = { status: 'present' | 'wrapping-up' | 'done' | 'left'; at: number; isLast?: boolean };

/** By user id, and by lower-case e-mail the agents whom flows name. */
export type Involvement = { agents: Record<string, Part>; emails: Record<string, Part> };

export const nobodyInvolved: Involvement = { agents: {}, emails: {} };

/** These name an agent who need not have been in the engagement. A flow post names the agent who has it. */
const givesNoPart = new Set<EngagementEventKind>([
  'note',
  'disposition',
  'other',
  'recording-started',
  'recording-paused',
  'recording-resumed',
  'recording-stopped',
]);

/** The receiver of a transfer that has not rung at them is only offered it. */
const offers = new Set<EngagementEventKind>(['transfer-started', 'transfer-queued']);

type Named = { agent: AgentReference; at: number; isOffered: boolean };

/**
 * `progress`: after all events that may change the state; `withFlows`: after those of flows too, whose e-mails are no
 * part of `progress` once Zoom names an agent. `events`: all of the engagement, in order.
 */
export function readInvolvement(progress: Progress, withFlows: Progress, events: EngagementEvent[]): Involvement {
  const agents = new Map<string, Named>();
  const emails = new Map<string, Named>();
  const name = (agent: AgentReference, at: number, isOffered: boolean) => {
    if (agent.id !== undefined) agents.set(agent.id, { agent, at, isOffered });
    else if (agent.email !== undefined) emails.set(agent.email.toLowerCase(), { agent, at, isOffered });
  };
  for (const { at, kind, origin, agent, others = [], facts } of events) {
    if (facts.assignedAgentId !== undefined) name({ id: facts.assignedAgentId }, at, false);
    if (origin !== 'flow' && givesNoPart.has(kind)) continue;
    if (agent) name(agent, at, false);
    for (const other of others) name(other, at, offers.has(kind));
  }
  const toParts = (named: Map<string, Named>, after: Progress) =>
    Object.fromEntries([...named].map(([key, one]) => [key, readPart(after, one)]));
  return { agents: toParts(agents, progress), emails: toParts(emails, withFlows) };
}

function readPart(progress: Progress, { agent, at, isOffered }: Named): Part {
  const { present, ringing, monitoring, left, released, last, transfer } = progress;
  if ([present, ringing, monitoring].some((agents) => isIn(agents, agent))) return { status: 'present', at };
  const key = keyOf(agent);
  const departure = left.get(key);
  if (departure === undefined) {
    const isOver = released.has(key) || (isOffered && transfer === null);
    return { status: isOver ? 'left' : 'present', at };
  }
  const { isWrappingUp, hasWrappedUp, wrapUpAt } = departure;
  const phase = phaseOf(progress);
  const isLast = last === key && (phase === 'wrap-up' || phase === 'ended');
  const isWriting = !hasWrappedUp && (isWrappingUp || (isLast && phase === 'wrap-up'));
  if (isWriting) return { status: 'wrapping-up', at: wrapUpAt, isLast };
  return { status: isLast ? 'done' : 'left', at };
}

/** The user ids, sorted, of the agents who have not left. */
export function listNamed({ agents }: Involvement): string[] {
  return Object.keys(agents)
    .filter((uid) => agents[uid]?.status !== 'left')
    .sort();
}

/** The e-mails of the agents who have not left. */
export function listNamedEmails({ emails }: Involvement): string[] {
  return Object.keys(emails).filter((email) => emails[email]?.status !== 'left');
}
