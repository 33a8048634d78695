import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatUrl } from '#contract/endpoint.ts';
import type { ErrorBody } from '#contract/errors.ts';
import type { SessionAnswer } from '#contract/session.ts';
import { type App, createApp } from './app.ts';
import { sealAppContext } from './auth/fake-app-context.ts';
import { signBody } from './intake/http/signature.ts';
import { zoomEvent } from './intake/normalize/fake-zoom-events.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';
import { openDatabase } from './platform/storage/database.ts';

const secret = 'a secret of the app';
const webhookSecret = 'the-secret-of-the-webhooks';
const lines: string[] = [];
const panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
let now = Date.now();
let app: App;
let port = 0;

beforeAll(async () => {
  mkdirSync(join(panelDirectory, 'assets'));
  for (const name of ['a.js', 'a.js.br']) writeFileSync(join(panelDirectory, 'assets', name), 'x');
  writeFileSync(join(panelDirectory, 'index.html'), '<meta name="deskside-frame-hosts" content="__FRAME_HOSTS__">');
  const config = loadConfig({
    PORT: '0',
    DRAIN_LINGER_MS: '100',
    DATABASE_URL: 'sqlite::memory:',
    ZOOM_CLIENT_ID: 'client-1',
    ZOOM_CLIENT_SECRET: secret,
    ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
    // Nothing listens there: no request leaves this machine.
    ZOOM_OAUTH_URL: 'http://127.0.0.1:1',
    PUBLIC_URL: 'https://deskside.acme.example',
    FRAME_ANCESTORS: "'self' https://*.zoom.us",
    LOG_LEVEL: 'debug',
  });
  if (config.kind === 'malformed') throw new Error(config.problems.join());
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  app = await createApp(config.value, { log, panelDirectory, clock: () => now });
  ({ port } = await app.start());
});

afterAll(() => app.stop());

type TestRequest = {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** The local address: all of 127/8 is this machine. */
  from?: string;
};
type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

