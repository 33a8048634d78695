import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CloudSettings } from './simulator/cloud/cloud.ts';
import { describeCloud } from './simulator/cloud/deskside-settings.ts';
import { createServerProcess } from './simulator/server-process.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** With what the Marketplace would have given the app, for hosts that mint app contexts and clouds that send events. */
export type Deskside = CloudSettings & {
  url: string;
  /** Ends the server and keeps its database, until `resume`. */
  interrupt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
};

/** The built panel and the built server, on a port and a database of its own. */
export async function startDeskside(of: {
  frameAncestors: string;
  customers: string;
  /** In which the file's national numbers are read. */
  country?: string;
  /** Where the simulated cloud is, or will be. Without it the server knows of no cloud. */
  simulatorPort?: number;
  /** More settings, such as those of sources. */
  settings?: Record<string, string>;
}): Promise<Deskside> {
  const folder = await mkdtemp(join(tmpdir(), 'deskside-e2e-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const cloud: CloudSettings = {
    panelUrl: url,
    clientId: 'e2e-client',
    clientSecret: 'e2e-client-secret-of-nobody',
    accountId: 'demo-account',
    webhookSecretToken: 'e2e-webhook-secret-of-nobody',
    flowToken: 'the-e2e-flow-token-of-nobody',
    webSocketSubscriptionId: 'e2e-subscription',
  };
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: url,
    DATABASE_URL: `sqlite:${join(folder, 'deskside.db')}`,
    ZOOM_CLIENT_ID: cloud.clientId,
    ZOOM_CLIENT_SECRET: cloud.clientSecret,
    ...(of.simulatorPort !== undefined && describeCloud(cloud, of.simulatorPort)),
    FRAME_ANCESTORS: of.frameAncestors,
    LOG_LEVEL: 'error',
    DRAIN_LINGER_MS: '100',
    ...of.settings,
  };
  const command = ['dist/server/commands/customers.js', 'import', of.customers];
  await run(process.execPath, [...command, '--country', of.country ?? 'US'], { cwd: root, env: environment });
  const server = createServerProcess({
    root,
    url,
    environment,
    command: ['dist/server/main.js'],
    onDeath: (code) => process.stderr.write(`the server under test ended by itself (${code})\n`),
  });
  await server.start();
  return {
    url,
    ...cloud,
    interrupt: server.stop,
    resume: server.start,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
