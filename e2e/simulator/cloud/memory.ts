import type { Agent } from '../agents.ts';
import { type AgentStatus, agentEventsBetween, type CloudEvent, cloudEventsBetween } from './cloud-events.ts';
import type { Delivery } from './delivery.ts';
import type { Leg } from './event-bodies.ts';
import { type FlowPost, flowPostsBetween } from './flow-posts.ts';

/** A change at the desktop. `legs` are those that changed; `at` is ms UTC. */
export type CloudChange = {
  at: number;
  legs: Leg[];
  agents: { agent: Agent; status: AgentStatus }[];
  delivery: Delivery;
};

/** Every engagement and every agent in the desktop's latest state. */
export type Memory = {
  /** Applies the change and returns what Zoom sends for it. */
  take(change: CloudChange): { events: CloudEvent[]; posts: FlowPost[] };
  /** Every agent's part in it, in the order in which they joined; empty for an unknown engagement. */
  legsOf(engagementId: string): readonly Leg[];
  allLegs(): Iterable<readonly Leg[]>;
  statusOf(agentId: string): AgentStatus | undefined;
};

export function createMemory(): Memory {
  const engagements = new Map<string, Leg[]>();
  const statuses = new Map<string, AgentStatus>();
  /** ms UTC, by engagement: of two changes in one millisecond the second comes after all of the first. */
  const lastSentAt = new Map<string, number>();

  function takeLegs(id: string, changed: Leg[], at: number) {
    const before = engagements.get(id) ?? [];
    // A leg that is known keeps its place.
    const after = [...new Map([...before, ...changed].map((leg) => [leg.agent.id, leg])).values()];
    engagements.set(id, after);
    const events = cloudEventsBetween(before, after, Math.max(at, (lastSentAt.get(id) ?? 0) + 1));
    lastSentAt.set(id, Math.max(at, ...events.map((event) => event.at - event.delay)));
    return { events, posts: flowPostsBetween(before, after) };
  }

  return {
    take({ at, legs, agents }) {
      const agentEvents = agents.flatMap(({ agent, status }) => {
        const before = statuses.get(agent.id);
        statuses.set(agent.id, status);
        return agentEventsBetween(agent, before, status, at);
      });
      const changes = [...new Set(legs.map(({ engagement }) => engagement.id))].map((id) => {
        const changed = legs.filter(({ engagement }) => engagement.id === id);
        return takeLegs(id, changed, at);
      });
      return {
        events: [...agentEvents, ...changes.flatMap(({ events }) => events)],
        posts: changes.flatMap(({ posts }) => posts),
      };
    },
    legsOf: (id) => engagements.get(id) ?? [],
    allLegs: () => engagements.values(),
    statusOf: (id) => statuses.get(id),
  };
}
