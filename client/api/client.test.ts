import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endpoint } from '#contract/endpoint.ts';
import { type Api, createApi } from './client.ts';
import { ApiError } from './errors.ts';
import { createFakeServer, type FakeServer } from './fake-server.ts';
import { createQueryClient } from './query-client.ts';
import { createSession, type Session } from './session.ts';

const readX = endpoint<{ body: object; answer: unknown }>()({ method: 'POST', path: '/api/x' });

let server: FakeServer;
let session: Session;
let api: Api;
let contexts: number;

beforeEach(() => {
  vi.useFakeTimers();
  server = createFakeServer();
  contexts = 0;
  const getAppContext = async () => {
    contexts += 1;
    return `context-${contexts}`;
  };
  session = createSession({ getAppContext, fetch: server.fetch });
  api = createApi(session, { fetch: server.fetch });
});

afterEach(() => {
  vi.useRealTimers();
});

const never = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('session', () => {
  it('several calls at once › one sign-in', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => api.call(readX, { body: {} })));
    expect(answers).toEqual([{ kind: 'served' }, { kind: 'served' }, { kind: 'served' }]);
    expect(server.countSignIns()).toBe(1);
    expect(server.requests[0]).toMatchObject({ body: { context: 'context-1' }, bearer: null });
  });

  it('near its end › is renewed in the background', async () => {
    await session.token();
    await vi.advanceTimersByTimeAsync(541_000);
    expect(await session.token()).toBe('t1');
    await vi.advanceTimersByTimeAsync(1);
    expect(await session.token()).toBe('t2');
    expect(contexts).toBe(2);
  });

  it('expired › is renewed before use', async () => {
    await session.token();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await session.token()).toBe('t2');
  });

  it('several calls answered 401 › one renewal, and the calls are repeated', async () => {
    await api.call(readX, { body: {} });
    server.revoke();
    await Promise.all([1, 2, 3].map((n) => api.call(readX, { body: { n } })));
    expect(server.countSignIns()).toBe(2);
  });

  it('401 for an older bearer › no renewal', async () => {
    await session.token();
    expect(await session.renew('t1')).toBe('t2');
    expect(await session.renew('t1')).toBe('t2');
    expect(server.countSignIns()).toBe(2);
  });

  it('401 right after a renewal › the caller gets the error', async () => {
    server.serve(() => server.refusal(401, 'unauthenticated'));
    await expect(api.call(readX, { body: {} })).rejects.toMatchObject({ code: 'unauthenticated', status: 401 });
    expect(server.requests.filter(({ path }) => path === '/api/x')).toHaveLength(2);
  });

  it('a failed sign-in › the next call signs in again', async () => {
    server.signIn(() => server.refusal(401, 'app_context_refused'));
    await expect(api.call(readX, { body: {} })).rejects.toMatchObject({ code: 'app_context_refused' });
    server.signIn(null);
    await expect(api.call(readX, { body: {} })).resolves.toEqual({ kind: 'served' });
  });

  it('no app context from Zoom › is retryable', async () => {
    const silent = createSession({ getAppContext: () => Promise.reject(new Error('late')), fetch: server.fetch });
    await expect(silent.token()).rejects.toMatchObject({ code: 'unavailable', isRetryable: true });
  });
});

describe('call', () => {
  it('any request › bearer in a header, no cookie, no HTTP cache', async () => {
    await api.call(readX, { body: { a: 1 } });
    expect(server.requests[1]).toMatchObject({
      path: '/api/x',
      body: { a: 1 },
      bearer: 'Bearer t1',
      init: { credentials: 'omit', cache: 'no-store' },
    });
  });

  it('an error answer › becomes an ApiError with its code', async () => {
    server.serve(() => server.refusal(404, 'not_found'));
    await expect(api.call(readX, { body: {} })).rejects.toMatchObject({
      name: 'ApiError',
      code: 'not_found',
      status: 404,
      requestId: 'r-1',
      message: 'What happened and what to do.',
    });
  });

  it.each([
    [() => new Response('<h1>Bad gateway</h1>', { status: 502 }), 'unavailable'],
    [() => new Response('{"error":7}', { status: 500 }), 'unavailable'],
    [() => Response.json({ error: { code: 'new_one', message: '', requestId: '' } }, { status: 500 }), 'internal'],
    [() => Promise.reject(new TypeError('Failed to fetch')), 'offline'],
  ])('an answer of another server › maps to one of our codes (%#)', async (how, code) => {
    server.serve(how);
    await expect(api.call(readX, { body: {} })).rejects.toMatchObject({ name: 'ApiError', code });
  });

  it('no answer for ten seconds › time-out', async () => {
    server.serve(never);
    const call = expect(api.call(readX, { body: {} })).rejects.toMatchObject({ code: 'timeout', status: 0 });
    await vi.advanceTimersByTimeAsync(10_000);
    await call;
  });

  it("aborted by the caller › rejects with the caller's reason", async () => {
    await session.token();
    server.serve(never);
    const caller = new AbortController();
    const call = expect(api.call(readX, { body: {} }, { signal: caller.signal })).rejects.toBe('switched away');
    await vi.advanceTimersByTimeAsync(5);
    caller.abort('switched away');
    await call;
    await expect(api.call(readX, { body: {} }, { signal: caller.signal })).rejects.toBe('switched away');
    expect(server.requests.filter(({ path }) => path === '/api/x')).toHaveLength(1);
  });
});

describe('query client', () => {
  const tries = async (error: unknown) => {
    let count = 0;
    const queryFn = () => {
      count += 1;
      return Promise.reject(error);
    };
    const query = createQueryClient().fetchQuery({
      queryKey: ['x'],
      queryFn,
      retry: createQueryClient().getDefaultOptions().queries?.retry ?? 0,
    });
    const failed = expect(query).rejects.toBe(error);
    await vi.advanceTimersByTimeAsync(20_000);
    await failed;
    return count;
  };

  it('a failed query › is retried only for retryable errors', async () => {
    expect(await tries(new ApiError('unavailable', ''))).toBe(3);
    expect(await tries(new ApiError('offline', ''))).toBe(3);
    expect(await tries(new ApiError('forbidden', '', { status: 403 }))).toBe(1);
    expect(await tries(new Error('a bug of ours'))).toBe(1);
  });
});
