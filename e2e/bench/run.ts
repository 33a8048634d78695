/**
 * `npm run bench`: the published performance table. Each figure stands beside its floor, measured in the same run on
 * the same machine: compare ratios, for absolute times belong to a machine. The first run prepares a directory of a
 * million customers in `data/bench` (a few minutes); later runs find it there.
 */
import { join } from 'node:path';
import { findChromium } from '../find-chromium.ts';
import { mintAppContext } from '../simulator/app-context.ts';
import { benchCustomers, prepareBenchCustomers } from './bench-customers.ts';
import { firstLoadBytes } from './first-load.ts';
import { benchAgents, loadFloor, loadView, signIn } from './http-load.ts';
import { launchBrowser, measurePaints, type PaintTimes, startPaintHost } from './paint.ts';
import { repository, runNode, startNode } from './run-node.ts';
import { kB, perSecond, printTable, type Row, say, timeRow, times } from './table.ts';
import { benchZoomEvents } from './zoom-events.ts';

const app = { clientId: 'bench-client', clientSecret: 'bench-secret' };
say('Building the panel and its floor');
await runNode(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
await runNode(['node_modules/vite/bin/vite.js', 'build', '--config', 'e2e/bench/floor/vite.config.ts']);
say(`Preparing ${benchCustomers.toLocaleString('en')} customers`);
const database = await prepareBenchCustomers(join(repository, 'data/bench'));

const rows: Row[] = [
  ...(await benchServed(database)),
  ...(await benchZoomEvents(app)),
  await benchMatch(database),
  benchFirstLoad(),
];
printTable(rows);

async function benchServed(file: string): Promise<Row[]> {
  await findChromium();
  const host = await startPaintHost();
  const floor = await startNode(['--import', 'tsx', 'e2e/bench/floor-server.ts', file, 'dist/bench-floor']);
  const server = await startNode(['--import', 'tsx', 'server/main.ts'], {
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: `sqlite:${file}`,
    ZOOM_CLIENT_ID: app.clientId,
    ZOOM_CLIENT_SECRET: app.clientSecret,
    FRAME_ANCESTORS: host.origin,
    LOG_LEVEL: 'info',
  });
  const panelOrigin = (JSON.parse(server.firstLine) as { address: string }).address;
  const floorOrigin = `http://127.0.0.1:${(JSON.parse(floor.firstLine) as { port: number }).port}`;
  const context = (agent: number) => mintAppContext({ ...app, uid: `bench-agent-${agent}`, now: Date.now() });
  try {
    return [
      ...(await benchPaints(host, panelOrigin, floorOrigin, context)),
      await benchHttp(panelOrigin, floorOrigin, context),
    ];
  } finally {
    server.child.kill();
    floor.child.kill();
    host.close();
  }
}

/** Panel and floor in turn, so that a machine that slows down slows both. */
async function benchPaints(
  host: Awaited<ReturnType<typeof startPaintHost>>,
  panelOrigin: string,
  floorOrigin: string,
  context: (agent: number) => string,
): Promise<Row[]> {
  const browser = await launchBrowser();
  const panel: PaintTimes = { arrivals: [], switches: [] };
  const floor: PaintTimes = { arrivals: [], switches: [] };
  for (const round of [1, 2]) {
    for (const [origin, total] of [
      [floorOrigin, floor],
      [panelOrigin, panel],
    ] as const) {
      say(`Timing paints, round ${round}: ${total === panel ? 'panel' : 'floor'}`);
      const seed = (Date.now() % 400_000) + round * 1_000;
      const times = await measurePaints(browser, {
        host,
        framed: `${origin}/`,
        mintAppContext: () => context(round),
        seed,
      });
      total.arrivals.push(...times.arrivals);
      total.switches.push(...times.switches);
    }
  }
  await browser.close();
  return [
    timeRow('switch → card painted, p95', panel.switches, floor.switches, 0.95, '≤ 33 ms, ≤ 1.5 ×'),
    timeRow('new engagement → card painted, p95', panel.arrivals, floor.arrivals, 0.95, '≤ 60 ms, ≤ 2.5 ×'),
  ];
}

async function benchHttp(panelOrigin: string, floorOrigin: string, context: (agent: number) => string): Promise<Row> {
  say('Loading the panel’s view over HTTP');
  const bearers = await Promise.all(
    Array.from({ length: benchAgents }, (_, agent) => signIn(panelOrigin, context(agent))),
  );
  const floor = await loadFloor(floorOrigin);
  const view = await loadView(panelOrigin, bearers);
  return {
    what: 'panel view over HTTP, known engagement',
    measured: `${perSecond(view.perSecond)} (p50 ${view.p50} ms, p99 ${view.p99} ms)`,
    floor: perSecond(floor.perSecond),
    ratio: times(view.perSecond / floor.perSecond),
    goal: '≥ 0.5 ×',
  };
}

async function benchMatch(file: string): Promise<Row> {
  say('Matching in process');
  const output = await runNode(['--import', 'tsx', 'server/lookup-bench.ts', file, '20000']);
  const { match, floor, matched, asked } = JSON.parse(output) as {
    match: number[];
    floor: number[];
    matched: number;
    asked: number;
  };
  if (matched !== asked) throw new Error(`Only ${matched} of ${asked} known numbers matched.`);
  return timeRow(`match over ${benchCustomers.toLocaleString('en')} customers, p99`, match, floor, 0.99, '≤ 2 ms');
}

function benchFirstLoad(): Row {
  const panel = firstLoadBytes(join(repository, 'dist/client'));
  const floor = firstLoadBytes(join(repository, 'dist/bench-floor'));
  return {
    what: 'first load, JavaScript after brotli',
    measured: kB(panel),
    floor: kB(floor),
    ratio: times(panel / floor),
    goal: '≤ 110 kB',
  };
}
