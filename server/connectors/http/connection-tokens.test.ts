import { beforeEach, describe, expect, test } from 'vitest';
import type { HttpClient, HttpOutcome, HttpRequest } from '../../platform/http-client.ts';
import { createConnectionTokens, type StoredToken, type TokenStore } from './connection-tokens.ts';

let now: number;
let sent: HttpRequest[];
let answer: () => HttpOutcome;
let storedTokens: Map<string, StoredToken>;

const headers = new Headers();
const grant = (more: Record<string, unknown> = { expires_in: 3_600 }): HttpOutcome => ({
  kind: 'ok',
  status: 200,
  headers,
  json: { access_token: `token-${sent.length}`, ...more },
});
const refusal = (status: number, json: unknown = {}, more: Record<string, string> = {}): HttpOutcome => ({
  kind: 'http',
  status,
  headers: new Headers(more),
  json,
});

beforeEach(() => {
  now = Date.UTC(2026, 10, 25, 9);
  sent = [];
  answer = () => grant();
  storedTokens = new Map();
});

const http: HttpClient = {
  async send(request) {
    sent.push(request);
    await Promise.resolve();
    return answer();
  },
};
const store: TokenStore = {
  read: async (connection) => storedTokens.get(connection),
  write: async (connection, token) => void storedTokens.set(connection, token),
};
const request = {
  url: 'https://login.example/token',
  form: { grant_type: 'client_credentials', client_id: 'id', client_secret: 's & c' },
};
const open = (options: { store?: TokenStore } = {}) => createConnectionTokens({ clock: () => now, ...options });

