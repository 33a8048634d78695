/*
 * How each agent whom Zoom's events name takes part in an engagement. Basis of access.ts.
 *
 *   present      in it, offered it, monitors it, or named otherwise and not known to have left
 *   wrapping-up  has left and writes; also the last agent after a `left`, until the wrap-up has ended
 *   done         the last agent, after the wrap-up; nobody has joined since
 *   left         has left while it goes on elsewhere, or was offered it or monitored it and no longer does
 *
 * After the end of the engagement the agents who were present stay so, and a wrap-up must have been started by an
 * event. A lost `left` leaves an agent present until the end.
 */
import type { AgentReference, EngagementEvent } from '../events.ts';
import { type Progress, phaseOf } from './machine.ts';
import { isIn, keyOf } from './presence.ts';

/** `at`: ms UTC, of the last event that names the agent; of `wrapping-up`: when it began. */
export type Part = { status: 'present' | 'wrapping-up' | 'done' | 'left'; at: number };

/** By user id, and by lower-case e-mail the agents whom flows name. */
export type Involvement = { agents: Record<string, Part>; emails: Record<string, Part> };

export const nobodyInvolved: Involvement = { agents: {}, emails: {} };

/** `progress`: after all events. `events`: all of the engagement, in order. */
export function readInvolvement(progress: Progress, events: EngagementEvent[]): Involvement {
  const agents = new Map<string, { agent: AgentReference; at: number }>();
  const emails = new Map<string, { agent: AgentReference; at: number }>();
  for (const { at, agent, others = [], facts } of events) {
    if (facts.assignedAgentId !== undefined)
      agents.set(facts.assignedAgentId, { agent: { id: facts.assignedAgentId }, at });
    for (const named of agent ? [agent, ...others] : others) {
      if (named.id !== undefined) agents.set(named.id, { agent: named, at });
      else if (named.email !== undefined) emails.set(named.email.toLowerCase(), { agent: named, at });
    }
  }
  const toParts = (named: typeof agents) =>
    Object.fromEntries([...named].map(([key, { agent, at }]) => [key, readPart(progress, agent, at)]));
  return { agents: toParts(agents), emails: toParts(emails) };
}

function readPart(progress: Progress, agent: AgentReference, at: number): Part {
  const { present, ringing, monitoring, left, released, last } = progress;
  if ([present, ringing, monitoring].some((agents) => isIn(agents, agent))) return { status: 'present', at };
  const key = keyOf(agent);
  const departure = left.get(key);
  if (departure === undefined) return { status: released.has(key) ? 'left' : 'present', at };
  const { isWrappingUp, hasWrappedUp, wrapUpAt } = departure;
  const phase = phaseOf(progress);
  const isLast = last === key && (phase === 'wrap-up' || phase === 'ended');
  const isWriting = !hasWrappedUp && (isWrappingUp || (isLast && phase === 'wrap-up'));
  if (isWriting) return { status: 'wrapping-up', at: wrapUpAt };
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
