import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createHttpClient } from '../platform/http-client.ts';
import { createFakeZoomRest, type FakeZoomRest } from './fake-zoom-rest.ts';
import { type AccountTokens, createZoomRest } from './zoom-rest.ts';

let zoom: FakeZoomRest;
let now = Date.UTC(2026, 10, 25, 9, 0, 0);
beforeEach(async () => {
  zoom = await createFakeZoomRest();
});
afterEach(() => zoom.stop());

/** The fake rejects unknown tokens with 401; the tests set other responses with `answers`. */
function open(granted?: Awaited<ReturnType<AccountTokens['get']>>, deadlineMs = 10_000) {
  const forgotten: string[] = [];
  const rest = createZoomRest({
    http: createHttpClient({ deadlineMs }),
    clock: () => now,
    perSecond: 1_000,
    tokens: {
      get: async () => granted ?? { kind: 'token', token: `t${forgotten.length}`, apiUrl: `${zoom.origin}/v2` },
      forget: (token) => forgotten.push(token),
    },
  });
  return { rest, forgotten };
}

describe('Zoom REST client', () => {
  test('query with reserved characters › is encoded', async () => {
    const { rest } = open();
    await rest.get('/contact_center/engagements', { consumer_number: '+1 415&x=1', from: '2026-11-25T09:00:00+00:00' });
    expect(zoom.requests[0]).toBe(
      '/contact_center/engagements?consumer_number=%2B1+415%26x%3D1&from=2026-11-25T09%3A00%3A00%2B00%3A00',
    );
  });

  test('rate-limited › no request before Zoom’s time', async () => {
    const { rest } = open();
    zoom.answers.push({ status: 429, headers: { 'retry-after': '20' } }, { status: 200, body: {} });
    const limited = { kind: 'rate-limited', until: now + 20_000 };
    expect(await rest.get('/a')).toEqual(limited);
    expect(await rest.get('/b')).toEqual(limited);
    expect(zoom.requests).toEqual(['/a']);
    now += 20_000;
    expect(await rest.get('/b')).toEqual({ kind: 'answer', json: {} });
  });

  test('no token › no request', async () => {
    expect(await open({ kind: 'refused', reason: 'invalid_client' }).rest.get('/a')).toEqual({
      kind: 'refused',
      code: 'invalid_client',
    });
    expect(await open({ kind: 'unavailable' }).rest.get('/a')).toEqual({ kind: 'unavailable', code: 'no-token' });
    expect(zoom.requests).toEqual([]);
  });
});

test.each([
  [
    { status: 200, body: { a: 1 } },
    { kind: 'answer', json: { a: 1 } },
  ],
  [{ status: 200 }, { kind: 'empty' }],
  [{ status: 204 }, { kind: 'empty' }],
  [{ status: 404, body: { code: 300 } }, { kind: 'empty' }],
  [
    { status: 400, body: { code: 300 } },
    { kind: 'unavailable', code: 'http-400' },
  ],
  [
    { status: 302, headers: { location: '/inside' } },
    { kind: 'unavailable', code: 'http-302' },
  ],
  [
    { status: 500, text: '<html>' },
    { kind: 'unavailable', code: 'http-500' },
  ],
  [
    { status: 200, text: '<html>' },
    { kind: 'unavailable', code: 'not-json' },
  ],
])('Zoom REST client › response %j › outcome %j', async (answer, outcome) => {
  zoom.answers.push(answer);
  expect(await open().rest.get('/a')).toEqual(outcome);
  expect(zoom.requests).toEqual(['/a']);
});

test('Zoom REST client › no response › outcome is a timeout', async () => {
  zoom.answers.push({ status: 0 });
  expect(await open(undefined, 200).rest.get('/a')).toEqual({ kind: 'unavailable', code: 'timeout' });
});

test('Zoom REST client › refused › one retry with a new token', async () => {
  const { rest, forgotten } = open();
  zoom.answers.push({ status: 401, body: { code: 124 } }, { status: 200, body: {} });
  expect(await rest.get('/a')).toMatchObject({ kind: 'answer' });
  zoom.answers.push({ status: 400, body: { code: 4700 } }, { status: 403 });
  expect(await rest.get('/a')).toEqual({ kind: 'refused', code: 'http-403' });
  expect(forgotten).toEqual(['t0', 't1', 't2']);
});

test('Zoom REST client › several requests at once › are sent evenly, only the first at once', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const startedAt = Date.now();
  const sentAfter: number[] = [];
  const rest = createZoomRest({
    http: {
      async send() {
        sentAfter.push(Date.now() - startedAt);
        return { kind: 'timeout' };
      },
    },
    clock: () => now,
    perSecond: 50,
    tokens: { get: async () => ({ kind: 'token', token: 't', apiUrl: zoom.origin }), forget() {} },
  });
  const answers = Promise.all(Array.from({ length: 6 }, () => rest.get('/a')));
  await vi.runAllTimersAsync();
  await answers;
  expect(sentAfter).toEqual([0, 20, 40, 60, 80, 100]);
});
