// @vitest-environment happy-dom

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepAliveMs } from '#contract/live.ts';
import { createFakeServer, type FakeServer } from '../api/fake-server.ts';
import { createSession } from '../api/session.ts';
import { createConnection, type LiveConnection, type LiveState } from './connection.ts';
import { createFakeLiveServer } from './fake-live-server.ts';
import type { StreamEvent } from './read-stream.ts';

let server: FakeServer;
let live: ReturnType<typeof createFakeLiveServer>;
let connection: LiveConnection;
let news: StreamEvent[];
let states: LiveState[];

beforeEach(() => {
  vi.useFakeTimers();
  server = createFakeServer();
  live = createFakeLiveServer(server);
  open();
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

/** Another panel; `random` is the highest possible unless delivered, so that waits are as long as they can be. */
function open(random = () => 1) {
  connection?.stop();
  const session = createSession({ getAppContext: async () => 'context', fetch: server.fetch });
  connection = createConnection({ session, fetch: server.fetch, random });
  news = [];
  states = [];
  connection.onEvent((one) => news.push(one));
  connection.subscribe(() => states.push(connection.getState()));
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function goLive() {
  connection.start();
  await pass(10);
  expect(connection.getState()).toBe('live');
}

// The content of the views does not matter here.
const view = (engagementId: string) => ({ engagementId }) as Parameters<typeof live.push>[0];
const delivered = () => news.map((one) => (one.type === 'reset' ? 'reset' : one.data.engagementId));
const unreachable = () => Promise.reject<Response>(new TypeError('Failed to fetch'));
const never = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** Answered, and then nothing of it comes through. */
function muffled(signal: AbortSignal): Response {
  const body = new ReadableStream({
    start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

describe('stream', () => {
  it('first connection › reset, then events', async () => {
    live.push(view('E-1'));
    await goLive();
    live.push(view('E-2'));
    await pass(1);
    expect(delivered()).toEqual(['reset', 'E-2']);
    expect(states).toEqual(['live']);
  });

  it('request › carries the bearer in a header, sends no cookie, is not cached', async () => {
    await goLive();
    expect(server.requests.at(-1)).toMatchObject({
      path: '/api/live',
      bearer: 'Bearer t1',
      init: { credentials: 'omit', cache: 'no-store' },
    });
  });

  it('cut › resumes after the last id without loss or repetition', async () => {
    await goLive();
    live.push(view('E-1'));
    await pass(1);
    live.cut();
    live.push(view('E-2'));
    await pass(500);
    live.repeat();
    await pass(1);
    expect(live.asked).toEqual([null, '1001']);
    expect(delivered()).toEqual(['reset', 'E-1', 'E-2']);
    expect(states).toEqual(['live', 'catching-up', 'live']);
  });

  it('the server cannot resume › delivers a reset', async () => {
    await goLive();
    live.forget();
    live.cut();
    await pass(500);
    expect(delivered()).toEqual(['reset', 'reset']);
  });

  it('no keep-alive for two and a half periods › is aborted', async () => {
    await goLive();
    for (let times = 0; times < 5; times += 1) {
      await pass(keepAliveMs);
      live.keepAlive();
    }
    expect(live.asked).toHaveLength(1);
    await pass(2.5 * keepAliveMs - 1);
    expect(connection.getState()).toBe('live');
    await pass(1);
    expect(connection.getState()).toBe('catching-up');
    await pass(500);
    expect(live.asked).toHaveLength(2);
    expect(live.streams()).toBe(1);
  });

  it('unknown events and a throwing listener › are skipped without effect', async () => {
    vi.stubGlobal('reportError', vi.fn());
    connection.onEvent(() => {
      throw new Error('a mistake of ours');
    });
    await goLive();
    live.write('id: 2000\nevent: weather\ndata: {}\n\nevent: engagement\ndata: {}\n\n');
    live.push(view('E-1'));
    await pass(1);
    expect(delivered()).toEqual(['reset', 'E-1']);
    expect(connection.getState()).toBe('live');
    vi.unstubAllGlobals();
  });

  it('stopped › can be started again', async () => {
    await goLive();
    connection.start();
    connection.stop();
    await pass(60_000);
    expect([live.asked.length, live.streams()]).toEqual([1, 0]);
    await goLive();
    expect(live.streams()).toBe(1);
  });
});

describe('unreachable server', () => {
  it.each([
    ['refuses', unreachable],
    ['does not answer', never],
    ['has no database', () => server.refusal(503, 'unavailable')],
  ])('%s for half a minute › offline, then live within three seconds', async (_name, failure) => {
    await goLive();
    await pass(keepAliveMs);
    live.fail(failure);
    await pass(6_000);
    expect(connection.getState()).toBe('offline');
    live.push(view('E-1'));
    await pass(26_000);
    live.recover();
    // An attempt that hangs is given up after five seconds; the network's own word ends it at once.
    if (failure === never) dispatchEvent(new Event('online'));
    await pass(3_000);
    expect(connection.getState()).toBe('live');
    expect(delivered()).toEqual(['reset', 'E-1']);
    expect(states).toEqual(['live', 'catching-up', 'offline', 'live']);
  });

  it('a long outage › attempts become rare', async () => {
    await goLive();
    live.fail(unreachable);
    await pass(120_000);
    const before = live.asked.length;
    await pass(60_000);
    expect(live.asked.length - before).toBe(4);
  });

  it('streams that break at once › back-off grows', async () => {
    await goLive();
    const drop = setInterval(() => live.cut(), 10);
    await pass(10_000);
    clearInterval(drop);
    expect(live.asked.length).toBeLessThan(10);
  });

  it('several panels › attempts are spread by jitter', async () => {
    const half = [0.5];
    open(() => half[0] ?? 1);
    await goLive();
    live.cut();
    await pass(249);
    expect(live.asked).toHaveLength(1);
    await pass(1);
    expect(live.asked).toHaveLength(2);
  });
});

describe('browser events', () => {
  it('online › retries at once', async () => {
    await goLive();
    live.fail(unreachable);
    await pass(120_000);
    live.recover();
    dispatchEvent(new Event('online'));
    await pass(1);
    expect(connection.getState()).toBe('live');
  });

  it('offline › is tested by a new attempt', async () => {
    await goLive();
    dispatchEvent(new Event('offline'));
    await pass(1);
    expect(states).toEqual(['live', 'catching-up', 'live']);
    live.fail(unreachable);
    dispatchEvent(new Event('offline'));
    await pass(1);
    expect(connection.getState()).toBe('offline');
  });

  it('page becomes visible › retries at once, unless the stream receives', async () => {
    await goLive();
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(1);
    expect(live.asked).toHaveLength(1);
    live.fail(unreachable);
    await pass(120_000);
    live.recover();
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(1);
    expect(connection.getState()).toBe('live');
  });

  it('visible after sleep › a dead stream is replaced', async () => {
    await goLive();
    vi.setSystemTime(Date.now() + 3_600_000);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(1);
    expect(live.asked).toHaveLength(2);
    expect(connection.getState()).toBe('live');
  });
});

describe('ended stream', () => {
  it('signed-out › renews the session and reconnects at once', async () => {
    await goLive();
    await pass(keepAliveMs);
    server.revoke();
    live.end('signed-out');
    await pass(10);
    expect(server.countSignIns()).toBe(2);
    expect(states).toEqual(['live', 'signed-out', 'live']);
    expect(live.asked.at(-1)).toBe('1000');
  });

  it('bearer refused › renews the session and reconnects', async () => {
    await goLive();
    server.revoke();
    live.cut();
    await pass(510);
    expect(server.countSignIns()).toBe(2);
    expect(connection.getState()).toBe('live');
  });

  it('sign-in refused › signed-out, without a loop', async () => {
    await goLive();
    server.signIn(() => server.refusal(401, 'app_context_refused'));
    server.revoke();
    live.end('signed-out');
    await pass(60_000);
    expect(connection.getState()).toBe('signed-out');
    expect(server.countSignIns()).toBeLessThan(40);
  });

  it('replaced › waits before it reconnects', async () => {
    await goLive();
    live.end('replaced');
    await pass(29_000);
    expect(connection.getState()).toBe('absent');
    expect(live.asked).toHaveLength(1);
    await pass(31_010);
    expect(connection.getState()).toBe('live');
  });

  it('draining › reconnects within two seconds', async () => {
    await goLive();
    live.end('draining');
    await pass(10);
    expect(connection.getState()).toBe('catching-up');
    await pass(2_000);
    expect(connection.getState()).toBe('live');
  });
});

describe('absent stream', () => {
  it.each([
    ['an old server', () => server.refusal(404, 'not_found')],
    ['a page of somebody else', () => new Response('<h1>Sign in to the network</h1>')],
    ['a proxy that lets nothing through', muffled],
  ])('%s › absent, rare attempts, live once it is there', async (_what, how) => {
    live.fail(how);
    connection.start();
    await pass(40_000);
    expect(states).toEqual(['absent']);
    expect(live.asked).toHaveLength(1);
    live.recover();
    await pass(60_010);
    expect(connection.getState()).toBe('live');
    expect(delivered()).toEqual(['reset']);
  });
});
