import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import autocannon from 'autocannon';
import { signBody } from '../../server/intake/http/signature.ts';
import type { Load } from './compare-loads.ts';
import { percentile } from './percentile.ts';

/** `object` replaces fields of the event's object. */
type EventChanges = { event?: string; object?: Record<string, unknown> };
/** In ms. */
type AckTimes = { p50: number; p99: number; refused: number };

const connections = 64;

/** As many events a second as the server takes, each the first of a new engagement. */
export async function loadIntake(origin: string, secret: string, seconds: number): Promise<Load> {
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: '/zoom/webhooks',
        setupRequest: (prepared) => ({ ...prepared, ...signedEvent(secret) }),
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} events at ${origin} were not taken, ${result.errors} failed`);
  }
  return {
    perSecond: result.requests.average,
    requests: result.requests.total,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

/** 50 a second, and every fifth second 200 at once, for 20 s: what a busy contact center sends. */
export async function timeAcks(origin: string, secret: string): Promise<AckTimes> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times: number[] = [];
  let refused = 0;
  const post = async () => {
    const start = performance.now();
    const status = await sendEvent(origin, agent, signedEvent(secret));
    if (status === 200) times.push(performance.now() - start);
    else refused += 1;
  };
  const posts: Promise<void>[] = [];
  const begin = performance.now();
  for (let tick = 0; tick < 400; tick += 1) {
    const burst = tick % 100 === 99 ? 200 : 0;
    // 50 a second are 2.5 a tick of 50 ms.
    for (let count = 0; count < 2 + (tick % 2) + burst; count += 1) posts.push(post());
    const wait = begin + (tick + 1) * 50 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
  await Promise.all(posts);
  agent.destroy();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), refused };
}

/** Sends every event once and returns when all of them are processed. */
export async function storeEvents(origin: string, secret: string, events: EventChanges[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = await Promise.all(events.map((changes) => sendEvent(origin, agent, signedEvent(secret, changes))));
  agent.destroy();
  const refused = statuses.filter((status) => status !== 200);
  if (refused.length > 0) throw new Error(`${refused.length} events were refused: ${refused[0]}`);
  await untilProcessed(origin);
}

export async function untilProcessed(origin: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    if (/^deskside_intake_pending 0$/m.test(metrics)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

type SignedEvent = { body: string; headers: Record<string, string> };

function sendEvent(origin: string, agent: Agent, { body, headers }: SignedEvent): Promise<number> {
  return new Promise((resolve, reject) => {
    const posting = request(`${origin}/zoom/webhooks`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    posting.once('error', reject);
    posting.end(body);
  });
}

/** `engagement_user_answered` in the documented shape, signed as Zoom signs. */
export function signedEvent(secret: string, changes: EventChanges = {}): SignedEvent {
  const body = JSON.stringify({
    event: `contact_center.${changes.event ?? 'engagement_user_answered'}`,
    event_ts: Date.now(),
    payload: {
      account_id: 'bench-account',
      object: {
        engagement_id: `W-${randomUUID()}`,
        engagement_direction: 'inbound',
        channel: 'voice',
        flow_id: 'bench-flow',
        flow_name: 'Bench',
        cc_queue_id: 'bench-queue',
        queue_name: 'Billing',
        consumer_number: '+14155550101',
        user_id: 'bench-agent-1',
        user_display_name: 'Bench Agent',
        date_time_ms: new Date().toISOString(),
        ...changes.object,
      },
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-zm-request-timestamp': timestamp,
      'x-zm-signature': signBody({ secret, timestamp, body }),
    },
  };
}
