import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { createHttpClient, type HttpClient, type HttpOutcome } from '../../platform/http-client.ts';
import { type FakeReply, type FakeRequest, type FakeServer, startFakeServer } from '../conformance/fake-crm-server.ts';
import type { Failure } from '../port/outcome.ts';
import { createConnectionTokens } from './connection-tokens.ts';
import { createCrmHttp } from './create-crm-http.ts';
import { type Authorization, type CrmRequest, maxSchemaBytes, ofKind } from './crm-http.ts';

let server: FakeServer;
let token: string;
let issued = 0;
let grant: Record<string, unknown>;
let handle: (request: FakeRequest) => FakeReply | undefined;
let failures: Failure[];
let now: number;

beforeEach(async () => {
  issued = 0;
  token = '';
  grant = {};
  failures = [];
  now = Date.UTC(2026, 10, 25, 9);
  handle = () => ({ status: 200, json: { name: 'Ann' } });
  server = await startFakeServer({
    handle(request) {
      if (request.path === '/token') {
        issued += 1;
        token = `token-${issued}`;
        return { status: 200, json: { access_token: token, expires_in: 3_600, ...grant } };
      }
      const isKnown = request.headers.authorization === `Bearer ${token}`;
      return isKnown ? handle(request) : { status: 401, json: { error: 'who are you' } };
    },
    isTokenRequest: ({ path }) => path === '/token',
    isWrite: ({ method }) => method !== 'GET',
    onTokensExpired: () => {
      token = '';
    },
    problem: (status) => ({ status, json: { error: status } }),
  });
});

afterEach(() => server.stop());

type Overrides = Partial<Parameters<typeof createCrmHttp>[0]>;

function connect(overrides: Overrides = {}) {
  // A question of an earlier test may still end.
  const reported = failures;
  const authorization: Authorization = {
    kind: 'token',
    request: () => ({ url: `${server.url}/token`, form: { grant_type: 'client_credentials' }, baseUrlFrom: 'base' }),
  };
  return createCrmHttp({
    connection: 'crm',
    definition: { limits: { default: { perSecond: 1_000, burst: 100 }, search: { perSecond: 1_000, burst: 100 } } },
    baseUrl: server.url,
    authorization,
    http: createHttpClient(),
    tokens: createConnectionTokens({ clock: () => now }),
    clock: () => now,
    isBaseAllowed: (url) => url === server.url,
    reportFailure: (failure) => reported.push(failure),
    ...overrides,
  });
}

const person = z.object({ name: z.string() });
const sendRequest = (crm = connect(), request: Partial<CrmRequest> = {}) =>
  crm.request({ path: '/people', ...request }, person);
const sent = () => server.requests.filter(({ target }) => !target.startsWith('/token'));

