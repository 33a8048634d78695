/*
 * The agents in an engagement and the agents it rings. Agents are identified by id, or by e-mail or name where there is
 * no id (flow posts). An unnamed agent is a placeholder until an agent is named.
 */
import type { AgentReference } from '../events.ts';

export type Presence = {
  /** In the engagement, in joining order. */
  present: AgentReference[];
  ringing: AgentReference[];
  /** By key: the agents who left and have not rejoined. */
  left: Map<string, { isWrappingUp: boolean }>;
  /** The consumer waits for an agent. */
  isWaiting: boolean;
  /** ms UTC, the first time. */
  answeredAt: number | null;
  assigned: { agent: AgentReference; at: number } | null;
  /** Changes of the agents' hold and mute conditions, in order. */
  conditionChanges: ConditionChange[];
};

/** `left` ends every condition of that agent. `at` in ms UTC. */
export type ConditionChange = { agent: string; at: number; kind: 'hold' | 'unhold' | 'muted' | 'unmuted' | 'left' };

export const keyOf = (agent: AgentReference | undefined): string => agent?.id ?? agent?.email ?? agent?.name ?? '';

export const isSame = (a: AgentReference | undefined, b: AgentReference | undefined) => keyOf(a) === keyOf(b);

export const isIn = (agents: AgentReference[], agent: AgentReference) => agents.some((other) => isSame(other, agent));

export function ring(presence: Presence, agent: AgentReference): void {
  if (!isIn(presence.present, agent) && !isIn(presence.ringing, agent)) presence.ringing.push(agent);
}

export function stopRinging(presence: Presence, agent: AgentReference): void {
  presence.ringing = presence.ringing.filter((other) => !isSame(other, agent));
}

export function join(presence: Presence, agent: AgentReference, at: number): void {
  const isNamed = keyOf(agent) !== '';
  stopRinging(presence, agent);
  presence.left.delete(keyOf(agent));
  presence.isWaiting = false;
  presence.answeredAt ??= at;
  if (isIn(presence.present, agent) || (!isNamed && presence.present.length > 0)) return;
  presence.present = [...presence.present.filter((other) => keyOf(other) !== ''), agent];
  if (presence.present.length === 1) presence.assigned = { agent, at };
}

/** For events that only an agent in the engagement can cause. After the agent left, such an event was dated late. */
export function joinUnlessLeft(presence: Presence, agent: AgentReference, at: number): void {
  if (!presence.left.has(keyOf(agent))) join(presence, agent, at);
}

/** Ignored after the agent left: nothing would end the condition. */
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
  presence.present = presence.present.filter((other) => keyOf(other) !== key);
  presence.conditionChanges.push({ agent: key, at, kind: 'left' });
  const [next] = presence.present;
  if (next && keyOf(presence.assigned?.agent) === key) presence.assigned = { agent: next, at };
}

export function endAll(presence: Presence, at: number): void {
  for (const agent of presence.present) presence.conditionChanges.push({ agent: keyOf(agent), at, kind: 'left' });
  presence.present = [];
  presence.ringing = [];
}
