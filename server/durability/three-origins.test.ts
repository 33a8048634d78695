/**
 * Three origins, one record: one server for each origin receives the same engagement, and one server receives it from
 * all of them at once.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { viewEngagement } from '#contract/panel-endpoints.ts';
import { openSession } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { type App, createApp } from '../app.ts';
import { sealAppContext } from '../auth/fake-app-context.ts';
import { signBody } from '../intake/http/signature.ts';
import { documentedEvents, fakeAccountId, zoomEvent } from '../intake/normalize/fake-zoom-events.ts';
import { createFakeZoomSocket, type FakeZoomSocket } from '../intake/socket/fake-zoom-socket.ts';
import { loadConfig } from '../platform/config.ts';
import { callEndpoint } from '../platform/http/call-for-tests.ts';
import { createLog } from '../platform/log.ts';
import { createFakeZoomRest, type FakeZoomRest } from '../reconcile/fake-zoom-rest.ts';

const webhookSecret = 'webhook-secret-of-the-tests';
const flowToken = 'the-flow-token-of-the-tests';
const app = { id: 'client-1', secret: 'client-secret-of-the-tests' };
const agentId = 'm1NaPaRkR0y9bTgHuJikLQ';
const engagementId = 'kT93fLqWQ0yV5hZr1NcX2A';

type Server = { app: App; port: number };
const lines: string[] = [];
let panelDirectory = '';
let rest: FakeZoomRest;
let socket: FakeZoomSocket;

beforeAll(async () => {
  panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
  mkdirSync(join(panelDirectory, 'assets'));
  writeFileSync(join(panelDirectory, 'index.html'), '<!doctype html>');
  rest = await createFakeZoomRest();
  socket = await createFakeZoomSocket();
  Object.assign(rest, { clientId: app.id, clientSecret: app.secret, accountId: fakeAccountId });
});
afterAll(async () => {
  await Promise.all([socket.stop(), rest.stop()]);
  rmSync(panelDirectory, { recursive: true });
});

async function startServer({ hasSocket = false } = {}): Promise<Server> {
  const config = loadConfig({
    PORT: '0',
    DRAIN_LINGER_MS: '0',
    DATABASE_URL: 'sqlite::memory:',
    ZOOM_CLIENT_ID: app.id,
    ZOOM_CLIENT_SECRET: app.secret,
    ZOOM_ACCOUNT_ID: fakeAccountId,
    ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
    FLOW_TOKEN: flowToken,
    ZOOM_OAUTH_URL: rest.origin,
    ZOOM_API_URL: rest.origin,
    ZOOM_WS_URL: socket.url.href,
    ZOOM_WEBSOCKET_SUBSCRIPTION_ID: hasSocket ? 'sub-1' : '',
  });
  if (config.kind === 'malformed') throw new Error(config.problems.join());
  const made = await createApp(config.value, {
    log: createLog('debug', { write: (line: string) => void lines.push(line) }),
    panelDirectory,
  });
  const server = { app: made, ...(await made.start()) };
  // Two would take the connection from each other.
  onTestFinished(() => made.stop());
  if (hasSocket) await expect.poll(() => socket.isConnected(), { timeout: 60_000 }).toBe(true);
  return server;
}

/** The whole view of one engagement, as the panel of the agent who takes the call is given it. */
async function readView({ port }: Server): Promise<EngagementView> {
  const claims = { uid: agentId, aud: app.id, iss: 'marketplace.zoom.us', exp: Date.now() + 120_000 };
  const context = sealAppContext(claims, app.secret).toString('base64');
  const origin = `http://127.0.0.1:${port}`;
  const { token } = await callEndpoint(origin, openSession, { body: { context } });
  return callEndpoint(origin, viewEngagement, { params: { engagementId }, body: { facts: {} } }, token);
}

async function post<Answer>(port: number, path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

function sendWebhook({ port }: Server, body: string): Promise<unknown> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = signBody({ secret: webhookSecret, timestamp, body });
  return post(port, '/zoom/webhooks', body, { 'x-zm-signature': signature, 'x-zm-request-timestamp': timestamp });
}