function ask({ method = 'GET', path = '/', headers = {}, body, from = '127.0.0.1' }: TestRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: '127.0.0.1',
        localAddress: from,
        method,
        path,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const errorOf = (answer: Answer) => (JSON.parse(answer.text) as ErrorBody).error;

function sealContext(changes: Record<string, unknown> = {}, { key = secret, tagLength = 16 } = {}): string {
  const claims = { uid: 'user-1', aud: 'client-1', iss: 'marketplace.zoom.us', exp: now + 120_000, ...changes };
  return sealAppContext(claims, key, { tagLength }).toString('base64');
}

const signIn = (context: string, from = '127.0.0.1', headers: Record<string, string> = {}) =>
  ask({ method: 'POST', path: '/api/session', body: { context }, from, headers });

async function bearer(): Promise<Record<string, string>> {
  const { token } = JSON.parse((await signIn(sealContext())).text) as SessionAnswer;
  return { authorization: `Bearer ${token}` };
}

describe('sign-in', () => {
  test('genuine app context › gives an opaque 256-bit bearer for an hour, which opens the agent’s routes', async () => {
    const answer = await signIn(sealContext());
    const session = JSON.parse(answer.text) as SessionAnswer;
    expect(answer.status).toBe(200);
    expect(session.token).toMatch(/^[\w-]{43}$/);
    expect(session.expiresAt).toBe(now + 3_600_000);
    const view = await ask({
      method: 'POST',
      path: '/api/engagements/E-1/view',
      body: { facts: {} },
      headers: { authorization: `Bearer ${session.token}` },
    });
    expect(view.status).toBe(200);
  });

  test.each([
    ['forged', () => sealContext({}, { key: 'another' }), 'forged'],
    ['expired', () => sealContext({ exp: now - 1 }), 'expired'],
    ['of another app', () => sealContext({ aud: 'client-2' }), 'foreign-app'],
    ['with a 4-byte tag', () => sealContext({}, { tagLength: 4 }), 'malformed'],
    ['without expiry', () => sealContext({ exp: undefined }), 'no-expiry'],
  ])('app context that is %s › is refused and logged without personal data', async (_name, make, reason) => {
    lines.length = 0;
    const context = make();
    const answer = await signIn(context);
    expect(answer.status).toBe(401);
    expect(errorOf(answer)).toMatchObject({ code: 'app_context_refused', requestId: answer.headers['x-request-id'] });
    const line = lines.find((one) => one.includes('request refused')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ code: 'app_context_refused', reason, route: '/api/session' });
    expect(line).not.toContain('user-1');
    expect(line).not.toContain(context.slice(0, 20));
    expect(line).not.toContain('127.0.0.1');
  });

  test('the same app context twice › works from the same address and no other, whatever X-Forwarded-For is', async () => {
    const context = sealContext();
    expect((await signIn(context)).status).toBe(200);
    expect((await signIn(context)).status).toBe(200);
    const elsewhere = await signIn(context, '127.0.0.2', { 'x-forwarded-for': '127.0.0.1' });
    expect(errorOf(elsewhere).code).toBe('app_context_refused');
    const respelt = await signIn(context.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''), '127.0.0.2');
    expect(errorOf(respelt).code).toBe('app_context_refused');
    expect(lines.some((line) => line.includes('replayed-from-another-address'))).toBe(true);
  });

  test('user deleted in Zoom › ends the session and refuses every context, until Zoom creates the user again', async () => {
    const uid = 'user-deleted';
    const deliver = async (event: 'user_deleted' | 'user_created') => {
      const body = JSON.stringify(zoomEvent(event, { user_id: uid }));
      const timestamp = String(Math.floor(now / 1_000));
      const signature = signBody({ secret: webhookSecret, timestamp, body });
      const headers = { 'x-zm-signature': signature, 'x-zm-request-timestamp': timestamp };
      expect((await ask({ method: 'POST', path: '/zoom/webhooks', body, headers })).status).toBe(200);
    };
    const context = sealContext({ uid });
    const { token } = JSON.parse((await signIn(context)).text) as SessionAnswer;
    const headers = { authorization: `Bearer ${token}` };
    const look = async () =>
      (await ask({ method: 'POST', path: '/api/engagements/E-1/view', body: { facts: {} }, headers })).status;
    expect(await look()).not.toBe(401);
    await deliver('user_deleted');
    await expect.poll(look, { timeout: 60_000 }).toBe(401);
    for (const given of [context, sealContext({ uid })]) {
      const refused = await signIn(given);
      expect([refused.status, errorOf(refused).message]).toEqual([401, expect.stringContaining('Ask your Zoom admin')]);
    }
    now += 1_000;
    await deliver('user_created');
    await expect.poll(async () => (await signIn(sealContext({ uid }))).status, { timeout: 60_000 }).toBe(200);
  });

  test('sign-out › ends the session at once, and no other', async () => {
    const [ended, other] = [await bearer(), await bearer()];
    const end = (headers: Record<string, string>) => ask({ method: 'DELETE', path: '/api/session', headers });
    const view = (headers: Record<string, string>) =>
      ask({ method: 'POST', path: '/api/engagements/E-1/view', body: { facts: {} }, headers });
    expect([(await view(ended)).status, (await view(other)).status]).toEqual([200, 200]);
    expect((await end(ended)).status).toBe(200);
    expect([(await view(ended)).status, (await view(other)).status]).toEqual([401, 200]);
    expect([(await end(ended)).status, (await end({})).status]).toEqual([401, 401]);
  });

  test('an hour later › the session has ended', async () => {
    const headers = await bearer();
    const view = () => ask({ method: 'POST', path: '/api/engagements/E-1/view', body: { facts: {} }, headers });
    expect((await view()).status).toBe(200);
    now += 3_600_000;
    expect(errorOf(await view()).code).toBe('unauthenticated');
  });
});

describe('every answer', () => {
  const everywhere: TestRequest[] = [
    { path: '/' },
    { path: '/?accountId=none' },
    { path: '/healthz' },
    { path: '/readyz' },
    { path: '/nothing' },
    { path: '/assets/nothing.js' },
    { path: '/', headers: { host: 'evil.example' } },
    { path: '/api/session', method: 'POST', body: '{' },
    { path: '/api/session', method: 'POST', body: { context: 'x' } },
    { path: '/api/session', method: 'POST', body: { context: 'x'.repeat(300_000) } },
    { path: '/%', method: 'GET' },
    { path: '/assets' },
    { path: '/assets/%' },
  ];

  test.each(everywhere.map((asked) => [`${asked.method ?? 'GET'} ${asked.path}`, asked] as const))(
    '%s › carries the headers that Zoom’s clients demand',
    async (_name, asked) => {
      const { headers } = await ask(asked);
      expect(headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
      expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'self' https://*.zoom.us");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-frame-options']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  test('content security policy › allows only the host of the manifest’s allow list', async () => {
    const policy = String((await ask({})).headers['content-security-policy']);
    const sources = policy
      .split(';')
      .filter((directive) => !directive.startsWith('frame-ancestors'))
      .flatMap((directive) => directive.split(' ').slice(1));
    expect(new Set(sources)).toEqual(new Set(["'none'", "'self'", 'data:']));
    const { manifest } = JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8'));
    const { hostname } = new URL(manifest.features.development_home_uri);
    expect(manifest.features.domain_allow_list.map(({ domain }: { domain: string }) => domain)).toEqual([hostname]);
  });

  test('an error › has a code, a message and the request id, and no stack', async () => {
    for (const asked of everywhere) {
      const answer = await ask(asked);
      if (answer.status < 400) continue;
      expect(Object.keys(errorOf(answer)).toSorted()).toEqual(['code', 'message', 'requestId']);
      expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts\b/);
    }
  });
});

