import { findChromium } from '../find-chromium.ts';
import { mintAppContext } from '../simulator/app-context.ts';
import { app } from './app.ts';
import { benchAgents, loadFloor, loadView, signIn } from './http-load.ts';
import { launchBrowser, measurePaints, type PaintHost, type PaintTimes, startPaintHost } from './paint.ts';
import { originOf, startNode } from './run-node.ts';
import { perSecond, type Row, say, timeRow, times } from './table.ts';

/** The panel and its view over HTTP, with the built-in directory of a million. */
export async function benchServed(file: string): Promise<Row[]> {
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
  const panelOrigin = originOf(server);
  const floorOrigin = originOf(floor);
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
  host: PaintHost,
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
