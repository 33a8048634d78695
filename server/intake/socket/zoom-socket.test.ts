import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMetrics } from '../../platform/metrics.ts';
import { createFakeZoomSocket, type FakeZoomSocket } from './fake-zoom-socket.ts';
import type { SocketTokens } from './socket-builder.ts';
import type { SocketGapStore } from './socket-gap-store.ts';
import { createZoomSocket, type SocketLimits, type ZoomSocket } from './zoom-socket.ts';

/** Limits shorter than those of production. */
const fast: Partial<SocketLimits> = {
  heartbeatMs: 100,
  buildMs: 1_000,
  firstRetryMs: 5,
  maxRetryMs: 20,
  firstBackOffMs: 10,
  maxBackOffMs: 50,
  steadyMs: 200,
  renewBeforeMs: 200,
  drainMs: 500,
};

/** A gap store in memory; `isDown` makes every call fail. */
function createGaps() {
  const state = {
    isDown: false,
    list: [] as { from: number; until: number | null }[],
    lastHeartbeat: undefined as number | undefined,
  };
  const reach = () => {
    if (state.isDown) throw new Error('down');
  };
  const store: SocketGapStore = {
    async open(from) {
      reach();
      if (state.list.some(({ until }) => until === null)) return false;
      state.list.push({ from, until: null });
      return true;
    },
    async close(until) {
      reach();
      const closed = state.list.filter((gap) => gap.until === null);
      for (const gap of closed) gap.until = Math.max(gap.from, until);
      return closed.map((gap) => ({ ...gap }));
    },
    async recordHeartbeat(time) {
      reach();
      state.lastHeartbeat = Math.max(time, state.lastHeartbeat ?? 0);
    },
    async readLastHeartbeat() {
      reach();
      return state.lastHeartbeat;
    },
  };
  return Object.assign(state, { store });
}