const sendFlow = ({ port }: Server, name: string, body: Record<string, unknown>) =>
  post(port, `/flow/${name}`, { engagementId, ...body }, { authorization: `Bearer ${flowToken}` });

async function readMetric({ port }: Server, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Until nothing waits any more, after `count` were stored. */
async function untilApplied(server: Server, origin: string, count: number): Promise<void> {
  const stored = `deskside_intake_events_total{origin="${origin}",outcome="stored"}`.replace(/[{}]/g, '\\$&');
  await expect.poll(() => readMetric(server, stored), { timeout: 60_000 }).toBe(count);
  await expect.poll(() => readMetric(server, 'deskside_intake_pending'), { timeout: 60_000 }).toBe(0);
}

const recent = Date.now() - 10 * 60_000;
const call = [
  'engagement_started',
  'task_created',
  'task_entered_queue',
  'task_exited_queue',
  'task_reservation_created',
  'task_reservation_accepted',
  'engagement_user_answered',
  'engagement_user_hold',
  'engagement_user_unhold',
  'engagement_user_muted',
  'engagement_user_unmuted',
  'engagement_user_dtmf_sent',
  'engagement_note_added',
  'engagement_disposition_added',
  'engagement_user_ended',
  'engagement_wrap_up_started',
  'engagement_wrap_up_ended',
  'engagement_ended',
];

/** One event after the other, 10 s apart. */
function bodiesOf(names: string[]): string[] {
  return names.map((name, index) => {
    const time = new Date(recent + index * 10_000).toISOString();
    const times =
      name.startsWith('task_created') || name.startsWith('task_reservation')
        ? { created_time_ms: time, last_modified_time_ms: time }
        : { date_time_ms: time };
    return JSON.stringify(zoomEvent(name, { engagement_id: engagementId, ...times }));
  });
}

test('record of a call › by webhooks or by WebSocket › is the same', async () => {
  const [byWebhook, bySocket] = [await startServer(), await startServer({ hasSocket: true })];
  const bodies = bodiesOf(call);
  for (const body of bodies) await sendWebhook(byWebhook, body);
  for (const body of bodies) socket.send(body);
  await untilApplied(byWebhook, 'webhook', bodies.length);
  await untilApplied(bySocket, 'socket', bodies.length);
  const [webhook, other] = [await readView(byWebhook), await readView(bySocket)];
  expect(webhook.engagement.record.phase).toBe('ended');
  expect(webhook.engagement.record.timeline.length).toBeGreaterThan(10);
  expect({ ...other.engagement.record, gaps: [] }).toEqual({ ...webhook.engagement.record, gaps: [] });
  expect(other.engagement.facts).toEqual(webhook.engagement.facts);
});

test('record of a call › by a flow’s scripts › is the same as by the Zoom events', async () => {
  const [byWebhook, byFlow] = [await startServer(), await startServer()];
  const bodies = bodiesOf(['engagement_started', 'engagement_user_answered', 'engagement_disposition_added']);
  for (const body of bodies) await sendWebhook(byWebhook, body);
  await untilApplied(byWebhook, 'webhook', bodies.length);
  const zoom = await readView(byWebhook);
  const caller = {
    caller_number: zoom.engagement.facts.consumers?.[0]?.number,
    queue_name: zoom.engagement.facts.queueName,
  };
  const agent = { agent_email: 'mina.park@acme.example' };
  // A flow names agents by e-mail; Zoom's agent events say whose it is.
  const login = zoomEvent('user_login', { user_id: agentId, user_email: 'Mina.Park@acme.example' });
  await sendWebhook(byFlow, JSON.stringify(login));
  await untilApplied(byFlow, 'webhook', 1);
  await sendFlow(byFlow, 'events/engagement-started', caller);
  await sendFlow(byFlow, 'acceptedcall', { ...caller, ...agent });
  await sendFlow(byFlow, 'dispositionedcall', {
    ...caller,
    ...agent,
    disposition_name: zoom.engagement.record.disposition,
  });
  await untilApplied(byFlow, 'flow', 3);
  const flow = await readView(byFlow);
  expect(flow.engagement.record.disposition).toBe(zoom.engagement.record.disposition);
  expect(flow.engagement.record.phase).toBe(zoom.engagement.record.phase);
  expect(flow.engagement.record.timeline.map(({ kind, text }) => [kind, text])).toEqual(
    zoom.engagement.record.timeline.map(({ kind, text }) => [kind, text]),
  );
  expect(flow.engagement.facts.queueName).toBe(zoom.engagement.facts.queueName);
  expect(flow.engagement.facts.consumers?.[0]?.number).toBe(zoom.engagement.facts.consumers?.[0]?.number);
});

test('record of a call › by all three origins at once › has every line once', async () => {
  const [all, byWebhook] = [await startServer({ hasSocket: true }), await startServer()];
  const now = Date.now();
  const bodies = ['engagement_started', 'engagement_user_answered', 'engagement_user_hold'].map((name, index) =>
    JSON.stringify(zoomEvent(name, { engagement_id: engagementId, date_time_ms: new Date(now + index).toISOString() })),
  );
  await sendFlow(all, 'acceptedcall', { caller_number: '+14155550101', agent_email: 'mina.park@acme.example' });
  for (const body of bodies) {
    await sendWebhook(byWebhook, body);
    socket.send(body);
    // The same body in other spaces: one occurrence all the same.
    await sendWebhook(all, JSON.stringify(JSON.parse(body), null, 2));
  }
  await untilApplied(byWebhook, 'webhook', 3);
  await expect.poll(async () => (await readView(all)).engagement.record.hold.since, { timeout: 60_000 }).not.toBeNull();
  const [once, thrice] = [await readView(byWebhook), await readView(all)];
  expect(thrice.engagement.record.timeline).toEqual(once.engagement.record.timeline);
  expect(thrice.engagement.record.phase).toBe('active');
});

test('documented bodies › by webhook or WebSocket › are accepted, none is a dead letter', async () => {
  const [byWebhook, bySocket] = [await startServer(), await startServer({ hasSocket: true })];
  for (const name of documentedEvents) {
    const body = JSON.stringify(zoomEvent(name));
    await sendWebhook(byWebhook, body);
    socket.send(body);
  }
  await untilApplied(byWebhook, 'webhook', documentedEvents.length);
  await untilApplied(bySocket, 'socket', documentedEvents.length);
  for (const server of [byWebhook, bySocket]) {
    expect(await readMetric(server, 'deskside_intake_dead_letters')).toBe(0);
  }
  const [webhook, other] = [await readView(byWebhook), await readView(bySocket)];
  expect({ ...other.engagement.record, gaps: [] }).toEqual({ ...webhook.engagement.record, gaps: [] });
});

test('log and metrics › events of every origin › hold nothing personal', async () => {
  lines.length = 0;
  const server = await startServer({ hasSocket: true });
  const canaries = {
    consumer_number: '+14155550177',
    consumer_display_name: 'Canary Consumer',
    user_display_name: 'Canary Agent',
    note: 'canary note 4155550177',
  };
  const body = (id: string) => JSON.stringify(zoomEvent('engagement_note_added', { ...canaries, engagement_id: id }));
  await sendWebhook(server, body('canary-by-webhook'));
  socket.send(body('canary-by-socket'));
  socket.send('{"canary":"no event"');
  await sendFlow(server, 'acceptedcall', { caller_number: '+14155550177', agent_email: 'canary@acme.example' });
  await untilApplied(server, 'socket', 2);
  await readView(server);
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  await server.app.stop();
  expect(lines.length).toBeGreaterThan(0);
  const output = `${lines.join('')}${metrics}`;
  const secrets = ['anary', '4155550177', engagementId, fakeAccountId, agentId, webhookSecret, flowToken, app.secret];
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
});
