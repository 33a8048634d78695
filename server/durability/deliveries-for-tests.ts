/**
 * Zoom's webhooks for these tests: sends each event until it is answered 200 and records which were. Other answers and
 * missing ones lead to a retry, as Zoom's after 5, 20 and 60 minutes, only sooner.
 */

import { Agent, request } from 'node:http';
import { signBody } from '../intake/http/signature.ts';
import { zoomEvent } from '../intake/normalize/fake-zoom-events.ts';
import { webhookSecret, zoomAccountId } from './server-process-for-tests.ts';

export type Delivery = { name: string; engagementId: string; at: number; body: string; isAcknowledged: boolean };

/** `refused`: no process listens. `cut`: the connection ended without an answer. */
export type Answer = { status: number | 'refused' | 'cut'; ms: number };

const story = [
  'engagement_started',
  'task_reservation_created',
  'engagement_user_answered',
  'engagement_user_hold',
  'engagement_user_unhold',
  'engagement_user_muted',
  'engagement_user_unmuted',
  'engagement_note_added',
  'engagement_user_ended',
  'engagement_wrap_up_started',
  'engagement_disposition_added',
  'engagement_wrap_up_ended',
  'engagement_ended',
];
const secondsBetween = 7;

/** One engagement from ring to end, each event at a different time. `agentId` is Zoom's user id. */
export function inventEngagement(
  engagementId: string,
  startedAt: number,
  agentId = 'u1NaPaRkR0y9bTgHuJikLQ',
): Delivery[] {
  return story.map((name, index) => {
    const at = startedAt + index * secondsBetween * 1_000 + 1;
    const time = new Date(at).toISOString();
    const times = name.startsWith('task_')
      ? { created_time_ms: time, last_modified_time_ms: time, assigned_user_id: agentId }
      : { date_time_ms: time, ...(name.includes('_user_') ? { user_id: agentId } : {}) };
    const body = zoomEvent(name, { engagement_id: engagementId, ...times }, { accountId: zoomAccountId, eventTs: at });
    return { name, engagementId, at, body: JSON.stringify(body), isAcknowledged: false };
  });
}

/**
 * Sends every unacknowledged delivery once, `atOnce` at a time, in the order of the list; stops when the port refuses
 * connections. `onAnswer` is called after each answer with the number of acknowledged ones.
 */
export async function deliver(
  deliveries: Delivery[],
  port: number,
  { atOnce = 8, onAnswer = (_acknowledged: number) => {} } = {},
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const waiting = deliveries.filter(({ isAcknowledged }) => !isAcknowledged);
  let acknowledged = 0;
  const sendNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { status } = await send(next, port, agent);
      if (status === 'refused') waiting.length = 0;
      if (status === 200) acknowledged += 1;
      onAnswer(acknowledged);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendNext));
  agent.destroy();
}

export async function send(delivery: Delivery, port: number, agent?: Agent): Promise<Answer> {
  const sentAt = performance.now();
  const status = await post(delivery.body, port, agent);
  if (status === 200) delivery.isAcknowledged = true;
  return { status, ms: performance.now() - sentAt };
}

function post(body: string, port: number, agent: Agent | undefined): Promise<Answer['status']> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return new Promise((resolve) => {
    const sending = request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/zoom/webhooks',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'x-zm-request-timestamp': timestamp,
          'x-zm-signature': signBody({ secret: webhookSecret, timestamp, body }),
        },
      },
      (response) => {
        response.resume().once('close', () => resolve(response.complete ? (response.statusCode ?? 'cut') : 'cut'));
      },
    );
    sending.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED' ? 'refused' : 'cut'));
    sending.end(body);
  });
}
