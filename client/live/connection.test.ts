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

/** Another panel; `random` is the highest possible unless told, so that waits are as long as they can be. */
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

// What the views say is of no concern here.
const view = (engagementId: string) => ({ engagementId }) as Parameters<typeof live.push>[0];
const told = () => news.map((one) => (one.type === 'reset' ? 'reset' : one.data.engagementId));
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

describe('a stream', () => {
  it('begins with everything that is open and goes on with what is new', async () => {
    live.push(view('E-1'));
    await goLive();
    live.push(view('E-2'));
    await pass(1);
    expect(told()).toEqual(['reset', 'E-2']);
    expect(states).toEqual(['live']);
  });

  it('carries the bearer in a header, sends no cookie and leaves nothing in a cache', async () => {
    await goLive();
    expect(server.requests.at(-1)).toMatchObject({
      path: '/api/live',
      bearer: 'Bearer t1',
      init: { credentials: 'omit', cache: 'no-store' },
    });
  });

  it('that is cut goes on after its last id: nothing missing, nothing twice', async () => {
    await goLive();
    live.push(view('E-1'));
    await pass(1);
    live.cut();
    live.push(view('E-2'));
    await pass(500);
    live.repeat();
    await pass(1);
    expect(live.asked).toEqual([null, '1001']);
    expect(told()).toEqual(['reset', 'E-1', 'E-2']);
    expect(states).toEqual(['live', 'catching-up', 'live']);
  });

  it('that the server cannot go on with begins anew', async () => {
    await goLive();
    live.forget();
    live.cut();
    await pass(500);
    expect(told()).toEqual(['reset', 'reset']);
  });

  it('is alive as long as keep-alives come, and is given up after two and a half without', async () => {
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

  it('passes over what it does not know and what has no id, and a listener that throws costs it nothing', async () => {
    vi.stubGlobal('reportError', vi.fn());
    connection.onEvent(() => {
      throw new Error('a mistake of ours');
    });
    await goLive();
    live.write('id: 2000\nevent: weather\ndata: {}\n\nevent: engagement\ndata: {}\n\n');
    live.push(view('E-1'));
    await pass(1);
    expect(told()).toEqual(['reset', 'E-1']);
    expect(connection.getState()).toBe('live');
    vi.unstubAllGlobals();
  });

  it('that stops is stopped, and may be started again', async () => {
    await goLive();
    connection.start();
    connection.stop();
    await pass(60_000);
    expect([live.asked.length, live.streams()]).toEqual([1, 0]);
    await goLive();
    expect(live.streams()).toBe(1);
  });
});

describe('a server that is not reached', () => {
  it.each([
    ['refuses', unreachable],
    ['does not answer', never],
    ['has no database', () => server.refusal(503, 'unavailable')],
  ])('(it %s) is offline, and after half a minute it is back within three seconds', async (_how, trouble) => {
    await goLive();
    await pass(keepAliveMs);
    live.fail(trouble);
    await pass(6_000);
    expect(connection.getState()).toBe('offline');
    live.push(view('E-1'));
    await pass(26_000);
    live.recover();
    // An attempt that hangs is given up after five seconds; the network's own word ends it at once.
    if (trouble === never) dispatchEvent(new Event('online'));
    await pass(3_000);
    expect(connection.getState()).toBe('live');
    expect(told()).toEqual(['reset', 'E-1']);
    expect(states).toEqual(['live', 'catching-up', 'offline', 'live']);
  });

  it('is asked rarely once it is away for long', async () => {
    await goLive();
    live.fail(unreachable);
    await pass(120_000);
    const before = live.asked.length;
    await pass(60_000);
    expect(live.asked.length - before).toBe(4);
  });

  it('that takes streams and drops them is not asked faster and faster', async () => {
    await goLive();
    const drop = setInterval(() => live.cut(), 10);
    await pass(10_000);
    clearInterval(drop);
    expect(live.asked.length).toBeLessThan(10);
  });

  it('is asked at random times, so that not all panels come at once', async () => {
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

describe('what the browser says', () => {
  it('online is tried at once', async () => {
    await goLive();
    live.fail(unreachable);
    await pass(120_000);
    live.recover();
    dispatchEvent(new Event('online'));
    await pass(1);
    expect(connection.getState()).toBe('live');
  });

  it('offline is checked, not believed', async () => {
    await goLive();
    dispatchEvent(new Event('offline'));
    await pass(1);
    expect(states).toEqual(['live', 'catching-up', 'live']);
    live.fail(unreachable);
    dispatchEvent(new Event('offline'));
    await pass(1);
    expect(connection.getState()).toBe('offline');
  });

  it('coming to the front tries at once, and lets a stream alone that speaks', async () => {
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

  it('after the computer slept a dead stream is replaced when the panel is seen again', async () => {
    await goLive();
    vi.setSystemTime(Date.now() + 3_600_000);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(1);
    expect(live.asked).toHaveLength(2);
    expect(connection.getState()).toBe('live');
  });
});

describe('a stream that the server ends', () => {
  it('because the session is over: signs in and comes again at once', async () => {
    await goLive();
    await pass(keepAliveMs);
    server.revoke();
    live.end('signed-out');
    await pass(10);
    expect(server.signIns()).toBe(2);
    expect(states).toEqual(['live', 'signed-out', 'live']);
    expect(live.asked.at(-1)).toBe('1000');
  });

  it('with a bearer that is refused: signs in and comes again', async () => {
    await goLive();
    server.revoke();
    live.cut();
    await pass(510);
    expect(server.signIns()).toBe(2);
    expect(connection.getState()).toBe('live');
  });

  it('for an agent who may not sign in any more: signed out, and not asked in a loop', async () => {
    await goLive();
    server.signIn(() => server.refusal(401, 'app_context_refused'));
    server.revoke();
    live.end('signed-out');
    await pass(60_000);
    expect(connection.getState()).toBe('signed-out');
    expect(server.signIns()).toBeLessThan(40);
  });

  it('because this agent has too many: does not fight, and comes again later', async () => {
    await goLive();
    live.end('replaced');
    await pass(29_000);
    expect(connection.getState()).toBe('absent');
    expect(live.asked).toHaveLength(1);
    await pass(31_010);
    expect(connection.getState()).toBe('live');
  });

  it('because it restarts: comes again within two seconds', async () => {
    await goLive();
    live.end('draining');
    await pass(10);
    expect(connection.getState()).toBe('catching-up');
    await pass(2_000);
    expect(connection.getState()).toBe('live');
  });
});

describe('without a stream', () => {
  it.each([
    ['an old server', () => server.refusal(404, 'not_found')],
    ['a page of somebody else', () => new Response('<h1>Sign in to the network</h1>')],
    ['a proxy that lets nothing through', muffled],
  ])('(%s) it is absent, asked for rarely, and live once it comes', async (_what, how) => {
    live.fail(how);
    connection.start();
    await pass(40_000);
    expect(states).toEqual(['absent']);
    expect(live.asked).toHaveLength(1);
    live.recover();
    await pass(60_010);
    expect(connection.getState()).toBe('live');
    expect(told()).toEqual(['reset']);
  });
});
