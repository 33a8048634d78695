import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { agents } from '../agents.ts';
import { answer, type ContactCenter, close, dispose, end, openContactCenter, ring } from '../contact-center.ts';
import { queues } from '../queues.ts';
import { type Simulator, startSimulator } from '../start-simulator.ts';
import { readableAfter } from './cloud-events.ts';
import { type Delivery, promptDelivery } from './delivery.ts';
import type { CloudChange } from './memory.ts';

type Webhook = { event: string; payload: { account_id: string; object: Record<string, unknown> } };

const [mina] = agents;
const posts: { path: string; authorization: string | undefined; body: Record<string, unknown> }[] = [];
const settings = {
  clientId: 'client',
  clientSecret: 'secret',
  accountId: 'account',
  webhookSecretToken: 'webhook-secret',
  flowToken: 'the-flow-token-of-nobody-at-all',
  webSocketSubscriptionId: 'subscription',
};
let deskside: Server;
let simulator: Simulator;

beforeAll(async () => {
  deskside = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { url: path = '', headers } = request;
      posts.push({ path, authorization: headers.authorization, body: JSON.parse(text) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => deskside.listen(0, '127.0.0.1', resolve));
  const panelUrl = `http://127.0.0.1:${(deskside.address() as AddressInfo).port}`;
  simulator = await startSimulator({ port: 0, panelUrl, ...settings });
});
afterAll(async () => {
  await simulator.stop();
  deskside.close();
});
beforeEach(() => void posts.splice(0));

test('cloud › a whole engagement › sends webhooks in order and posts of the flow’s scripts', async () => {
  await playEngagement('by-webhook');
  const webhooks = () => posts.filter(({ path }) => path === '/zoom/webhooks').map(({ body }) => body as Webhook);
  const names = () => webhooks().map(({ event }) => event);
  await expect.poll(names, { timeout: 60_000 }).toContain('contact_center.legacy_engagement_end_data_ready');
  const own = webhooks().filter(({ payload }) => payload.object.engagement_id === 'by-webhook');
  expect(own.map(({ event }) => event.replace('contact_center.', ''))).toEqual([
    'engagement_started',
    'task_created',
    'task_entered_queue',
    'task_reservation_created',
    'task_reservation_accepted',
    'task_exited_queue',
    'engagement_user_answered',
    'engagement_user_ended',
    'engagement_consumer_ended',
    'engagement_wrap_up_started',
    'engagement_disposition_added',
    'engagement_wrap_up_ended',
    'task_reservation_completed',
    'task_completed',
    'engagement_ended',
    'legacy_engagement_end_data_ready',
  ]);
  expect(own.every(({ payload }) => payload.account_id === 'account')).toBe(true);
  const scripts = posts.filter(({ path }) => path.startsWith('/flow/'));
  expect(scripts.map(({ path }) => path)).toEqual([
    '/flow/events/engagement-started',
    '/flow/acceptedcall',
    '/flow/dispositionedcall',
    '/flow/events/engagement-closed',
  ]);
  expect(scripts.every(({ authorization }) => authorization === `Bearer ${settings.flowToken}`)).toBe(true);
  expect(scripts[2]?.body).toMatchObject({
    engagementId: 'by-webhook',
    caller_number: '+14155550101',
    agent_email: mina.email,
    queue_name: 'Support',
    disposition_name: 'Resolved',
    'Custom.case_number': 'CS-1',
  });
});

test('cloud › WebSocket › sends Zoom’s frames with the same bodies, to the newest connection', async () => {
  const refused = await connect('');
  expect(await refused.next()).toMatchObject({ module: 'build_connection', success: false, content: 'token is empty' });
  expect(await (await connect('nonsense')).next()).toMatchObject({ success: false, content: 'Invalid Token' });

  const token = await fetchToken();
  const older = await connect(token);
  expect(await older.next()).toMatchObject({ module: 'build_connection', success: true });
  older.socket.send('{"module":"heartbeat"}');
  expect(await older.next()).toEqual({ module: 'heartbeat', success: true, content: 'live', header: {} });

  const newer = await connect(token);
  await newer.next();
  await older.closed;
  await applyChange(ring(openContactCenter(mina), arrival('by-socket'), Date.now()), { transport: 'WebSocket' });
  const frame = await newer.next();
  expect(frame.module).toBe('message');
  expect(JSON.parse(String(frame.content))).toMatchObject({
    event: expect.stringMatching(/^contact_center\./),
    payload: { account_id: 'account' },
  });
  expect(posts.filter(({ path }) => path === '/zoom/webhooks')).toEqual([]);

  await fetch(`${simulator.url}/cloud/cut`, { method: 'POST', headers: { origin: simulator.url } });
  await newer.closed;
  await expect(connect(token)).rejects.toThrow();
});

test('cloud › REST › needs a token and has an engagement some seconds after its end', async () => {
  expect((await fetch(`${simulator.url}/v2/contact_center/engagements`)).status).toBe(401);
  expect((await askToken('client_credentials', 'client:wrong')).status).toBe(401);
  expect((await askToken('account_credentials&account_id=other')).status).toBe(401);

  await playEngagement('by-rest');
  const read = await readerWith(await fetchToken());
  expect(await read('/engagements/by-rest')).toBe('');
  await sleep(readableAfter + 100);
  expect(JSON.parse(await read('/engagements/by-rest'))).toMatchObject({
    engagement_id: 'by-rest',
    agents: [{ user_id: mina.id }],
    dispositions: [{ disposition_name: 'Resolved' }],
  });
  const listed = JSON.parse(await read('/engagements?consumer_number=%2B14155550101&page_size=30'));
  expect(listed.engagements.map((one: { engagement_id: string }) => one.engagement_id)).toContain('by-rest');
  expect(JSON.parse(await read('/variable_logs?engagement_id=by-rest')).variable_logs).toMatchObject([
    { variable_name: 'Custom.case_number', variable_value: 'CS-1' },
  ]);
  expect(JSON.parse(await read(`/users/${mina.id}`))).toMatchObject({ user_id: mina.id, user_email: mina.email });
  expect(JSON.parse(await read('/engagements/nobody'))).toMatchObject({ code: 300 });
});

const arrival = (id: string) => ({
  id,
  channel: 'voice' as const,
  queue: queues.Support,
  consumers: [{ consumerNumber: '+14155550101' }],
  variables: [{ id: 'v', name: 'Custom.case_number', value: 'CS-1' }],
});

async function playEngagement(id: string): Promise<void> {
  let center: ContactCenter = openContactCenter(mina);
  for (const verb of [
    (now: number) => ring(center, arrival(id), now),
    (now: number) => answer(center, id, now),
    (now: number) => end(center, id, now),
    () => dispose(center, id, 'Resolved'),
    (now: number) => close(center, id, now),
  ]) {
    center = verb(Date.now());
    await applyChange(center, {});
    await sleep(30);
  }
}

/** As the desktop's page does. */
async function applyChange(center: ContactCenter, delivery: Partial<Delivery>): Promise<void> {
  const change: CloudChange = {
    at: Date.now(),
    legs: center.engagements.map((engagement) => ({ agent: mina, engagement })),
    agents: [{ agent: mina, status: 'Ready' }],
    delivery: { ...promptDelivery, ...delivery },
  };
  const answered = await fetch(`${simulator.url}/cloud/changes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: simulator.url },
    body: JSON.stringify(change),
  });
  expect(answered.status).toBe(204);
}

function askToken(grant: string, credentials = 'client:secret'): Promise<Response> {
  return fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `grant_type=${grant}`,
  });
}

async function fetchToken(): Promise<string> {
  const grant = await (await askToken('account_credentials&account_id=account')).json();
  expect(grant).toMatchObject({ token_type: 'bearer', expires_in: 3599 });
  return grant.access_token;
}

async function readerWith(token: string): Promise<(path: string) => Promise<string>> {
  return async (path) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${simulator.url}/v2/contact_center${path}`, { headers })).text();
  };
}

async function connect(token: string) {
  const url = simulator.url.replace('http', 'ws');
  const socket = new WebSocket(`${url}/ws?subscriptionId=subscription&access_token=${token}`);
  const frames: Record<string, unknown>[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    socket,
    closed,
    async next(): Promise<Record<string, unknown>> {
      await expect.poll(() => frames.length).toBeGreaterThan(0);
      return frames.shift() ?? {};
    },
  };
}