describe('CRM request', () => {
  test('query, headers, token and body › are sent', async () => {
    const request = {
      method: 'POST' as const,
      path: '/people',
      json: { a: 'ü' },
      query: { q: "o'b & +1 %^", n: 3, absent: undefined },
      headers: { 'x-own': '1', authorization: 'mine' },
    };
    expect(await sendRequest(connect(), request)).toEqual({ kind: 'found', value: { name: 'Ann' } });
    const [only] = sent();
    expect(only).toMatchObject({
      method: 'POST',
      target: '/people?q=o%27b%20%26%20%2B1%20%25%5E&n=3',
      body: '{"a":"ü"}',
    });
    expect(only?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-own': '1',
      authorization: 'Bearer token-1',
    });
  });

  test('any path › never another host', async () => {
    const crm = connect({ baseUrl: 'http://crm.invalid', authorization: { kind: 'none' }, http: answerUrl() });
    const urlOf = async (path: string) => {
      const answer = await crm.request({ path }, z.object({ url: z.string() }));
      return answer.kind === 'found' ? new URL(answer.value.url).host : answer.kind;
    };
    expect(await urlOf('@evil.example/')).toBe('crm.invalid');
    expect(await urlOf('//evil.example/')).toBe('crm.invalid');
    expect(await urlOf('.evil.example/')).toBe('crm.invalid');
  });

  test('headers requested › reach the schema beside the body', async () => {
    handle = () => ({ status: 200, headers: { 'x-total-count': '7' }, json: { name: 'Ann' } });
    const answer = await connect().request(
      { path: '/people', withHeaders: ['x-total-count', 'link'] },
      z.object({ headers: z.record(z.string(), z.string().optional()), body: person }),
    );
    expect(answer).toEqual({
      kind: 'found',
      value: { headers: { 'x-total-count': '7', link: undefined }, body: { name: 'Ann' } },
    });
  });

  test('reason of readProblem › is kept, whatever the status', async () => {
    const readProblem = () => ({ kind: 'unavailable', reason: 'too-broad' }) as const;
    const definition = { limits: { default: { perSecond: 9, burst: 9 } }, readProblem };
    handle = () => ({ status: 429, headers: { 'retry-after': '60' }, json: {} });
    const crm = connect({ definition });
    expect(await sendRequest(crm)).toEqual({ kind: 'unavailable', reason: 'too-broad' });
    expect(await sendRequest(crm)).toEqual({ kind: 'unavailable', reason: 'too-broad' });
    expect(sent()).toHaveLength(2);
  });

  test('lone surrogate in the query › is sent', async () => {
    expect(await sendRequest(connect(), { query: { q: '\ud800' } })).toMatchObject({ kind: 'found' });
  });
});

function answerUrl() {
  return {
    send: async ({ url }: { url: URL | string }) =>
      ({ kind: 'ok', status: 200, headers: new Headers(), json: { url: String(url) } }) as const,
  };
}