describe('route table', () => {
  test('routes without a session › are exactly these', () => {
    const lines = app.routes
      .map(({ endpoint, role }) => `${endpoint.method} ${endpoint.path} ${[role].flat().join()}`)
      .filter((line) => !line.endsWith(' agent'));
    expect(lines.toSorted()).toEqual([
      'POST /api/session public',
      'POST /flow/acceptedcall flow',
      'POST /flow/dispositionedcall flow',
      'POST /flow/events/:name flow',
      'POST /zoom/webhooks signature',
    ]);
  });

  test('every route but the public ones › called without a credential › does not answer', async () => {
    for (const { endpoint, role } of app.routes) {
      if (role === 'public') continue;
      const path = formatUrl(endpoint.path, { params: { engagementId: 'E-1', name: 'x' } });
      const answer = await ask({
        method: endpoint.method,
        path,
        ...(!['GET', 'DELETE'].includes(endpoint.method) && { body: {} }),
      });
      expect([endpoint.path, errorOf(answer).code]).toEqual([
        endpoint.path,
        // No flow token is configured here.
        role === 'flow' ? 'unavailable' : 'unauthenticated',
      ]);
    }
  });
});

test('asset › a range that cannot be satisfied › is answered as a readable error', async () => {
  const headers = { 'accept-encoding': 'br', range: 'bytes=99-' };
  const answer = await ask({ path: '/assets/a.js', headers });
  expect(answer.status).toBe(400);
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(errorOf(answer).code).toBe('invalid_request');
});

describe('server', () => {
  test('other host names › are refused', async () => {
    for (const host of ['evil.example', 'evil.example:4601', 'deskside.acme.example.evil.example', 'a b', '10.0.0.1']) {
      const answer = await ask({ headers: { host } });
      expect([400, 421]).toContain(answer.status);
    }
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      'deskside.acme.example',
      'DESKSIDE.acme.example:443',
    ]) {
      expect((await ask({ headers: { host } })).status).toBe(200);
    }
    expect((await ask({ path: '/healthz', headers: { host: '10.0.0.1' } })).status).toBe(200);
  });

  test('the page › contains the hosts that may frame it', async () => {
    expect((await ask({})).text).toContain(`content="'self' https://*.zoom.us"`);
  });

  test('engagement or customer without a session › is refused', async () => {
    for (const path of ['/api/engagements/E-1/view', '/api/engagements/E-1/link', '/api/customers/search']) {
      for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: `Bearer ${'A'.repeat(43)}` }]) {
        expect(errorOf(await ask({ method: 'POST', path, body: {}, headers })).code).toBe('unauthenticated');
      }
      const inQuery = await ask({ method: 'POST', path: `${path}?access_token=${'A'.repeat(43)}`, body: {} });
      expect(errorOf(inQuery).code).toBe('unauthenticated');
    }
  });

  test('GET of a route that changes something › is not found', async () => {
    const headers = await bearer();
    expect((await ask({ path: '/api/engagements/E-1/link', headers })).status).toBe(404);
  });

  test('malformed body › the answer names the field and not the value', async () => {
    const headers = await bearer();
    const answer = await ask({
      method: 'POST',
      path: '/api/engagements/E-1/view',
      body: { facts: { startTime: 'personal text' } },
      headers,
    });
    expect(errorOf(answer).code).toBe('invalid_request');
    expect(errorOf(answer).message).toContain('facts.startTime');
    expect(answer.text).not.toContain('personal text');
  });

  test('JSON of another type or past the limit › is refused', async () => {
    const headers = await bearer();
    const path = '/api/engagements/E-1/view';
    const asText = await ask({
      method: 'POST',
      path,
      body: '{"facts":{}}',
      headers: { ...headers, 'content-type': 'text/plain' },
    });
    expect(errorOf(asText).code).toBe('invalid_request');
    const large = await ask({ method: 'POST', path, body: { facts: { queueName: 'x'.repeat(300_000) } }, headers });
    expect(large.status).toBe(413);
  });

  test('engagement id with characters that are unsafe in a path or a log › is refused', async () => {
    const headers = await bearer();
    for (const id of ['%2e%2e%2f', 'a%0ab', '%3Cscript%3E', 'x'.repeat(129)]) {
      const answer = await ask({ method: 'POST', path: `/api/engagements/${id}/view`, body: { facts: {} }, headers });
      expect(errorOf(answer).code).toBe('invalid_request');
    }
  });

  test('any request › leaves nothing personal in the log', async () => {
    lines.length = 0;
    const headers = await bearer();
    const canaries = [
      '+14155550142',
      'canary@person.example',
      'Canary Person',
      'E-canary',
      headers.authorization ?? '',
    ];
    const facts = {
      consumers: [{ number: canaries[0], email: canaries[1], displayName: canaries[2] }],
      channel: 'voice',
    };
    await ask({ method: 'POST', path: '/api/engagements/E-canary/view', body: { facts }, headers });
    await ask({ method: 'POST', path: '/api/engagements/E-canary/link', body: { customerId: canaries[2] }, headers });
    await ask({ method: 'POST', path: '/api/customers/search', body: { query: canaries[1] }, headers });
    await ask({ method: 'POST', path: '/api/customers/search', body: { query: [canaries[1]] }, headers });
    await ask({ path: `/${canaries[1]}`, headers });
    expect(lines.length).toBeGreaterThan(0);
    for (const canary of canaries) expect(lines.join('')).not.toContain(canary);
  });
});

