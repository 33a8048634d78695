import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { mintAppContext } from '../simulator/app-context.ts';
import type { App } from './app.ts';
import { signIn } from './http-load.ts';
import { loadIntake, signedEvent, timeAcks } from './intake-load.ts';
import { openStreams, timeLivePaints } from './live-paint.ts';
import { focusEngagement, launchBrowser, openPanel, type PaintHost, startPaintHost } from './paint.ts';
import { originOf, type Running, startNode } from './run-node.ts';
import { ms, perSecond, type Row, say, timeRow, times } from './table.ts';

const secret = 'bench-webhook-secret-token';
const panels = 500;
const painted = 'bench-agent-painted';

/** What Zoom tells the server: how fast it is durable, and how fast it is on a panel. On a database of its own. */
export async function benchZoomEvents(app: App): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'deskside-bench-'));
  const host = await startPaintHost();
  const floor = await startNode(['--import', 'tsx', 'e2e/bench/intake-floor.ts', folder, secret]);
  const liveFloor = await startNode(['--import', 'tsx', 'e2e/bench/live-floor.ts']);
  const server = await startServer(app, host, folder);
  try {
    return [...(await benchIntake(originOf(server), originOf(floor))), await benchLive(app, host, server, liveFloor)];
  } finally {
    for (const { child } of [server, floor, liveFloor]) child.kill();
    host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function startServer(app: App, host: PaintHost, folder: string): Promise<Running> {
  return startNode(['--import', 'tsx', 'server/main.ts'], {
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: `sqlite:${join(folder, 'deskside.db')}`,
    ZOOM_CLIENT_ID: app.clientId,
    ZOOM_CLIENT_SECRET: app.clientSecret,
    ZOOM_WEBHOOK_SECRET_TOKEN: secret,
    FRAME_ANCESTORS: host.origin,
    LOG_LEVEL: 'info',
  });
}

async function benchIntake(origin: string, floorOrigin: string): Promise<Row[]> {
  say('Acknowledging signed webhooks at 50 a second with bursts');
  const acks = await timeAcks(origin, secret);
  const floorAcks = await timeAcks(floorOrigin, secret);
  say('Taking as many signed webhooks as possible');
  const floor = await loadIntake(floorOrigin, secret);
  const ours = await loadIntake(origin, secret);
  await untilProcessed(origin);
  return [
    {
      what: 'signed webhooks, durable',
      measured: perSecond(ours.perSecond),
      floor: perSecond(floor.perSecond),
      ratio: times(ours.perSecond / floor.perSecond),
      goal: '≥ 0.6 ×',
    },
    {
      what: 'webhook → acknowledged, 50/s with bursts of 200, p99',
      measured: `${ms(acks.p99)} (p50 ${ms(acks.p50)}; ${acks.refused} refused)`,
      floor: `${ms(floorAcks.p99)} (p50 ${ms(floorAcks.p50)})`,
      ratio: times(acks.p99 / floorAcks.p99),
      goal: '≤ 250 ms',
    },
  ];
}

/** What was taken at full load is worked off before anything else is timed. */
async function untilProcessed(origin: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    if (/^deskside_intake_pending 0$/m.test(metrics)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function benchLive(app: App, host: PaintHost, server: Running, liveFloor: Running): Promise<Row> {
  say(`From the event to the painted panel, ${panels} panels open`);
  const browser = await launchBrowser();
  const origin = originOf(server);
  const others = Array.from({ length: panels - 1 }, (_, at) => `bench-agent-${at}`);
  const bearers: string[] = [];
  for (const uid of others) bearers.push(await signIn(origin, mintAppContext({ ...app, uid, now: Date.now() })));
  const streams = await openStreams(
    bearers.map((bearer) => ({ url: `${origin}/api/live`, headers: { authorization: `Bearer ${bearer}` } })),
  );
  const floorOrigin = originOf(liveFloor);
  const floorStreams = await openStreams(
    others.map((uid) => ({ url: `${floorOrigin}/stream?agent=${uid}`, headers: {} })),
  );
  try {
    const panel = await timePanel(browser, app, host, origin);
    return timeRow(
      `event → painted, ${panels} panels, p95`,
      panel,
      await timeFloor(browser, floorOrigin),
      0.95,
      '≤ 100 ms',
    );
  } finally {
    streams.close();
    floorStreams.close();
    await browser.close();
  }
}

/** A note is added to the engagement in front of one agent; its text is awaited on the panel. */
async function timePanel(browser: Browser, app: App, host: PaintHost, origin: string): Promise<number[]> {
  const engagementId = `E-live-${Date.now()}.14155550101`;
  const mint = () => mintAppContext({ ...app, uid: painted, now: Date.now() });
  const { page, frame } = await openPanel(browser, host, `${origin}/`, mint);
  await focusEngagement(page, engagementId);
  await frame.waitForSelector('main[data-state="ready"]');
  return timeLivePaints(frame, page, async (marker) => {
    const { body, headers } = signedEvent(secret, {
      event: 'engagement_note_added',
      object: { engagement_id: engagementId, user_id: painted, note_id: marker, note: marker },
    });
    await post(`${origin}/zoom/webhooks`, headers, body);
  });
}

async function timeFloor(browser: Browser, origin: string): Promise<number[]> {
  const page = await browser.newPage();
  await page.goto(origin);
  return timeLivePaints(page.mainFrame(), page, (marker) =>
    post(`${origin}/event`, { 'content-type': 'application/json' }, JSON.stringify({ marker })),
  );
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}`);
}
