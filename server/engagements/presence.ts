/*
 * Who is in an engagement and who is asked. Agents are told apart by id; where there is none (a flow's post), by whatever
 * there is. An agent of whom nothing is said stands for somebody, until somebody is named.
 */
import type { AgentReference } from '../events.ts';

export type Presence = {
  /** In it, in the order in which they came. */
  present: AgentReference[];
  ringing: AgentReference[];
  /** By key: who has left, and has not come again. */
  left: Map<string, { isWrappingUp: boolean }>;
  /** The consumer waits for an agent. */
  isWaiting: boolean;
  /** ms UTC, the first time. */
  answeredAt: number | null;
  assigned: { agent: AgentReference; at: number } | null;
  /** What changed the conditions an agent was in, in order. */
  conditionChanges: ConditionChange[];
};

/** `left`: not in it any more, which ends whatever condition was that agent's. `at` in ms UTC. */
export type ConditionChange = { agent: string; at: number; kind: 'hold' | 'unhold' | 'muted' | 'unmuted' | 'left' };

export const keyOf = (agent: AgentReference | undefined): string => agent?.id ?? agent?.email ?? agent?.name ?? '';

export const isSame = (a: AgentReference | undefined, b: AgentReference | undefined) => keyOf(a) === keyOf(b);

export const isIn = (agents: AgentReference[], agent: AgentReference) => agents.some((one) => isSame(one, agent));

export function ring(presence: Presence, agent: AgentReference): void {
  if (!isIn(presence.present, agent) && !isIn(presence.ringing, agent)) presence.ringing.push(agent);
}

export function stopRinging(presence: Presence, agent: AgentReference): void {
  presence.ringing = presence.ringing.filter((one) => !isSame(one, agent));
}

export function join(presence: Presence, agent: AgentReference, at: number): void {
  const isNamed = keyOf(agent) !== '';
  stopRinging(presence, agent);
  presence.left.delete(keyOf(agent));
  presence.isWaiting = false;
  presence.answeredAt ??= at;
  if (isIn(presence.present, agent) || (!isNamed && presence.present.length > 0)) return;
  presence.present = [...presence.present.filter((one) => keyOf(one) !== ''), agent];
  if (presence.present.length === 1) presence.assigned = { agent, at };
}

/** Does what only one who is in it can do. Of one who has left, it is an event that was dated a little late. */
export function joinUnlessLeft(presence: Presence, agent: AgentReference, at: number): void {
  if (!presence.left.has(keyOf(agent))) join(presence, agent, at);
}

/** Counts only of one who is in it: after the agent has left, nothing would end it. */
export function changeCondition(
  presence: Presence,
  agent: AgentReference,
  at: number,
  kind: ConditionChange['kind'],
): void {
  joinUnlessLeft(presence, agent, at);
  if (isIn(presence.present, agent)) presence.conditionChanges.push({ agent: keyOf(agent), at, kind });
}

export function leave(presence: Presence, agent: AgentReference, at: number, isWrappingUp: boolean): void {
  const key = keyOf(agent);
  presence.left.set(key, { isWrappingUp: isWrappingUp || (presence.left.get(key)?.isWrappingUp ?? false) });
  stopRinging(presence, agent);
  if (!isIn(presence.present, agent)) return;
  presence.present = presence.present.filter((one) => keyOf(one) !== key);
  presence.conditionChanges.push({ agent: key, at, kind: 'left' });
  const [next] = presence.present;
  if (next && keyOf(presence.assigned?.agent) === key) presence.assigned = { agent: next, at };
}

export function endAll(presence: Presence, at: number): void {
  for (const one of presence.present) presence.conditionChanges.push({ agent: keyOf(one), at, kind: 'left' });
  presence.present = [];
  presence.ringing = [];
}