describe('connection token', () => {
  test('none yet › is requested with a form', async () => {
    expect(await open().get('crm', { ...request, headers: { 'x-own': '1' } }, http)).toEqual({
      kind: 'token',
      token: 'token-1',
      baseUrl: undefined,
    });
    expect(sent).toMatchObject([
      {
        url: 'https://login.example/token',
        method: 'POST',
        headers: { 'x-own': '1', 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials&client_id=id&client_secret=s+%26+c',
      },
    ]);
  });

  test('twenty simultaneous calls › one request until it expires', async () => {
    const tokens = open();
    await Promise.all(Array.from({ length: 20 }, () => tokens.get('crm', request, http)));
    now += 3_539_000;
    await tokens.get('crm', request, http);
    expect(sent).toHaveLength(1);
    now += 1_000;
    expect(await tokens.get('crm', request, http)).toMatchObject({ token: 'token-2' });
  });

  test.each([
    ['a short life', { expires_in: 60 }, 29_000, 31_000],
    ['a life in words', { expires_in: '3600' }, 3_539_000, 3_541_000],
  ])('%s › is used until it expires', async (_name, more, lives, ends) => {
    answer = () => grant(more);
    const tokens = open();
    await tokens.get('crm', request, http);
    now += lives;
    await tokens.get('crm', request, http);
    expect(sent).toHaveLength(1);
    now += ends - lives;
    await tokens.get('crm', request, http);
    expect(sent).toHaveLength(2);
  });

  test('unknown lifetime › is used until it is forgotten', async () => {
    answer = () => grant({});
    const tokens = open();
    await tokens.get('crm', request, http);
    now += 86_400_000;
    await tokens.get('crm', request, http);
    expect(sent).toHaveLength(1);
    tokens.forget('crm', 'another token');
    await tokens.get('crm', request, http);
    expect(sent).toHaveLength(1);
    tokens.forget('crm', 'token-1');
    expect(await tokens.get('crm', request, http)).toMatchObject({ token: 'token-2' });
  });

  test('other connection or credentials › another token', async () => {
    const tokens = open({ store });
    await tokens.get('crm', request, http);
    await tokens.get('other', request, http);
    const changed = { ...request, form: { ...request.form, client_secret: 'new' } };
    expect(await tokens.get('crm', changed, http)).toMatchObject({ token: 'token-3' });
    expect(await open({ store }).get('crm', request, http)).toMatchObject({ token: 'token-4' });
  });

  test('new assertion each time › one token', async () => {
    const tokens = open();
    for (const assertion of ['a', 'b']) {
      await tokens.get('crm', { ...request, form: { ...request.form, assertion } }, http);
    }
    expect(sent).toHaveLength(1);
  });

  test('other identity, same form › another token', async () => {
    const tokens = open();
    for (const identity of ['mina', 'mina', 'jade']) await tokens.get('crm', { ...request, identity }, http);
    expect(sent).toHaveLength(2);
  });

  test('base URL in the answer › is used for later requests', async () => {
    answer = () => grant({ instance_url: 'https://acme.example/' });
    const answered = await open().get('crm', { ...request, baseUrlFrom: 'instance_url' }, http);
    expect(answered).toMatchObject({ baseUrl: 'https://acme.example' });
  });
});

describe('failed token request', () => {
  test.each<[string, HttpOutcome, unknown]>([
    ['400', refusal(400, { error: 'invalid_client' }), { kind: 'unauthenticated' }],
    ['401', refusal(401), { kind: 'unauthenticated' }],
    ['400 of a temporary failure', refusal(400, { error: 'temporarily_unavailable' }), { kind: 'unavailable' }],
    ['503', refusal(503), { kind: 'unavailable', reason: 'token-http-503' }],
    ['404', refusal(404), { kind: 'invalid', reason: 'token-http-404' }],
    ['302', refusal(302), { kind: 'invalid' }],
    ['no JSON', { kind: 'not-json' }, { kind: 'invalid' }],
    ['no answer in time', { kind: 'timeout' }, { kind: 'unavailable' }],
    ['a refused address', { kind: 'unreachable', code: 'blocked' }, { kind: 'invalid' }],
    ['another shape', { kind: 'ok', status: 200, headers, json: { token: 'x' } }, { kind: 'invalid' }],
    ['a line break', { kind: 'ok', status: 200, headers, json: { access_token: 'a\r\nb: c' } }, { kind: 'invalid' }],
  ])('%s › is a failure', async (_name, outcome, expected) => {
    answer = () => outcome;
    expect(await open().get('crm', request, http)).toMatchObject(expected as object);
  });

  test('credentials rejected › cached for a minute', async () => {
    const tokens = open();
    answer = () => refusal(401);
    await tokens.get('crm', request, http);
    now += 59_999;
    expect(await tokens.get('crm', request, http)).toEqual({ kind: 'unauthenticated' });
    expect(sent).toHaveLength(1);
    now += 1;
    answer = () => grant();
    expect(await tokens.get('crm', request, http)).toMatchObject({ kind: 'token' });
  });

  test('credentials rejected, then changed › are sent', async () => {
    const tokens = open();
    answer = () => refusal(401);
    await tokens.get('crm', request, http);
    answer = () => grant();
    const changed = { ...request, form: { ...request.form, client_secret: 'right' } };
    expect(await tokens.get('crm', changed, http)).toMatchObject({ kind: 'token' });
  });

  test('rate-limited › cached until its time', async () => {
    const tokens = open();
    answer = () => refusal(429, {}, { 'retry-after': '30' });
    expect(await tokens.get('crm', request, http)).toEqual({ kind: 'rate-limited', retryAt: now + 30_000 });
    now += 29_999;
    await tokens.get('crm', request, http);
    expect(sent).toHaveLength(1);
  });

  test('temporary failure › the next call requests again', async () => {
    const tokens = open();
    answer = () => refusal(503);
    await tokens.get('crm', request, http);
    answer = () => grant();
    expect(await tokens.get('crm', request, http)).toMatchObject({ kind: 'token' });
  });
});

describe('connection tokens of several processes', () => {
  test('two processes › share one token', async () => {
    await open({ store }).get('crm', request, http);
    expect(await open({ store }).get('crm', request, http)).toMatchObject({ token: 'token-1' });
    expect(sent).toHaveLength(1);
  });

  test('rejected token › the token stored by another process is used', async () => {
    const [first, second] = [open({ store }), open({ store })];
    await first.get('crm', request, http);
    await second.get('crm', request, http);
    first.forget('crm', 'token-1');
    expect(await first.get('crm', request, http)).toMatchObject({ token: 'token-2' });
    second.forget('crm', 'token-1');
    expect(await second.get('crm', request, http)).toMatchObject({ token: 'token-2' });
    expect(sent).toHaveLength(2);
  });

  test('stored token has expired › is not used', async () => {
    await open({ store }).get('crm', request, http);
    now += 3_600_000;
    expect(await open({ store }).get('crm', request, http)).toMatchObject({ token: 'token-2' });
  });

  test('database is down › a token is requested', async () => {
    const away = { read: () => Promise.reject(new Error('away')), write: () => Promise.reject(new Error('away')) };
    expect(await open({ store: away }).get('crm', request, http)).toMatchObject({ kind: 'token' });
  });
});
