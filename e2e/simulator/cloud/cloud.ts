/*
 * Zoom's cloud, as far as an app's server uses it. It stores every engagement in the desktop's latest state; each
 * change becomes signed events, delivered as set at the desktop, and flow posts. REST reads the same state, so webhook,
 * socket, flow, REST and panel agree.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from 'express';
import type { CloudEvent } from './cloud-events.ts';
import { planDelivery } from './delivery.ts';
import { createEventSocket } from './event-socket.ts';
import { createFlowScripts } from './flow-scripts.ts';
import { type CloudChange, createMemory } from './memory.ts';
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

type Cloud = {
  take(change: CloudChange): void;
  /** The token endpoint and the REST API. */
  routes: Router;
  /** The WebSocket's handshake. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** For `duration` ms; events that occur meanwhile go only by webhook, if at all. */
  cutWebSocket(duration: number): void;
  stop(): void;
};

/** ms. A script's post has no time but that of its arrival, so older changes of a story are not posted. */
const justNow = 5_000;

export function createCloud(settings: CloudSettings): Cloud {
  const { panelUrl, accountId, webhookSecretToken, flowToken, webSocketSubscriptionId } = settings;
  const now = Date.now;
  const memory = createMemory();
  const tokens = createTokens({ ...settings, now });
  const url = new URL('/zoom/webhooks', panelUrl).href;
  const webhooks = createWebhookSender({ url, secretToken: webhookSecretToken, now });
  const socket = createEventSocket({ subscriptionId: webSocketSubscriptionId, isValidToken: tokens.isValid });
  const scripts = createFlowScripts({ deskside: panelUrl, token: flowToken });
  const appointments = createAppointments();
  let turn = 0;

  return {
    take(change) {
      const { events, posts } = memory.take(change);
      for (const { event, by, after, isLost } of planDelivery(events, change.delivery, turn)) {
        const body = bodyOf(event, accountId);
        appointments.make(after, () => (by === 'WebSocket' ? socket.send(body) : webhooks.send(body, { isLost })));
      }
      if (change.delivery.hasFlowPosts && now() - change.at < justNow) for (const post of posts) scripts.run(post);
      turn += 1;
    },
    routes: createRestRoutes({ ...memory, tokens, now }),
    upgrade: socket.accept,
    cutWebSocket: socket.cut,
    stop() {
      appointments.cancel();
      webhooks.stop();
      socket.stop();
    },
  };
}

function bodyOf({ name, at, object }: CloudEvent, accountId: string): string {
  return JSON.stringify({ event: name, event_ts: at, payload: { account_id: accountId, object } });
}

function createAppointments() {
  const timers = new Set<NodeJS.Timeout>();
  return {
    /** `after` in ms. */
    make(after: number, work: () => void): void {
      if (after === 0) {
        work();
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, after);
      timers.add(timer);
    },
    cancel(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
