/** From the SDK's event to the painted card, with the built-in directory. */
import { findChromium } from '../find-chromium.ts';
import { mintAppContext } from '../simulator/app-context.ts';
import { app } from './app.ts';
import { launchBrowser, measurePaints, type PaintTimes, startPaintHost } from './paint.ts';
import { originOf, startNode, startServer } from './run-node.ts';
import { log, type Row, timeRow } from './table.ts';

/** `customers`: how many the directory at `databaseUrl` holds. */
export async function benchPaints(databaseUrl: string, customers: number): Promise<Row[]> {
  await findChromium();
  const host = await startPaintHost();
  const floor = await startNode(['--import', 'tsx', 'e2e/bench/floor-server.ts', databaseUrl, 'dist/bench-floor']);
  const server = await startServer({ DATABASE_URL: databaseUrl, FRAME_ANCESTORS: host.origin });
  const browser = await launchBrowser();
  const panelTimes: PaintTimes = { arrivals: [], switches: [] };
  const floorTimes: PaintTimes = { arrivals: [], switches: [] };
  try {
    // In turn, so that a machine that slows down slows both.
    for (const round of [1, 2]) {
      for (const { name, origin, total } of [
        { name: 'floor', origin: originOf(floor), total: floorTimes },
        { name: 'panel', origin: originOf(server), total: panelTimes },
      ]) {
        log(`Timing paints, round ${round}: ${name}`);
        const times = await measurePaints(browser, {
          host,
          framed: `${origin}/`,
          mintAppContext: () => mintAppContext({ ...app, uid: `bench-agent-${round}`, now: Date.now() }),
          seed: (Date.now() % 400_000) + round * 1_000,
          customers,
        });
        total.arrivals.push(...times.arrivals);
        total.switches.push(...times.switches);
      }
    }
  } finally {
    await browser.close();
    server.child.kill();
    floor.child.kill();
    host.close();
  }
  return [
    timeRow('switch → card painted, p95', panelTimes.switches, floorTimes.switches, 0.95, { ms: 33, times: 1.5 }),
    timeRow('new engagement → card painted, p95', panelTimes.arrivals, floorTimes.arrivals, 0.95, { ms: 60, times: 2 }),
  ];
}
