import { describe, expect, test } from 'vitest';
import type { HttpOutcome, HttpRequest } from '../platform/http-client.ts';
import { chooseApiUrl, createZoomTokens } from './zoom-oauth.ts';

const ok = (json: unknown): HttpOutcome => ({ kind: 'ok', status: 200, headers: new Headers(), json });
const http = (status: number, json?: unknown): HttpOutcome => ({ kind: 'http', status, headers: new Headers(), json });

/** Zoom's token endpoint, answering what a test says, else tokens that are counted. */
function createEndpoint({ accountId }: { accountId: string | undefined } = { accountId: 'acc 1' }) {
  const requests: HttpRequest[] = [];
  const answers: HttpOutcome[] = [];
  let now = 1_000_000;
  const tokens = createZoomTokens({
    oauthUrl: new URL('https://zoom.us/oauth/token'),
    apiUrl: 'https://api.zoom.us/v2',
    clientId: 'id',
    clientSecret: 'secret',
    accountId,
    http: {
      async send(request) {
        requests.push(request);
        await new Promise(setImmediate);
        return answers.shift() ?? ok({ access_token: `t${requests.length}`, expires_in: 3_600 });
      },
    },
    clock: () => now,
  });
  return {
    tokens,
    requests,
    answers,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('Zoom token', () => {
  test('first request › sends the app’s credentials as a form', async () => {
    const { tokens, requests } = createEndpoint();
    await tokens.get('account_credentials');
    await tokens.get('client_credentials');
    expect(requests.map(({ method, body, headers }) => ({ method, body, ...headers }))).toEqual([
      {
        method: 'POST',
        body: 'grant_type=account_credentials&account_id=acc+1',
        authorization: `Basic ${btoa('id:secret')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      expect.objectContaining({ body: 'grant_type=client_credentials' }),
    ]);
  });

  test('cached token › is used until a minute before its end, one per grant', async () => {
    const { tokens, pass } = createEndpoint();
    expect(await tokens.get('client_credentials')).toMatchObject({ token: 't1', expiresAt: 4_600_000 });
    expect(await tokens.get('account_credentials')).toMatchObject({ token: 't2' });
    pass(3_539_000);
    expect(await tokens.get('client_credentials')).toMatchObject({ token: 't1' });
    pass(1_000);
    expect(await tokens.get('client_credentials')).toMatchObject({ token: 't3' });
  });

  test('concurrent requests › share one call', async () => {
    const { tokens, requests } = createEndpoint();
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.get('client_credentials')));
    expect(new Set(all.map((one) => one.kind === 'token' && one.token))).toEqual(new Set(['t1']));
    expect(requests).toHaveLength(1);
  });

  test('forgotten token › is requested again, an older one changes nothing', async () => {
    const { tokens, requests } = createEndpoint();
    await tokens.get('client_credentials');
    tokens.forget('t1');
    expect(await tokens.get('client_credentials')).toMatchObject({ token: 't2' });
    tokens.forget('t1');
    expect(await tokens.get('client_credentials')).toMatchObject({ token: 't2' });
    expect(requests).toHaveLength(2);
  });
});

describe('Zoom token refusal', () => {
  test('repeated request › is answered from the cache for a minute', async () => {
    const { tokens, answers, requests, pass } = createEndpoint();
    answers.push(http(401, { error: 'invalid_client', reason: 'Invalid client_id: abc' }));
    const refused = { kind: 'refused', reason: 'invalid_client' };
    expect(await tokens.get('client_credentials')).toEqual(refused);
    pass(59_999);
    expect(await tokens.get('client_credentials')).toEqual(refused);
    pass(1);
    expect(await tokens.get('client_credentials')).toMatchObject({ kind: 'token' });
    expect(requests).toHaveLength(2);
  });

  test('an error that is not a code › is not repeated', async () => {
    const { tokens, answers } = createEndpoint();
    answers.push(http(400, { error: 'account abc123 <b>' }));
    expect(await tokens.get('client_credentials')).toEqual({ kind: 'refused', reason: 'http-400' });
  });

  test('no account id › sends nothing', async () => {
    const { tokens, requests } = createEndpoint({ accountId: undefined });
    const other = await tokens.get('account_credentials');
    expect([other.kind, requests.length]).toEqual(['refused', 0]);
  });
});

test.each<[string, HttpOutcome]>([
  ['a time-out', { kind: 'timeout' }],
  ['nobody there', { kind: 'unreachable', code: 'ECONNREFUSED' }],
  ['503', http(503)],
  ['429', http(429)],
  ['no token in it', ok({ token_type: 'bearer' })],
  ['a token that would break a header', ok({ access_token: 'a\r\nb' })],
  ['HTML', { kind: 'not-json' }],
])('Zoom token › answered by %s › is unavailable, and the next call requests again', async (_name, outcome) => {
  const { tokens, answers } = createEndpoint();
  answers.push(outcome);
  expect(await tokens.get('client_credentials')).toEqual({ kind: 'unavailable' });
  expect(await tokens.get('client_credentials')).toMatchObject({ kind: 'token' });
});

describe('REST address', () => {
  const base = 'https://api.zoom.us/v2';
  test.each([
    ['https://api-eu.zoom.us', 'https://api-eu.zoom.us/v2'],
    ['https://api.zoom.com/v2', 'https://api.zoom.com/v2'],
    ['https://api.zoomgov.com', 'https://api.zoomgov.com/v2'],
    ['https://zoom.us.evil.example', base],
    ['https://evilzoom.us', base],
    ['http://api.zoom.us', base],
    ['https://user@api.zoom.us', base],
    ['https://api.zoom.us:8443', base],
    ['https://169.254.169.254', base],
    ['nonsense', base],
    [undefined, base],
  ])('reported as %s › is %s', (reported, expected) => expect(chooseApiUrl(base, reported)).toBe(expected));

  test('configured by the deployer › is used', () => {
    expect(chooseApiUrl('http://127.0.0.1:4600/v2', 'https://api-eu.zoom.us')).toBe('http://127.0.0.1:4600/v2');
  });
});
