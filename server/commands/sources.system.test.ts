import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import type { FakeCrm } from '../connectors/conformance/fake-crm-server.ts';
import { startFakeHubspot } from '../connectors/hubspot/fake.ts';
import { startFakeZendesk } from '../connectors/zendesk/fake.ts';

const folder = mkdtempSync(join(tmpdir(), 'deskside-sources-'));
const file = join(folder, 'sources.json');
const built = await buildServer();
let fakes: Record<'zendesk' | 'hubspot', FakeCrm>;
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  fakes = { zendesk: await startFakeZendesk(), hubspot: await startFakeHubspot() };
  const sources = Object.entries(fakes).map(([name, { settings, secrets }]) => ({
    id: name,
    connector: name,
    label: `Our ${name}`,
    settings,
    secrets: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, { env: `${name}_${secret}` }])),
  }));
  writeFileSync(file, JSON.stringify({ sources }));
  environment = {
    PATH: process.env.PATH,
    SOURCES_FILE: file,
    ALLOW_PRIVATE_SOURCES: '1',
    DATABASE_URL: 'sqlite::memory:',
    ZOOM_CLIENT_ID: 'client-1',
    ZOOM_CLIENT_SECRET: 'secret-1',
    ...Object.fromEntries(
      Object.entries(fakes).flatMap(([name, { secrets }]) =>
        Object.entries(secrets).map(([secret, value]) => [`${name}_${secret}`, value]),
      ),
    ),
  };
});

afterAll(async () => {
  await Promise.all(Object.values(fakes).map((fake) => fake.stop()));
  rmSync(folder, { recursive: true });
  built.remove();
});

async function run(args: string[], changes: Record<string, string> = {}) {
  const words = [built.command('sources'), ...args];
  const env = { ...environment, ...changes } as NodeJS.ProcessEnv;
  return promisify(execFile)(process.execPath, words, { env }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
}

describe('npm run sources -- check', () => {
  test('every source is up › reports each as up', async () => {
    const { code, stdout } = await run(['check']);
    expect(stdout).toContain('✓ zendesk (Our zendesk)');
    expect(stdout).toContain('✓ hubspot (Our hubspot)');
    expect(code).toBe(0);
  });

  test('no sources file › reports what the built-in directory lacks', async () => {
    const { code, stdout } = await run(['check'], { SOURCES_FILE: '' });
    expect(stdout).toContain('✗ directory (Directory)');
    expect(stdout).toContain('run npm run customers -- import FILE');
    expect(code).toBe(1);
  });

  test('one source rejects its credentials, another is down › names each, shows no secret', async () => {
    fakes.hubspot.behave('refusing');
    fakes.zendesk.behave('down');
    const { code, stdout } = await run(['check']);
    for (const fake of Object.values(fakes)) fake.behave('up');
    expect(stdout).toContain('✗ hubspot (Our hubspot): it does not take the credentials.');
    expect(stdout).toContain('✗ zendesk (Our zendesk): it did not answer');
    for (const secret of Object.values(fakes.hubspot.secrets)) expect(stdout).not.toContain(secret);
    expect(code).toBe(1);
  });

  test('malformed settings or wrong usage › prints the reason', async () => {
    const malformed = await run(['check'], { SOURCES_FILE: join(folder, 'none.json') });
    expect(malformed).toMatchObject({ code: 1, stderr: expect.stringContaining('SOURCES_FILE') });
    const misused = await run([]);
    expect(misused).toMatchObject({ code: 2, stderr: expect.stringContaining('Say what to do: check.') });
  });
});
