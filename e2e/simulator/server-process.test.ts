import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** In the repository, because tsx is looked for from there. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/deskside/', import.meta.url));

const server = `
  import { createServer } from 'node:http';
  createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1');
`;

const starter = `
  import { createServerProcess } from ${JSON.stringify(new URL('./server-process.ts', import.meta.url).href)};
  const url = 'http://127.0.0.1:' + process.env.PORT;
  await createServerProcess({ root: import.meta.dirname, url, environment: process.env, onDeath() {} }).start();
  process.stdout.write('ready');
  setInterval(() => {}, 1_000);
`;

let root: string;
let port: number;
let starting: ChildProcess;

beforeEach(async () => {
  mkdirSync(cache, { recursive: true });
  root = mkdtempSync(join(cache, 'server-process-'));
  mkdirSync(join(root, 'server'));
  writeFileSync(join(root, 'server/main.ts'), server);
  writeFileSync(join(root, 'starter.mts'), starter);
  port = await findFreePort();
  starting = spawn(process.execPath, ['--import', 'tsx', 'starter.mts'], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
});

afterEach(() => {
  starting.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

test.each(['SIGKILL', 'SIGHUP'] as const)('server process › its parent ends by %s › ends', async (signal) => {
  if (starting.stdout) await once(starting.stdout, 'data');
  expect(await isServing()).toBe(true);
  starting.kill(signal);
  await vi.waitFor(async () => expect(await isServing()).toBe(false), { timeout: 60_000, interval: 100 });
});

function isServing(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

function findFreePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const free = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(free));
    });
  });
}
