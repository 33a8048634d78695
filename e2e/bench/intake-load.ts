import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import autocannon from 'autocannon';
import { signBody } from '../../server/intake/http/signature.ts';
import { percentile } from './percentile.ts';

/** Every event is a new one of a new engagement; ms for times. */
export type IntakeLoad = { perSecond: number };
export type AckTimes = { p50: number; p99: number; refused: number };

const seconds = 8;
const connections = 64;

/** As many events a second as the server takes. */
export async function loadIntake(origin: string, secret: string): Promise<IntakeLoad> {
  const options: autocannon.Options = {
    url: origin,
    connections,
    requests: [
      {
        method: 'POST',
        path: '/zoom/webhooks',
        setupRequest: (prepared) => ({ ...prepared, ...signedEvent(secret) }),
      },
    ],
  };
  await autocannon({ ...options, duration: 2 });
  const result = await autocannon({ ...options, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} events at ${origin} were not taken, ${result.errors} failed`);
  }
  return { perSecond: result.requests.average };
}

/** 50 a second, and every fifth second 200 at once, for 20 s: what a busy floor sends. */
export async function timeAcks(origin: string, secret: string): Promise<AckTimes> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times: number[] = [];
  let refused = 0;
  const post = async () => {
    const { body, headers } = signedEvent(secret);
    const start = performance.now();
    const status = await send(origin, agent, headers, body);
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

function send(origin: string, agent: Agent, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const posting = request(`${origin}/zoom/webhooks`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    posting.once('error', reject);
    posting.end(body);
  });
}

/** `engagement_user_answered` in the documented shape, signed as Zoom signs. */
export function signedEvent(secret: string, changes: { event?: string; object?: Record<string, unknown> } = {}) {
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