test('change quota › one agent with one new number after another › is limited and counted', async () => {
  const { token } = JSON.parse((await signIn(sealContext({ uid: 'collector' }))).text) as SessionAnswer;
  const view = (at: number) => {
    const consumers = Array.from({ length: 10 }, (_, place) => ({ number: `+1415555${1_000 + at * 10 + place}` }));
    return ask({
      method: 'POST',
      path: `/api/engagements/E-collect-${at}/view`,
      headers: { authorization: `Bearer ${token}` },
      body: { facts: { channel: 'voice', consumers } },
    });
  };
  for (let index = 0; index < 30; index++) expect((await view(index)).status).toBe(200);
  const stopped = await view(30);
  expect(stopped.status).toBe(429);
  expect(errorOf(stopped).message).toMatch(/Wait a minute/);
  const metrics = await ask({ path: '/metrics' });
  const route = '/api/engagements/:engagementId/view';
  expect(metrics.text).toContain(`deskside_refused_requests_total{route="${route}",code="rate_limited"} 1`);
  expect(metrics.text).not.toMatch(/E-collect|collector|1415555/);
});

test('server that stops › readyz answers 503 while other requests are still served', async () => {
  const panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
  writeFileSync(join(panelDirectory, 'index.html'), '<!doctype html>');
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: 'sqlite::memory:',
    DRAIN_LINGER_MS: '1000',
    ZOOM_CLIENT_ID: 'client-1',
    ZOOM_CLIENT_SECRET: secret,
  });
  if (config.kind === 'malformed') throw new Error(config.problems.join());
  const stopping = await createApp(config.value, { log: createLog('silent'), panelDirectory });
  const origin = `http://127.0.0.1:${(await stopping.start()).port}`;
  const statusOf = async (path: string) => (await fetch(origin + path)).status;
  expect(await statusOf('/readyz')).toBe(200);
  const stopped = stopping.stop();
  expect([await statusOf('/readyz'), await statusOf('/healthz'), await statusOf('/')]).toEqual([503, 200, 200]);
  await stopped;
  await expect(statusOf('/healthz')).rejects.toThrow();
});

test('server › starts with a directory of a former version › rebuilds its index', async () => {
  const url = `sqlite:${join(mkdtempSync(join(tmpdir(), 'deskside-former-')), 'former.db')}`;
  const database = await openDatabase(url);
  const texts = { fields: '{}', cases: '[]', interactions: '[]' };
  const phone = { customer_id: 'C', kind: 'phone', position: 0, raw: '84912345671.0', value: '+84912345670' } as const;
  await database.db
    .insertInto('customers')
    .values({ id: 'C', name: 'Ann', updated_at: 1, ...texts })
    .execute();
  await database.db.insertInto('customer_identifiers').values(phone).execute();
  await database.db.insertInto('directory_settings').values({ id: 'directory', default_country: 'VN' }).execute();
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: url,
    ZOOM_CLIENT_ID: 'client-1',
    ZOOM_CLIENT_SECRET: secret,
    ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
    DRAIN_LINGER_MS: '0',
  });
  if (config.kind === 'malformed') throw new Error(config.problems.join());
  const started = await createApp(config.value, { log: createLog('fatal'), panelDirectory });
  await started.start();
  const readValue = () => database.db.selectFrom('customer_identifiers').select('value').executeTakeFirst();
  await vi.waitFor(async () => expect(await readValue()).toEqual({ value: '+84912345671' }), 10_000);
  await started.stop();
  await database.close();
});
