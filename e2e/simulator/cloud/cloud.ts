/*
 * Zoom's cloud, as far as an app's server meets it. It remembers every engagement as the desktop last told it; each change
 * becomes events, which are signed and sent as the desktop's switches say, and flow posts. What can be read over REST comes
 * from the same memory, so the three ways and the panel never disagree.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from 'express';
import type { Agent } from '../agents.ts';
import { type AgentStatus, agentEventsBetween, type CloudEvent, cloudEventsBetween } from './cloud-events.ts';
import { type Delivery, planDelivery } from './delivery.ts';
import type { Leg } from './event-bodies.ts';
import { createEventSocket } from './event-socket.ts';
import { flowPostsBetween } from './flow-posts.ts';
import { createFlowScripts } from './flow-scripts.ts';
import { createRestRoutes } from './rest-routes.ts';
import { createTokens } from './tokens.ts';
import { createWebhookSender } from './webhook-sender.ts';

export type CloudSettings = {
  /** Deskside's address. */
  panelUrl: string;
  clientId: string;
  clientSecret: string;
  accountId: string;
  webhookSecretToken: string;
  flowToken: string;
  webSocketSubscriptionId: string;
};

/** What changed at the desktop. `legs` are those that changed; `at` is ms UTC. */
export type CloudChange = {
  at: number;
  legs: Leg[];
  agents: { agent: Agent; status: AgentStatus }[];
  delivery: Delivery;
};

export type Cloud = {
  take(change: CloudChange): void;
  /** The token endpoint and the REST API. */
  routes: Router;
  /** The WebSocket's handshake. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): void;
};

/** ms. A script's post has no time but that of its arrival, so what a story says of minutes ago is not posted. */
const justNow = 5_000;

export function createCloud(settings: CloudSettings): Cloud {
  const { panelUrl, webhookSecretToken, flowToken, webSocketSubscriptionId } = settings;
  const engagements = new Map<string, Leg[]>();
  /** ms UTC, by engagement: of two changes in one millisecond the second comes after all of the first. */
  const lastTold = new Map<string, number>();
  const statuses = new Map<string, AgentStatus>();
  const timers = new Set<NodeJS.Timeout>();
  const now = Date.now;
  const tokens = createTokens({ ...settings, now });
  const url = new URL('/zoom/webhooks', panelUrl).href;
  const webhooks = createWebhookSender({ url, secretToken: webhookSecretToken, now });
  const socket = createEventSocket({ subscriptionId: webSocketSubscriptionId, isValidToken: tokens.isValid });
  const scripts = createFlowScripts({ deskside: panelUrl, token: flowToken });
  let turn = 0;

  function deliver(events: CloudEvent[], delivery: Delivery): void {
    for (const { event, by, after, isLost } of planDelivery(events, delivery, turn)) {
      const body = bodyOf(event, settings.accountId);
      const send = () => (by === 'WebSocket' ? socket.send(body) : webhooks.send(body, { isLost }));
      if (after === 0) send();
      else later(after, send);
    }
    turn += 1;
  }

  function later(after: number, work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, after);
    timers.add(timer);
  }

  return {
    take({ at, legs, agents, delivery }) {
      const events = agents.flatMap(({ agent, status }) => {
        const before = statuses.get(agent.id);
        statuses.set(agent.id, status);
        return agentEventsBetween(agent, before, status, at);
      });
      for (const id of new Set(legs.map(({ engagement }) => engagement.id))) {
        const before = engagements.get(id) ?? [];
        const after = mergeLegs(
          before,
          legs.filter(({ engagement }) => engagement.id === id),
        );
        engagements.set(id, after);
        const happened = cloudEventsBetween(before, after, Math.max(at, (lastTold.get(id) ?? 0) + 1));
        lastTold.set(id, Math.max(...happened.map((event) => event.at - event.delay), at));
        events.push(...happened);
        if (delivery.hasFlowPosts && now() - at < justNow)
          for (const post of flowPostsBetween(before, after)) scripts.run(post);
      }
      deliver(events, delivery);
    },
    routes: createRestRoutes({
      tokens,
      legsOf: (id) => engagements.get(id) ?? [],
      allLegs: () => engagements.values(),
      statusOf: (id) => statuses.get(id),
      now,
    }),
    upgrade: socket.accept,
    stop() {
      for (const timer of timers) clearTimeout(timer);
      webhooks.stop();
      socket.stop();
    },
  };
}

export function bodyOf({ name, at, object }: CloudEvent, accountId: string): string {
  return JSON.stringify({ event: name, event_ts: at, payload: { account_id: accountId, object } });
}

/** A leg that is known keeps its place. */
function mergeLegs(before: readonly Leg[], changed: readonly Leg[]): Leg[] {
  return [...new Map([...before, ...changed].map((leg) => [leg.agent.id, leg])).values()];
}
