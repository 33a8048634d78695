import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from '@playwright/test';
import { findChromium } from '../find-chromium.ts';
import { app } from './app.ts';
import { launchBrowser, openPanel, type PaintHost, startPaintHost, timePaint } from './paint.ts';
import { originOf, startNode } from './run-node.ts';
import { type SourcePanel, startSourcePanel } from './source-panel.ts';
import { sourceRows, troubleTable } from './source-table.ts';
import { allAtOnce, type Condition, everywhere, inTurn, latency, single, without } from './source-troubles.ts';
import { type Figures, say } from './table.ts';

const conditions: Condition[] = [inTurn, everywhere, without, ...single, allAtOnce];
const warmUp = 3;
const timed = 35;
/** ms between the engagements of one panel. Faster, and HubSpot’s limit or the panels’ own crowding would be timed. */
const pace = 1_600;
/** ms after which the panel says whom it is still waiting for, and some. */
const untilSaid = 4_500;

/**
 * The card with the company's systems. Every condition has its server, its CRMs and its panel, and all go at once, each a
 * little after the other: a machine that slows down slows them all.
 */
export async function benchSources(): Promise<Figures> {
  say(`Starting a server with six sources for each of ${conditions.length} conditions`);
  await findChromium();
  const folder = await mkdtemp(join(tmpdir(), 'deskside-bench-'));
  const host = await startPaintHost();
  const browser = await launchBrowser();
  const panels: SourcePanel[] = [];
  const floor = await startFloor(browser, host);
  try {
    const parts = { app, host, browser, folder };
    panels.push(...(await Promise.all(conditions.map((condition, at) => startSourcePanel(parts, condition, at)))));
    say(`Timing cards of six sources, one dead, slow, limiting, wrong: ${((warmUp + timed) * pace) / 1_000} s`);
    const { times, floor: floorTimes } = await timeCards(panels, floor.arrive);
    const said = await Promise.all(panels.map(readTroubles));
    const measured = panels.map(({ condition }, at) => ({ condition, times: times[at] ?? [], said: said[at] ?? [] }));
    return { rows: sourceRows(measured, floorTimes), more: troubleTable(measured) };
  } finally {
    await Promise.all(panels.map((panel) => panel.stop()));
    floor.stop();
    await browser.close();
    host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeCards(panels: SourcePanel[], arriveAtFloor: () => Promise<number>) {
  const begin = performance.now();
  const lanes = panels.length + 1;

  /** One engagement after the other; each round at another place among the others. */
  async function timeLane<Time>(lane: number, arrive: (at: number) => Promise<Time>): Promise<Time[]> {
    const results: Time[] = [];
    for (let at = 0; at < warmUp + timed; at += 1) {
      const due = begin + (at + ((lane + at) % lanes) / lanes) * pace;
      await sleep(Math.max(0, due - performance.now()));
      results.push(await arrive(at));
    }
    return results.slice(warmUp);
  }

  const floorTimes = timeLane(panels.length, arriveAtFloor);
  const cards = panels.map((panel, lane) =>
    timeLane(lane, (at) => {
      if (at === warmUp) panel.beginTroubles();
      return panel.arrive(panel.condition.holders(at));
    }),
  );
  const [floor, ...times] = await Promise.all([floorTimes, ...cards]);
  return { times, floor };
}

/** One more engagement of somebody whom the failing sources know as well, and all that the panel says meanwhile. */
async function readTroubles({ condition, arrive, readStatus }: SourcePanel): Promise<string[]> {
  if (condition.troubles.length === 0) return [];
  const holders = condition.holders(0);
  await arrive([...holders, ...condition.troubles.map(({ crm }) => crm)], holders.length);
  const said = new Set<string>();
  const end = Date.now() + untilSaid;
  while (Date.now() < end) {
    for (const text of await readStatus()) if (text !== '') said.add(text);
    await sleep(100);
  }
  return [...said];
}

async function startFloor(browser: Browser, host: PaintHost) {
  const server = await startNode(['--import', 'tsx', 'e2e/bench/source-floor.ts', 'dist/bench-floor', String(latency)]);
  const { page, frame } = await openPanel(browser, host, `${originOf(server)}/`, () => '');
  let engagements = 0;
  return {
    arrive: () => {
      engagements += 1;
      return timePaint(page, frame, `E-floor-${engagements}.14155550101`);
    },
    stop: () => void server.child.kill(),
  };
}