/** Generous, because the machine may be busy with other tests. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 10 });

let zoom: FakeZoomSocket;
let socket: ZoomSocket | undefined;
beforeEach(async () => {
  zoom = await createFakeZoomSocket();
});
afterEach(async () => {
  await socket?.stop();
  socket = undefined;
  await zoom.stop();
});

type Options = {
  limits?: Partial<SocketLimits>;
  receive?: (body: string) => Promise<unknown>;
  tokens?: Partial<SocketTokens>;
  gaps?: ReturnType<typeof createGaps>;
  livesMs?: number;
};

function open({ limits, receive, tokens, gaps = createGaps(), livesMs = 3_600_000 }: Options = {}) {
  const received: string[] = [];
  const logged: unknown[] = [];
  const begun: number[] = [];
  const ended: { from: number; until: number }[] = [];
  const grants: string[] = [];
  const forgotten: string[] = [];
  const metrics = createMetrics({ withProcess: false });
  const append = (...entry: unknown[]) => logged.push(entry);
  const log = { info: append, warn: append, error: append };
  socket = createZoomSocket({
    url: zoom.url,
    subscriptionId: 'sub-1',
    tokens: {
      async get(grant) {
        grants.push(grant);
        return { kind: 'token', token: `secret-${grant}-${forgotten.length}`, expiresAt: Date.now() + livesMs };
      },
      forget: (token) => forgotten.push(token),
      ...tokens,
    },
    receive: receive ?? (async (body) => received.push(body)),
    gaps: gaps.store,
    onGap: ({ from, until }) => (until === null ? begun.push(from) : ended.push({ from, until })),
    clock: Date.now,
    log,
    metrics,
    limits: { ...fast, ...limits },
  });
  socket.start();
  const read = async (name: string) =>
    Number((await metrics.registry.getSingleMetric(name)?.get())?.values[0]?.value ?? 0);
  return { received, logged, begun, ended, grants, forgotten, gaps, metrics, read, socket };
}

const connected = () => eventually(() => expect(zoom.isConnected()).toBe(true));
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('Zoom socket while connected', () => {
  test('messages › are received as the text of their content', async () => {
    const { received, read } = open();
    await connected();
    zoom.send('{"event":"a"}');
    zoom.sendRaw('{"module":"message","content":{"event":"b"}}');
    await eventually(() => expect(received).toEqual(['{"event":"a"}', '{"event":"b"}']));
    expect([await read('deskside_socket_owner'), await read('deskside_socket_connected')]).toEqual([1, 1]);
  });

  test('answered heartbeats › keep the connection', async () => {
    open();
    await connected();
    await eventually(() => expect(zoom.heartbeats).toBeGreaterThan(4));
    expect(zoom.built).toBe(1);
  });

  test('malformed frames › are counted and ignored', async () => {
    const { received, read } = open();
    await connected();
    for (const text of ['nonsense', '{}', '[1]', '{"module":"message"}']) zoom.sendRaw(text);
    zoom.send('{"event":"a"}');
    await eventually(() => expect(received).toHaveLength(1));
    expect(await read('deskside_intake_events_total')).toBe(4);
    expect(zoom.built).toBe(1);
  });

  test('stop › closes the connection and opens a gap', async () => {
    const { read, gaps, received } = open();
    await connected();
    await socket?.stop();
    await eventually(() => expect(zoom.isConnected()).toBe(false));
    expect(zoom.send('{"event":"lost"}')).toBe(false);
    expect([await read('deskside_socket_owner'), await read('deskside_socket_connected')]).toEqual([0, 0]);
    expect(gaps.list.at(-1)).toEqual({ from: expect.any(Number), until: null });
    expect(received).toEqual([]);
  });

  test('start and stop in any order › ends as the last call', async () => {
    const { socket } = open();
    socket.start();
    const stopped = [socket.stop(), socket.stop()];
    socket.start();
    await Promise.all(stopped);
    await connected();
    await socket.stop();
    await eventually(() => expect(zoom.isConnected()).toBe(false));
    await pass(50);
    expect(zoom.isConnected()).toBe(false);
  });
});

describe('token of the Zoom socket', () => {
  test.each(['Invalid Token', 'Token is invalid', 'token is empty', 'whatever else'])(
    'refused as "%s" › is forgotten, and another is used',
    async (words) => {
      zoom.refusals.push(words);
      const { forgotten } = open();
      await connected();
      expect(forgotten).toEqual(['secret-client_credentials-0']);
      expect(zoom.tried).toEqual(['secret-client_credentials-0', 'secret-client_credentials-1']);
    },
  );

  test('the token endpoint refuses client credentials › account credentials are used', async () => {
    open({
      tokens: {
        get: async (grant) =>
          grant === 'client_credentials'
            ? { kind: 'refused', reason: 'unsupported_grant_type' }
            : { kind: 'token', token: 'of-account', expiresAt: Date.now() + 3_600_000 },
      },
    });
    await connected();
    expect(zoom.tried).toEqual(['of-account']);
  });

  test('the socket refuses tokens of client credentials › account credentials are used', async () => {
    zoom.isValidToken = (token) => token.includes('account');
    open();
    await connected();
    expect(zoom.tried.map((token) => token?.includes('client'))).toEqual([true, true, false]);
  });

  test('any failure › is not in the log', async () => {
    zoom.refusals.push('Invalid Token');
    zoom.statuses.push(401, 500, 302);
    const { logged } = open();
    await connected();
    zoom.cut();
    await eventually(() => expect(zoom.built).toBe(2));
    await zoom.stop();
    await eventually(() => expect(logged.length).toBeGreaterThan(5));
    expect(JSON.stringify(logged)).not.toMatch(/secret|access_token|127\.0\.0\.1/);
  });

  test('expires soon › is renewed without a gap or a lost message', async () => {
    const { received, gaps } = open({ livesMs: 450, limits: { steadyMs: 50 } });
    await connected();
    const sent: string[] = [];
    for (let n = 0; zoom.built < 4; n += 1) {
      if (zoom.send(`{"n":${n}}`)) sent.push(`{"n":${n}}`);
      await pass(2);
    }
    await eventually(() => expect([...new Set(received)].sort()).toEqual(sent.sort()));
    expect(sent.length).toBeGreaterThan(10);
    expect(new Set(zoom.tried).size).toBeGreaterThan(3);
    expect(gaps.list).toHaveLength(1);
  });

  test('cannot be renewed › the old connection stays', async () => {
    let isUp = true;
    const { gaps } = open({
      limits: { steadyMs: 50 },
      tokens: {
        get: async () =>
          isUp ? { kind: 'token', token: 'one', expiresAt: Date.now() + 250 } : { kind: 'unavailable' as const },
      },
    });
    await connected();
    isUp = false;
    await pass(400);
    expect([zoom.isConnected(), zoom.built, gaps.list.length]).toEqual([true, 1, 1]);
  });
});

describe('failing connection of the Zoom socket', () => {
  test('silent for two heartbeats › is replaced', async () => {
    open();
    await connected();
    zoom.isSilent = true;
    const since = Date.now();
    await eventually(() => expect(zoom.tried.length).toBe(2));
    expect(Date.now() - since).toBeGreaterThan(150);
    zoom.isSilent = false;
    await eventually(() => expect(zoom.built).toBe(2));
  });

  test('cut in the middle of a frame › is replaced, whole messages are received', async () => {
    const { received } = open();
    await connected();
    zoom.send('{"event":"a"}');
    zoom.cut();
    await eventually(() => expect(zoom.built).toBe(2));
    await connected();
    zoom.send('{"event":"b"}');
    await eventually(() => expect(received).toEqual(['{"event":"a"}', '{"event":"b"}']));
  });

  test('a frame of more than a megabyte › is replaced', async () => {
    const { received } = open();
    await connected();
    zoom.send('x'.repeat(1_100_000));
    await eventually(() => expect(zoom.built).toBe(2));
    expect(received).toEqual([]);
  });

  test('fails repeatedly › backs off up to the maximum', async () => {
    zoom.isValidToken = () => false;
    open({ limits: { firstBackOffMs: 20, maxBackOffMs: 80 } });
    const since = Date.now();
    await pass(1_000);
    await eventually(() => expect(zoom.tried.length).toBeGreaterThan(8));
    // With full jitter the mean wait is half the limit: about 25 tries a second; without any wait it would be hundreds.
    expect(zoom.tried.length).toBeLessThan((60 * (Date.now() - since)) / 1_000);
    zoom.isValidToken = () => true;
    await connected();
  });
});

describe('gap of the Zoom socket', () => {
  test('a lost connection › lasts from the last message to the next connection, is notified and counted', async () => {
    const { gaps, begun, ended, read, received } = open();
    await connected();
    await eventually(() => expect(ended).toHaveLength(1));
    expect(begun).toEqual([ended[0]?.from]);
    const sentAt = Date.now();
    zoom.send('{"event":"a"}');
    await eventually(() => expect(received).toHaveLength(1));
    zoom.statuses.push(503, 503, 503);
    zoom.cut();
    await eventually(() => expect(gaps.list.at(-1)?.until).toBeNull());
    await eventually(() => expect(ended).toHaveLength(2));
    const [, gap] = ended;
    expect(begun[1]).toBe(gap?.from);
    expect(gap?.from).toBeGreaterThanOrEqual(sentAt);
    expect(gap?.from).toBeLessThanOrEqual(gap?.until ?? 0);
    expect(gap?.until).toBeLessThanOrEqual(Date.now());
    const seconds = ended.reduce((sum, { from, until }) => sum + (until - from) / 1_000, 0);
    expect(await read('deskside_socket_gap_seconds_total')).toBeCloseTo(seconds);
  });

  test('a killed owner › starts at its last heartbeat', async () => {
    const gaps = createGaps();
    const lastHeartbeat = Date.now() - 60_000;
    gaps.lastHeartbeat = lastHeartbeat;
    const { ended } = open({ gaps });
    await eventually(() => expect(ended).toEqual([{ from: lastHeartbeat, until: expect.any(Number) }]));
  });

  test('opened late by a former owner › is ended by the next heartbeat', async () => {
    const { gaps, ended } = open();
    await eventually(() => expect(ended).toHaveLength(1));
    await gaps.store.open(Date.now() - 500);
    await eventually(() => expect(gaps.list.every(({ until }) => until !== null)).toBe(true));
  });

  test('the storage is down › is written when it is up again', async () => {
    const gaps = createGaps();
    gaps.isDown = true;
    const { ended } = open({ gaps });
    await connected();
    await pass(50);
    expect(ended).toEqual([]);
    gaps.isDown = false;
    await eventually(() => expect(ended).toHaveLength(1));
  });
});

describe('Zoom socket while the storage is down', () => {
  test('received messages › wait and are stored later', async () => {
    let isDown = true;
    const stored: string[] = [];
    open({
      // On a busy machine a heartbeat may be late, and messages on a replaced connection are lost.
      limits: { heartbeatMs: 10_000 },
      receive: async (body) => {
        await pass(1);
        if (isDown) throw new Error('down');
        stored.push(body);
      },
    });
    await connected();
    const sent = Array.from({ length: 500 }, (_, n) => `{"n":${n}}`);
    for (const body of sent.slice(0, 400)) zoom.send(body);
    await pass(100);
    for (const body of sent.slice(400)) zoom.send(body);
    await pass(50);
    expect(stored).toEqual([]);
    isDown = false;
    await eventually(() => expect(stored).toHaveLength(500));
    expect(stored.toSorted()).toEqual(sent.toSorted());
    expect(zoom.built).toBe(1);
  });

  test('heartbeats › are not recorded, so that a crash leaves a gap', async () => {
    const { gaps, ended } = open({ receive: () => Promise.reject(new Error('down')) });
    await eventually(() => expect(ended).toHaveLength(1));
    zoom.send('{"event":"a"}');
    await pass(50);
    const { lastHeartbeat } = gaps;
    const heartbeats = zoom.heartbeats;
    await eventually(() => expect(zoom.heartbeats).toBeGreaterThan(heartbeats + 2));
    expect(gaps.lastHeartbeat).toBe(lastHeartbeat);
  });

  test('more messages than memory allows › close the connection, with a gap, until they are stored', async () => {
    let isDown = true;
    const stored: string[] = [];
    const { gaps } = open({
      limits: { maxBodies: 10 },
      receive: async (body) => {
        if (isDown) throw new Error('down');
        stored.push(body);
      },
    });
    await connected();
    for (let n = 0; n < 10; n += 1) zoom.send(`{"n":${n}}`);
    await eventually(() => expect(zoom.isConnected()).toBe(false));
    await eventually(() => expect(gaps.list.at(-1)?.until).toBeNull());
    await pass(100);
    expect(zoom.built).toBe(1);
    isDown = false;
    await eventually(() => expect(zoom.built).toBe(2));
    await eventually(() => expect(stored).toHaveLength(10));
  });

  test('one message that always fails › does not block the others', async () => {
    const stored: string[] = [];
    open({
      receive: async (body) => {
        if (body.includes('poison')) throw new Error('no');
        stored.push(body);
      },
    });
    await connected();
    zoom.send('{"poison":1}');
    for (let n = 0; n < 50; n += 1) zoom.send(`{"n":${n}}`);
    await eventually(() => expect(stored).toHaveLength(50));
  });

  test('stop › waits until received messages are stored', async () => {
    const stored: string[] = [];
    let isReceived = false;
    const { socket } = open({
      receive: async (body) => {
        isReceived = true;
        await pass(80);
        stored.push(body);
      },
    });
    await connected();
    zoom.send('{"event":"a"}');
    await eventually(() => expect(isReceived).toBe(true));
    await socket.stop();
    expect(stored).toEqual(['{"event":"a"}']);
  });
});