describe('CRM answer', () => {
  test.each<[number, Failure]>([
    [401, { kind: 'unauthenticated' }],
    [403, { kind: 'forbidden' }],
    [404, { kind: 'invalid', reason: 'http-404' }],
    [400, { kind: 'invalid', reason: 'http-400' }],
    [302, { kind: 'invalid', reason: 'http-302' }],
    [500, { kind: 'unavailable', reason: 'http-500' }],
    [503, { kind: 'unavailable', reason: 'http-503' }],
  ])('status %i › is a failure', async (status, failure) => {
    handle = () => ({ status, json: { error: 'no' } });
    expect(await sendRequest()).toEqual(failure);
    expect(failures).toEqual([failure]);
  });

  test('expected status › not found', async () => {
    handle = () => ({ status: 404 });
    expect(await sendRequest(connect(), { notFoundStatuses: [404] })).toEqual({ kind: 'not-found' });
    expect(failures).toEqual([]);
  });

  test('vendor’s error, also with status 200 › decides', async () => {
    const readProblem = ({ json }: { json: unknown }) =>
      (json as { error?: string }).error === 'limit' ? ('rate-limited' as const) : undefined;
    const definition = { limits: { default: { perSecond: 9, burst: 9 } }, readProblem };
    handle = () => ({ status: 200, json: { error: 'limit' } });
    expect(await sendRequest(connect({ definition }))).toEqual({ kind: 'rate-limited', retryAt: now + 10_000 });
    handle = () => ({ status: 404, json: { error: 'limit' } });
    expect(await sendRequest(connect({ definition }), { notFoundStatuses: [404] })).toMatchObject({
      kind: 'rate-limited',
    });
  });

  test.each([
    ['html', 'not-json'],
    ['rubbish', 'shape'],
    ['endless', 'too-large'],
    ['redirecting', 'http-302'],
  ] as const)('%s answer › is invalid', async (mode, reason) => {
    const crm = connect({ authorization: { kind: 'fixed', header: 'Basic x' } });
    server.behave(mode);
    expect(await sendRequest(crm)).toEqual({ kind: 'invalid', reason });
  });

  test.each(['[', '{"name":'])('100,000 nested %s › is invalid, also with readProblem', async (opens) => {
    const readProblem = ({ json }: { json: unknown }) => (JSON.stringify(json) === '' ? 'unauthenticated' : undefined);
    const definition = { limits: { default: { perSecond: 9, burst: 9 } }, readProblem };
    const text = `${opens.repeat(100_000)}0${(opens === '[' ? ']' : '}').repeat(100_000)}`;
    handle = () => ({ status: 200, text, headers: { 'content-type': 'application/json' } });
    expect(await connect({ definition }).request({ path: '/' }, z.unknown())).toEqual({
      kind: 'invalid',
      reason: 'too-deep',
    });
  });

  test.each(['text/html', 'application/octet-stream', 'text/plain; charset=utf-16', ''])(
    'JSON with content type “%s” › is found',
    async (type) => {
      handle = () => ({ status: 200, text: '{"name":"Ann"}', headers: { 'content-type': type } });
      expect(await sendRequest()).toEqual({ kind: 'found', value: { name: 'Ann' } });
    },
  );

  test('answer larger than usual › is found if the request allows it', async () => {
    handle = () => ({ status: 200, json: { name: 'x'.repeat(1_500_000) } });
    expect(await sendRequest()).toEqual({ kind: 'invalid', reason: 'too-large' });
    expect(await sendRequest(connect(), { maxBytes: maxSchemaBytes })).toMatchObject({ kind: 'found' });
  });

  test('inherited property name as a key › pollutes nothing', async () => {
    handle = () => ({ status: 200, text: '{"__proto__":{"admin":true},"name":"Ann","constructor":{"prototype":1}}' });
    const answer = await sendRequest();
    expect(answer).toEqual({ kind: 'found', value: { name: 'Ann' } });
    expect(answer).not.toHaveProperty('value.admin');
    expect({}).not.toHaveProperty('admin');
  });

  test('no body, allowed by the schema › is found', async () => {
    handle = () => ({ status: 204 });
    expect(await connect().request({ path: '/' }, z.undefined())).toEqual({ kind: 'found', value: undefined });
  });

  test('blocked address › is invalid', async () => {
    const http = createHttpClient({ guard: { hosts: ['crm.example'], allowPrivate: false } });
    expect(await sendRequest(connect({ http, authorization: { kind: 'none' } }))).toMatchObject({ kind: 'invalid' });
    expect(await sendRequest(connect({ http }))).toMatchObject({ kind: 'invalid' });
    expect(server.requests).toEqual([]);
  });
});

describe('CRM tokens', () => {
  test('token rejected › is renewed and the request repeated once', async () => {
    const crm = connect();
    await sendRequest(crm);
    server.behave('tokens-expired');
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    expect(issued).toBe(2);
    expect(sent()).toHaveLength(3);
  });

  test('new token rejected too › unauthenticated', async () => {
    handle = () => ({ status: 401 });
    expect(await sendRequest()).toEqual({ kind: 'unauthenticated' });
    expect(issued).toBe(2);
    expect(sent()).toHaveLength(2);
  });

  test('twenty rejected at once › one new token', async () => {
    const crm = connect();
    await sendRequest(crm);
    server.behave('tokens-expired');
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => sendRequest(crm)));
    expect(outcomes.every(({ kind }) => kind === 'found')).toBe(true);
    expect(issued).toBe(2);
  });

  test('fixed header rejected › unauthenticated without a retry', async () => {
    expect(await sendRequest(connect({ authorization: { kind: 'fixed', header: 'Bearer old' } }))).toEqual({
      kind: 'unauthenticated',
    });
    expect(sent()).toHaveLength(1);
  });

  test('base URL in the token’s answer › used if allowed', async () => {
    grant = { base: `${server.url}/` };
    expect(await sendRequest(connect({ baseUrl: 'http://127.0.0.1:1' }))).toMatchObject({ kind: 'found' });
    grant = { base: 'http://evil.example' };
    expect(await sendRequest(connect())).toEqual({ kind: 'invalid', reason: 'base-not-allowed' });
  });
});

