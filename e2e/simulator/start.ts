/*
 * `npm run demo` and, with --watch, `npm run dev`: Deskside and a simulated contact center on this machine, from
 * nothing.
 *
 *   build panel and desktop ─▶ fill the demo's database ─▶ simulator ─▶ server (child process) ─▶ addresses
 *
 * The secrets are made anew for every start and live only in this process and its child. The simulated cloud starts
 * first: the server asks it for tokens and listens to its WebSocket from the beginning. The user's own `.env` is
 * blanked out for the child, so a demo never touches a real account or database. With --watch, a new build of the panel
 * or a change in server/ restarts the server and then reloads the panel; a new build of the desktop reloads the page.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, watch } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { build } from 'vite';
import type { CloudSettings } from './cloud/cloud.ts';
import { describeCloud } from './cloud/deskside-settings.ts';
import { startCrms } from './crms/start-crms.ts';
import { fillDirectory } from './demo-people.ts';
import { createServerProcess } from './server-process.ts';
import { type Built, startSimulator } from './start-simulator.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataFolder = join(root, 'data');
const configOf: Record<Built, string> = { panel: 'vite.config.ts', desktop: 'e2e/simulator/vite.config.ts' };

const port = readPort('PORT') ?? 4601;
const simulatorPort = readPort('SIMULATOR_PORT') ?? 4600;
const panelUrl = `http://127.0.0.1:${port}`;
const isWatching = process.argv.includes('--watch');
const newSecret = () => randomBytes(24).toString('base64url');
const cloud: CloudSettings = {
  panelUrl,
  clientId: 'deskside-demo',
  clientSecret: newSecret(),
  accountId: 'demo-account',
  webhookSecretToken: newSecret(),
  flowToken: newSecret(),
  webSocketSubscriptionId: 'demo-subscription',
};

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  ...blankedSettings(),
  HOST: '127.0.0.1',
  NODE_ENV: 'production',
  PORT: String(port),
  PUBLIC_URL: '',
  DRAIN_LINGER_MS: '100',
  DATABASE_URL: 'sqlite:./data/demo.db',
  ...describeCloud(cloud, simulatorPort),
  FRAME_ANCESTORS: `'self' http://127.0.0.1:${simulatorPort} http://localhost:${simulatorPort}`,
  LOG_LEVEL: 'warn',
};

/** Everything that was started, last first. */
const running: { stop(): Promise<void> }[] = [];
const stopAll = async () => {
  for (const part of running.splice(0)) await part.stop();
};
// Ctrl-C arrives more than once, for npm and tsx pass on what the terminal has given already.
let isEnding = false;
const end = (code: number): void => {
  if (isEnding) return;
  isEnding = true;
  void stopAll().finally(() => process.exit(code));
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));

try {
  await run();
} catch (error) {
  // A server that is stopped while it starts fails to start, which is no news to the one who pressed Ctrl-C.
  if (!isEnding) process.stderr.write(`\nThe demo cannot start: ${messageOf(error)}\n`);
  end(1);
}

async function run(): Promise<void> {
  await demandFreePort(port, 'PORT');
  await demandFreePort(simulatorPort, 'SIMULATOR_PORT');
  mkdirSync(dataFolder, { recursive: true });

  let onBuilt: (what: Built) => void = () => undefined;
  for (const what of ['panel', 'desktop'] as const) {
    await (isWatching ? buildAndWatch(what, () => onBuilt(what)) : buildOnce(what));
    say(`✓ ${what} built`);
  }
  const databaseFile = join(dataFolder, 'demo.db');
  const people = await fillDirectory({ root, dataFolder, databaseFile, environment });
  say(`✓ sample people ${people === 'imported' ? 'imported into data/demo.db' : 'already in data/demo.db'}`);

  const crms = await startCrms(join(dataFolder, 'demo-sources.json'));
  running.unshift(crms);
  say('✓ five CRMs, invented, beside the directory');

  let onDeath = (): void => end(1);
  const server = createServerProcess({
    root,
    url: panelUrl,
    environment: { ...environment, ...crms.environment },
    onDeath: (how) => {
      say(`The server has ended by itself (${how}); what it said stands above.`);
      onDeath();
    },
  });
  running.unshift(server);
  const simulator = await startSimulator({ ...cloud, port: simulatorPort, onCrmConditions: crms.become });
  running.unshift(simulator);
  await server.start();
  if (isWatching) {
    const refresh = oneAtATime(async () => {
      await server.restart();
      simulator.publishBuild('panel');
    });
    // Only a server that had been ready dies in this sense, so one that cannot start is not started over and over.
    onDeath = refresh;
    onBuilt = (what) => (what === 'panel' ? refresh() : simulator.publishBuild(what));
    watch(join(root, 'server'), { recursive: true }, (_, file) => {
      if (file && !file.endsWith('.test.ts')) refresh();
    });
  }
  say(`
  The contact center   ${simulator.url}   ← open this one and play a story
  The panel's server   ${panelUrl}

  ${isWatching ? 'Changes are built and shown by themselves. ' : ''}Ctrl-C stops both.
`);
}

async function buildOnce(what: Built): Promise<void> {
  await build({ configFile: join(root, configOf[what]), logLevel: 'error' });
}

/** Resolves after the first build; calls `onRebuilt` after each later one. */
async function buildAndWatch(what: Built, onRebuilt: () => void): Promise<void> {
  const watcher = await build({
    configFile: join(root, configOf[what]),
    logLevel: 'error',
    // Old files stay: the server is still serving them while the new ones are written.
    build: { watch: {}, emptyOutDir: false },
  });
  if (!('on' in watcher)) throw new Error('Vite does not watch');
  await new Promise<void>((resolve) => {
    let isFirst = true;
    watcher.on('event', (event) => {
      if (event.code === 'ERROR') say(`✗ ${what}: ${event.error.message}`);
      if (event.code !== 'END') return;
      if (isFirst) resolve();
      else onRebuilt();
      isFirst = false;
    });
  });
}

/** Calls that come while one runs or shortly before it are answered by one more run. */
function oneAtATime(work: () => Promise<void>): () => void {
  const quiet = 150;
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(work).catch((error: unknown) => say(`✗ ${messageOf(error)}`));
    }, quiet);
  };
}

async function demandFreePort(wanted: number, setting: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const help = `port ${wanted} is taken; stop what uses it or choose another: ${setting}=4700 npm run demo`;
      reject(isTaken ? new Error(help) : error);
    });
    probe.listen(wanted, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

function readPort(setting: string): number | undefined {
  const value = process.env[setting]?.trim();
  if (!value) return undefined;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    process.stderr.write(`The demo cannot start: ${setting} must be a port number\n`);
    process.exit(1);
  }
  return Number(value);
}

/** Every name that `.env` sets, emptied: the server reads that file only for what its environment does not have. */
function blankedSettings(): Record<string, string> {
  const file = join(root, '.env');
  if (!existsSync(file)) return {};
  return Object.fromEntries(Object.keys(parseEnv(readFileSync(file, 'utf8'))).map((name) => [name, '']));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
