import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from '@playwright/test';
import { findChromium } from '../find-chromium.ts';
import { launchBrowser, openPanel, type PaintHost, startPaintHost, timePaint } from './paint.ts';
import { originOf, startNode } from './run-node.ts';
import { allAtOnce, type Condition, everywhere, inTurn, latency, single, without } from './source-failures.ts';
import { type SourcePanel, startSourcePanel } from './source-panel.ts';
import { failureTable, sourceRows } from './source-table.ts';
import { type Figures, log } from './table.ts';

const conditions: Condition[] = [inTurn, everywhere, without, ...single, allAtOnce];
const warmUp = 8;
const timed = 35;
/** ms between the engagements of one panel. Faster, and HubSpot’s limit or the panels’ own crowding would be timed. */
const pace = 3_000;
/** ms after which the panel names the sources that have not answered, with a margin. */
const statusDelay = 4_500;

/**
 * The card with the company's systems. Every condition has its server, its CRMs and its panel; all run at once, each a
 * little after the other, so that a machine that slows down slows them all.
 */
export async function benchSources(): Promise<Figures> {
  log(`Starting a server with six sources for each of ${conditions.length} conditions`);
  await findChromium();
  const folder = await mkdtemp(join(tmpdir(), 'deskside-bench-'));
  const host = await startPaintHost();
  const browser = await launchBrowser();
  const panels: SourcePanel[] = [];
  const floor = await startFloor(browser, host);
  try {
    const parts = { host, browser, folder };
    panels.push(
      ...(await Promise.all(conditions.map((condition, index) => startSourcePanel(parts, condition, index)))),
    );
    log(`Timing cards of six sources, one dead, slow, limiting, wrong: ${((warmUp + timed) * pace) / 1_000} s`);
    const { times, floor: floorTimes } = await timeCards(panels, floor.arrive);
    const messages = await Promise.all(panels.map(readFailureMessages));
    const measured = panels.map(({ condition }, index) => ({
      condition,
      times: times[index] ?? [],
      messages: messages[index] ?? [],
    }));
    return { rows: sourceRows(measured, floorTimes), more: failureTable(measured) };
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

  /** One engagement after the other; in each round at another place among the lanes. */
  async function timeLane<Time>(lane: number, arrive: (round: number) => Promise<Time>): Promise<Time[]> {
    const results: Time[] = [];
    for (let round = 0; round < warmUp + timed; round += 1) {
      const due = begin + (round + ((lane + round) % lanes) / lanes) * pace;
      await sleep(Math.max(0, due - performance.now()));
      results.push(await arrive(round));
    }
    return results.slice(warmUp);
  }

  const floorTimes = timeLane(panels.length, arriveAtFloor);
  const cards = panels.map((panel, lane) =>
    timeLane(lane, (round) => {
      if (round === warmUp) panel.beginFailures();
      return panel.arrive(panel.condition.listHolders(round));
    }),
  );
  const [floor, ...times] = await Promise.all([floorTimes, ...cards]);
  return { times, floor };
}

/** The panel's messages during one more engagement of a customer that the failing sources hold as well. */
async function readFailureMessages({ condition, arrive, readStatus }: SourcePanel): Promise<string[]> {
  if (condition.failures.length === 0) return [];
  const holders = condition.listHolders(0);
  await arrive([...holders, ...condition.failures.map(({ crm }) => crm)], holders.length);
  const messages = new Set<string>();
  const end = Date.now() + statusDelay;
  while (Date.now() < end) {
    for (const text of await readStatus()) if (text !== '') messages.add(text);
    await sleep(100);
  }
  return [...messages];
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