describe('CRM rate limits', () => {
  const definition = { limits: { default: { perSecond: 1_000, burst: 100 }, search: { perSecond: 1, burst: 1 } } };

  test('429 › nothing is sent under that limit before its time', async () => {
    const crm = connect();
    await sendRequest(crm);
    handle = () => ({ status: 429, headers: { 'retry-after': '30' } });
    expect(await sendRequest(crm, { limit: 'search' })).toEqual({ kind: 'rate-limited', retryAt: now + 30_000 });
    handle = () => ({ status: 200, json: { name: 'Ann' } });
    const before = sent().length;
    now += 29_999;
    expect(await sendRequest(crm, { limit: 'search' })).toEqual({ kind: 'rate-limited', retryAt: now + 1 });
    expect(sent()).toHaveLength(before);
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    now += 1;
    expect(await sendRequest(crm, { limit: 'search' })).toMatchObject({ kind: 'found' });
  });

  test('429 without a limit of its own › pauses its kind alone', async () => {
    const crm = connect();
    handle = () => ({ status: 429, headers: { 'retry-after': '30' } });
    expect(await sendRequest(crm, { method: 'POST' })).toMatchObject({ kind: 'rate-limited' });
    handle = () => ({ status: 200, json: { name: 'Ann' } });
    const before = sent().length;
    expect(await sendRequest(crm, { method: 'PATCH' })).toMatchObject({ kind: 'rate-limited' });
    expect(sent()).toHaveLength(before);
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    expect(await sendRequest(crm, { kind: 'lookup', method: 'POST' })).toMatchObject({ kind: 'found' });
  });

  test('429 of an optional request › look-ups of the same limit go on', async () => {
    const crm = connect();
    handle = () => ({ status: 429, headers: { 'retry-after': '30' } });
    const optional = { kind: 'optional', limit: 'search', isOptional: true } as const;
    expect(await sendRequest(crm, optional)).toMatchObject({ kind: 'rate-limited' });
    handle = () => ({ status: 200, json: { name: 'Ann' } });
    const before = sent().length;
    expect(await sendRequest(crm, optional)).toMatchObject({ kind: 'rate-limited' });
    expect(sent()).toHaveLength(before);
    expect(await sendRequest(crm, { kind: 'lookup', limit: 'search' })).toMatchObject({ kind: 'found' });
  });

  test('turn within two seconds › waits, a later one is rate-limited', async () => {
    const crm = connect({ definition });
    const startedAt = performance.now();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => sendRequest(crm, { limit: 'search' })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['found', 'found', 'found', 'rate-limited']);
    expect(outcomes.at(-1)).toEqual({ kind: 'rate-limited', retryAt: now + 3_000 });
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
  });

  test('optional request without room › is not sent and no failure', async () => {
    const failures: unknown[] = [];
    const crm = connect({ definition, reportFailure: (failure: unknown) => failures.push(failure) });
    expect(await sendRequest(crm, { limit: 'search', isOptional: true })).toMatchObject({ kind: 'rate-limited' });
    expect(sent()).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('429 during a wait › the waiting request is not sent', async () => {
    const crm = connect({ definition });
    handle = () => ({ status: 429, headers: { 'retry-after': '60' } });
    const outcomes = await Promise.all([1, 2].map(() => sendRequest(crm, { limit: 'search' })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rate-limited', 'rate-limited']);
    expect(sent()).toHaveLength(1);
  });
});

describe('CRM connection', () => {
  test('broken connection › GET is retried once, a write is not', async () => {
    const codes: string[] = [];
    const http = {
      async send({ method }: { method?: string }) {
        codes.push(method ?? '');
        return codes.length % 2 === 1
          ? ({ kind: 'unreachable', code: 'ECONNRESET' } as const)
          : ({ kind: 'ok', status: 200, headers: new Headers(), json: { name: 'Ann' } } as const);
      },
    };
    const crm = connect({ http, authorization: { kind: 'none' } });
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    expect(await sendRequest(crm, { method: 'POST' })).toEqual({ kind: 'unavailable', reason: 'ECONNRESET' });
    expect(codes).toEqual(['GET', 'GET', 'POST']);
  });

  test('keep-alive connection closed by the server › request succeeds', async () => {
    const ports: number[] = [];
    const closing = createServer((request, response) => {
      const { socket } = request;
      ports.push(socket.remotePort ?? 0);
      const isReused = ports.filter((port) => port === socket.remotePort).length > 1;
      if (isReused) return void socket.destroy();
      response.setHeader('content-type', 'application/json').end('{"name":"Ann"}');
    });
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(closing.address() as AddressInfo).port}`;
    const crm = connect({ baseUrl, authorization: { kind: 'none' } });
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    // The client has to see the end of the answer before it keeps the connection.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    expect(ports).toHaveLength(3);
    closing.closeAllConnections();
    closing.close();
  });

  test('no answer by the deadline › unavailable', async () => {
    const crm = connect({ authorization: { kind: 'none' } });
    server.behave('hanging');
    expect(await sendRequest(crm, { deadlineMs: 50 })).toEqual({ kind: 'unavailable', reason: 'timeout' });
  });

  test('token endpoint hangs › unavailable at the deadline', async () => {
    server.behave('hanging');
    expect(await sendRequest(connect(), { deadlineMs: 50 })).toEqual({ kind: 'unavailable', reason: 'timeout' });
  });
});

describe('CRM circuit breaker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('five failures in a row › open, one probe in ten seconds', async () => {
    const crm = connect();
    await sendRequest(crm);
    server.behave('failing');
    for (let i = 0; i < 5; i += 1) expect(await sendRequest(crm)).toEqual({ kind: 'unavailable', reason: 'http-503' });
    const before = sent().length;
    expect(await sendRequest(crm)).toEqual({ kind: 'unavailable', reason: 'circuit-open' });
    vi.setSystemTime(Date.now() + 10_000);
    const both = await Promise.all([sendRequest(crm), sendRequest(crm)]);
    expect(both.map((outcome) => 'reason' in outcome && outcome.reason).sort()).toEqual(['circuit-open', 'http-503']);
    expect(sent()).toHaveLength(before + 1);
    vi.setSystemTime(Date.now() + 10_000);
    server.behave('up');
    const all = await Promise.all([sendRequest(crm), sendRequest(crm), sendRequest(crm)]);
    expect(all.map(({ kind }) => kind)).toEqual(['found', 'found', 'found']);
    expect(failures).toHaveLength(6);
  });

  test('probe allowed by many › one probe at a time', async () => {
    const crm = connect();
    await sendRequest(crm);
    server.behave('failing');
    for (let i = 0; i < 5; i += 1) await sendRequest(crm);
    const before = sent().length;
    for (let i = 0; i < 3; i += 1) crm.allowProbe();
    const failed = await Promise.all([sendRequest(crm), sendRequest(crm), sendRequest(crm)]);
    expect(failed.map((outcome) => 'reason' in outcome && outcome.reason)).toEqual([
      'http-503',
      'circuit-open',
      'circuit-open',
    ]);
    expect(sent()).toHaveLength(before + 1);
    expect(await sendRequest(crm)).toEqual({ kind: 'unavailable', reason: 'circuit-open' });
    server.behave('up');
    crm.allowProbe();
    const all = await Promise.all([sendRequest(crm), sendRequest(crm), sendRequest(crm)]);
    expect(all.map(({ kind }) => kind)).toEqual(['found', 'found', 'found']);
  });

  test('old request times out after the closing › stays closed', async () => {
    const honest = createHttpClient();
    const held: ((outcome: HttpOutcome) => void)[] = [];
    let isHolding = false;
    const http: HttpClient = {
      send: (request) => (isHolding ? new Promise((resolve) => held.push(resolve)) : honest.send(request)),
    };
    const crm = connect({ http });
    await sendRequest(crm);
    isHolding = true;
    const old = sendRequest(crm);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    isHolding = false;
    server.behave('failing');
    for (let i = 0; i < 5; i += 1) await sendRequest(crm);
    server.behave('up');
    crm.allowProbe();
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
    server.behave('failing');
    for (let i = 0; i < 4; i += 1) await sendRequest(crm);
    server.behave('up');
    held[0]?.({ kind: 'timeout' });
    expect(await old).toEqual({ kind: 'unavailable', reason: 'timeout' });
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
  });

  test('probe is rate-limited › waiting requests are not sent', async () => {
    const crm = connect();
    await sendRequest(crm);
    server.behave('failing');
    for (let i = 0; i < 5; i += 1) await sendRequest(crm);
    server.behave('up');
    handle = () => ({ status: 429, headers: { 'retry-after': '30' } });
    const before = sent().length;
    crm.allowProbe();
    const all = await Promise.all([sendRequest(crm), sendRequest(crm), sendRequest(crm)]);
    expect(all.map(({ kind }) => kind)).toEqual(['rate-limited', 'rate-limited', 'rate-limited']);
    expect(sent()).toHaveLength(before + 1);
  });

  test('slow probe › other requests do not wait for it', async () => {
    const crm = connect();
    server.behave('failing');
    for (let i = 0; i < 5; i += 1) await sendRequest(crm);
    vi.setSystemTime(Date.now() + 10_000);
    server.behave('hanging');
    const probe = sendRequest(crm, { deadlineMs: 3_000 });
    expect(await Promise.race([probe, sendRequest(crm)])).toEqual({ kind: 'unavailable', reason: 'circuit-open' });
    expect(await probe).toEqual({ kind: 'unavailable', reason: 'timeout' });
  });

  test('rejections, limits, invalid answers › stays closed', async () => {
    const crm = connect({ definition: { limits: {} } });
    for (const status of [403, 429, 400, 404, 401, 403, 400]) {
      handle = () => ({ status });
      await sendRequest(crm);
      now += 10_000;
    }
    handle = () => ({ status: 200, json: { name: 'Ann' } });
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
  });

  test('scans time out › stays closed for other kinds', async () => {
    const honest = createHttpClient();
    const crm = connect({
      http: {
        send: async (request) => (String(request.url).includes('/scan') ? { kind: 'timeout' } : honest.send(request)),
      },
    });
    const scan = ofKind(crm, 'scan');
    for (let i = 0; i < 5; i += 1) await scan.request({ path: '/scan' }, person);
    expect(await scan.request({ path: '/people' }, person)).toEqual({ kind: 'unavailable', reason: 'circuit-open' });
    for (const kind of ['lookup', 'search', 'read', 'write', 'schema'] as const) {
      expect([kind, await ofKind(crm, kind).request({ path: '/people' }, person)]).toMatchObject([
        kind,
        { kind: 'found' },
      ]);
    }
    crm.allowProbe();
    expect(await scan.request({ path: '/people' }, person)).toMatchObject({ kind: 'found' });
  });

  test('token endpoint fails › its own circuit opens, closes for all kinds at once', async () => {
    const crm = connect();
    server.behave('failing');
    for (let i = 0; i < 5; i += 1) {
      expect(await sendRequest(crm)).toEqual({ kind: 'unavailable', reason: 'token-http-503' });
    }
    expect(await sendRequest(crm, { kind: 'lookup' })).toEqual({ kind: 'unavailable', reason: 'circuit-open' });
    server.behave('up');
    vi.setSystemTime(Date.now() + 10_000);
    expect(await sendRequest(crm, { kind: 'lookup' })).toMatchObject({ kind: 'found' });
    expect(await sendRequest(crm)).toMatchObject({ kind: 'found' });
  });
});
