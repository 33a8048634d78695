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
  left: Map<string, Departure>;
  /** Supervisors who monitor. */
  monitoring: AgentReference[];
  /** By key: agents who were offered it or monitored, and neither joined nor are offered it any more. */
  released: Set<string>;
  /** By key: the agent whose leaving left nobody in the engagement, until another joins. */
  last: string | null;
  /** The consumer waits for an agent. */
  isWaiting: boolean;
  /** ms UTC, the first time. */
  answeredAt: number | null;
  assigned: { agent: AgentReference; at: number } | null;
  /** Changes of the agents' hold and mute conditions, in order. */
  conditionChanges: ConditionChange[];
};

/**
 * `isWrappingUp`: began to wrap up, and stays true afterwards. `wrapUpAt`: ms UTC, when the wrap-up began, or the agent
 * left.
 */
type Departure = { isWrappingUp: boolean; hasWrappedUp: boolean; wrapUpAt: number };

/** `left` ends every condition of that agent. `at` in ms UTC. */
export type ConditionChange = { agent: string; at: number; kind: 'hold' | 'unhold' | 'muted' | 'unmuted' | 'left' };

export const keyOf = (agent: AgentReference | undefined): string => agent?.id ?? agent?.email ?? agent?.name ?? '';

export const isSame = (a: AgentReference | undefined, b: AgentReference | undefined) => keyOf(a) === keyOf(b);

export const isIn = (agents: AgentReference[], agent: AgentReference) => agents.some((other) => isSame(other, agent));

export function ring(presence: Presence, agent: AgentReference): void {
  if (isIn(presence.present, agent)) return;
  presence.released.delete(keyOf(agent));
  if (!isIn(presence.ringing, agent)) presence.ringing.push(agent);
}

export function stopRinging(presence: Presence, agent: AgentReference): void {
  presence.ringing = presence.ringing.filter((other) => !isSame(other, agent));
  if (!isIn(presence.present, agent)) presence.released.add(keyOf(agent));
}

export function stopAllRinging(presence: Presence): void {
  for (const agent of presence.ringing) stopRinging(presence, agent);
}

export function startMonitoring(presence: Presence, agent: AgentReference): void {
  presence.released.delete(keyOf(agent));
  if (!isIn(presence.monitoring, agent)) presence.monitoring.push(agent);
}

export function stopMonitoring(presence: Presence, agent: AgentReference): void {
  presence.monitoring = presence.monitoring.filter((other) => !isSame(other, agent));
  if (!isIn(presence.present, agent)) presence.released.add(keyOf(agent));
}

export function join(presence: Presence, agent: AgentReference, at: number): void {
  const isNamed = keyOf(agent) !== '';
  stopRinging(presence, agent);
  presence.released.delete(keyOf(agent));
  presence.left.delete(keyOf(agent));
  presence.last = null;
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
  const before = presence.left.get(key);
  const startsWrapUp = isWrappingUp && before?.isWrappingUp !== true;
  presence.left.set(key, {
    isWrappingUp: isWrappingUp || (before?.isWrappingUp ?? false),
    hasWrappedUp: before?.hasWrappedUp ?? false,
    wrapUpAt: before === undefined || startsWrapUp ? at : before.wrapUpAt,
  });
  stopRinging(presence, agent);
  if (!isIn(presence.present, agent)) return;
  presence.present = presence.present.filter((other) => keyOf(other) !== key);
  if (presence.present.length === 0) presence.last = key;
  presence.conditionChanges.push({ agent: key, at, kind: 'left' });
  const [next] = presence.present;
  if (next && keyOf(presence.assigned?.agent) === key) presence.assigned = { agent: next, at };
}

/** Also after the end of the engagement, which an agent may outlast while wrapping up. */
export function startWrapUp(presence: Presence, agent: AgentReference, at: number): void {
  presence.left.set(keyOf(agent), { isWrappingUp: true, hasWrappedUp: false, wrapUpAt: at });
}

export function endWrapUp(presence: Presence, agent: AgentReference): void {
  const departure = presence.left.get(keyOf(agent));
  if (departure) presence.left.set(keyOf(agent), { ...departure, hasWrappedUp: true });
}

export function endAll(presence: Presence, at: number): void {
  for (const agent of presence.present) presence.conditionChanges.push({ agent: keyOf(agent), at, kind: 'left' });
  presence.present = [];
  stopAllRinging(presence);
}
