/** From Zoom's event to the painted panel, while many other panels keep a stream open. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { mintAppContext } from '../simulator/app-context.ts';
import { app } from './app.ts';
import { signIn } from './http-load.ts';
import { signedEvent } from './intake-load.ts';
import { openStreams, timeLivePaints } from './live-paint.ts';
import { focusEngagement, launchBrowser, openPanel, type PaintHost, startPaintHost } from './paint.ts';
import { originOf, startNode, startServer } from './run-node.ts';
import { log, type Row, timeRow } from './table.ts';

const secret = 'bench-webhook-secret-token';
const panels = 500;
const paintedAgent = 'bench-agent-painted';

export async function benchLive(): Promise<Row[]> {
  log(`From the event to the painted panel, ${panels} panels open`);
  const folder = await mkdtemp(join(tmpdir(), 'deskside-bench-'));
  const host = await startPaintHost();
  const floor = await startNode(['--import', 'tsx', 'e2e/bench/live-floor.ts']);
  const server = await startServer({
    DATABASE_URL: `sqlite:${join(folder, 'deskside.db')}`,
    ZOOM_WEBHOOK_SECRET_TOKEN: secret,
    FRAME_ANCESTORS: host.origin,
  });
  const browser = await launchBrowser();
  try {
    const streams = await openOtherPanels(originOf(server), originOf(floor));
    try {
      const times = await timePanel(browser, host, originOf(server));
      const floorTimes = await timeFloor(browser, originOf(floor));
      return [timeRow(`event → painted, ${panels} panels, p95`, times, floorTimes, 0.95, { ms: 100 })];
    } finally {
      for (const opened of streams) opened.close();
    }
  } finally {
    await browser.close();
    for (const { child } of [server, floor]) child.kill();
    host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function openOtherPanels(origin: string, floorOrigin: string) {
  const agents = Array.from({ length: panels - 1 }, (_, index) => `bench-agent-${index}`);
  const bearers: string[] = [];
  for (const uid of agents) bearers.push(await signIn(origin, mintAppContext({ ...app, uid, now: Date.now() })));
  return [
    await openStreams(
      bearers.map((bearer) => ({ url: `${origin}/api/live`, headers: { authorization: `Bearer ${bearer}` } })),
    ),
    await openStreams(agents.map((uid) => ({ url: `${floorOrigin}/stream?agent=${uid}`, headers: {} }))),
  ];
}

/** A note is added to the engagement in front of one agent; its text is awaited on the panel. */
async function timePanel(browser: Browser, host: PaintHost, origin: string): Promise<number[]> {
  const engagementId = `E-live-${Date.now()}.14155550101`;
  const mint = () => mintAppContext({ ...app, uid: paintedAgent, now: Date.now() });
  const { page, frame } = await openPanel(browser, host, `${origin}/`, mint);
  await focusEngagement(page, engagementId);
  await frame.waitForSelector('main[data-state="ready"]');
  return timeLivePaints(frame, page, async (marker) => {
    const { body, headers } = signedEvent(secret, {
      event: 'engagement_note_added',
      object: { engagement_id: engagementId, user_id: paintedAgent, note_id: marker, note: marker },
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
