import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from './app.ts';
import { sealAppContext } from './auth/fake-app-context.ts';
import type { FakeCrm, FakeMode } from './connectors/conformance/fake-crm-server.ts';
import { startFakeDynamics } from './connectors/dynamics/fake.ts';
import { startFakeHubspot } from './connectors/hubspot/fake.ts';
import { startFakeSalesforce } from './connectors/salesforce/fake.ts';
import { startFakeServicenow } from './connectors/servicenow/fake.ts';
import { startFakeZendesk } from './connectors/zendesk/fake.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';

const starts = {
  salesforce: startFakeSalesforce,
  zendesk: startFakeZendesk,
  servicenow: startFakeServicenow,
  hubspot: startFakeHubspot,
  dynamics: startFakeDynamics,
};
const person = { name: 'Canary Person', phones: ['+1 415 555 0147'], emails: ['canary@person.example'] };
const folder = mkdtempSync(join(tmpdir(), 'deskside-canaries-'));
const lines: string[] = [];
let fakes: [string, FakeCrm][] = [];
let now = Date.now();
let app: App;
let origin = '';
let authorization = '';

beforeAll(async () => {
  fakes = await Promise.all(
    Object.entries(starts).map(async ([name, start]): Promise<[string, FakeCrm]> => [name, await start()]),
  );
  for (const [, fake] of fakes) fake.put(person);
  const secretName = (name: string, secret: string) => `${name}_${secret}`.toUpperCase();
  const sources = fakes.map(([name, { settings, secrets }]) => ({
    id: name,
    connector: name,
    label: `The ${name}`,
    settings,
    secrets: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, { env: secretName(name, secret) }])),
  }));
  writeFileSync(join(folder, 'index.html'), '<meta name="deskside-frame-hosts" content="__FRAME_HOSTS__">');
  writeFileSync(join(folder, 'sources.json'), JSON.stringify({ sources }));
  const config = loadConfig({
    PORT: '0',
    DRAIN_LINGER_MS: '0',
    DATABASE_URL: 'sqlite::memory:',
    LOG_LEVEL: 'trace',
    ALLOW_PRIVATE_SOURCES: '1',
    ZOOM_CLIENT_ID: 'client-1',
    ZOOM_CLIENT_SECRET: 'a secret of the app',
    SOURCES_FILE: join(folder, 'sources.json'),
    ...Object.fromEntries(
      fakes.flatMap(([name, { secrets }]) =>
        Object.entries(secrets).map(([secret, value]) => [secretName(name, secret), value]),
      ),
    ),
  });
  if (config.kind === 'malformed') throw new Error(config.problems.join());
  const log = createLog('trace', { write: (line: string) => void lines.push(line) });
  app = await createApp(config.value, { log, clock: () => now, panelDirectory: folder });
  origin = `http://127.0.0.1:${(await app.start()).port}`;
  const claims = { uid: 'user-1', aud: 'client-1', iss: 'marketplace.zoom.us', exp: Date.now() + 120_000 };
  const context = sealAppContext(claims, 'a secret of the app', { tagLength: 16 }).toString('base64');
  const session = JSON.parse(await post('/api/session', { context })) as { token: string };
  authorization = `Bearer ${session.token}`;
});

afterAll(async () => {
  await app.stop();
  await Promise.all(fakes.map(([, fake]) => fake.stop()));
  rmSync(folder, { recursive: true });
});

async function post(path: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(authorization !== '' && { authorization }) };
  return (await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}

const call = { channel: 'voice', consumers: [{ number: '+14155550147' }] };
/** Those that make a connection rest come last. */
const modes: FakeMode[] = ['up', 'forbidding', 'rubbish', 'html', 'limiting', 'refusing', 'failing', 'down'];

test('source canaries › every failure mode › no secret, token or customer leaks into log, metrics or other answers', async () => {
  const answers: string[] = [];
  for (const [index, mode] of modes.entries()) {
    for (const [, fake] of fakes) fake.behave(mode);
    // Caches and pauses of the mode before have expired.
    now += 120_000;
    await post(`/api/engagements/E-${index}/view`, { facts: call });
    answers.push(await post(`/api/engagements/E-${index}/refresh`, {}));
    await post('/api/customers/search', { query: person.emails[0] });
  }
  expect(answers[0]).toContain(person.name);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  const log = lines.join('');
  for (const reason of ['unavailable', 'unauthenticated', 'forbidden', 'rate-limited', 'invalid'])
    expect(log).toContain(reason);
  expect(metrics).toMatch(/deskside_source_failures_total\{[^}]*\} [1-9]/);

  // Every secret, and every bearer, cookie or key that a fake was sent.
  const sent = fakes.flatMap(([, { requests }]) => requests.flatMap(({ headers }) => headers.authorization ?? []));
  const secrets = [
    ...fakes.flatMap(([, fake]) => Object.values(fake.secrets)),
    ...sent.map((value) => String(value).split(' ').at(-1) ?? ''),
  ].filter((secret) => secret.length > 7);
  expect(new Set(secrets).size).toBeGreaterThan(8);
  const persons = [person.name, ...person.emails, '4155550147', '415 555 0147'];
  const found = (text: string, canaries: string[]) => canaries.filter((canary) => text.includes(canary));
  expect(found(`${log}${metrics}`, [...secrets, ...persons])).toEqual([]);
  expect(found(answers.join(''), secrets)).toEqual([]);
});

test('refresh › pressed a hundred times › each CRM gets fewer than 60 requests', async () => {
  for (const [, fake] of fakes) fake.behave('up');
  const before = fakes.map(([, { requests }]) => requests.length);
  await Promise.all(Array.from({ length: 100 }, () => post('/api/engagements/E-0/refresh', {})));
  for (const [index, [, { requests }]] of fakes.entries())
    expect(requests.length - (before[index] ?? 0)).toBeLessThan(60);
});
