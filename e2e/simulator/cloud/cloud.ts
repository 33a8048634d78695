/*
 * Zoom's cloud, as far as an app's server meets it. It remembers every engagement as the desktop last told it; each change
 * becomes events, which are signed and sent as the desktop's switches say, and flow posts. What can be read over REST comes
 * from the same memory, so the three ways and the panel never disagree.
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

export type Cloud = {
  take(change: CloudChange): void;
  /** The token endpoint and the REST API. */
  routes: Router;
  /** The WebSocket's handshake. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** For so many ms; what occurs meanwhile is told only by webhook, if at all. */
  cutWebSocket(duration: number): void;
  stop(): void;
};

/** ms. A script's post has no time but that of its arrival, so what a story says of minutes ago is not posted. */
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
