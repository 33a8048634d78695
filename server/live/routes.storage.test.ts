import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from '#contract/session.ts';
import { createChangeNotifications } from '../platform/storage/change-notifications.ts';
import { openDatabase } from '../platform/storage/database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { type LiveServer, openLiveServer, versionOf } from './live-server-for-tests.ts';

const agent = { account: 'main', uid: 'agent-1' };
const colleague = { account: 'main', uid: 'agent-2' };
const [sqlite, postgres] = databasesUnderTest;
if (!sqlite || !postgres) throw new Error('there are two kinds of database');

let database: DatabaseUnderTest;
let server: LiveServer;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  database = await sqlite.open();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
  await database.close();
});

async function change(engagementId: string, agents: string[] = [agent.uid]): Promise<number> {
  const version = await server.commit('main', engagementId, agents);
  server.hub.notify('main');
  return version;
}

async function openSettled(who: Agent) {
  const stream = await server.openStream(who);
  await stream.next(({ type }) => type === 'reset');
  return stream;
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, 60_000);

const ended = (reason: string) => (event: { type: string; data: unknown }) =>
  event.type === 'end' && (event.data as { reason: string }).reason === reason;

/** A panel that sends the request and reads nothing until it is resumed. */
function openSilent(who: Agent, headers = ''): Socket {
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  sockets.push(socket);
  socket.on('error', () => {});
  socket.pause();
  socket.write(
    `GET /api/live HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.bearerOf(who)}\r\n${headers}\r\n`,
  );
  return socket;
}

/** Begins to read; resolves with everything once the text is there, or the connection closed. */
async function readUntil(socket: Socket, awaited?: string): Promise<string> {
  const parts: Buffer[] = [];
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const received = new Promise<void>((resolve) => {
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      if (awaited && part.includes(awaited)) resolve();
    });
  });
  socket.resume();
  await Promise.race([closed, received]);
  return Buffer.concat(parts).toString();
}

const countStreams = async () => (await server.metrics.liveStreams.get()).values[0]?.value ?? 0;
const countClosed = async (reason: string) =>
  (await server.metrics.liveClosed.get()).values.find(({ labels }) => labels.reason === reason)?.value ?? 0;

describe('live route › stream ends', () => {
  it('its session is revoked in this process › at once', async () => {
    server = await openLiveServer(database, { limits: { sessionsMs: 60_000 } });
    const [mine, theirs] = await Promise.all([openSettled(agent), openSettled(colleague)]);
    server.hub.endSessionsOf(agent, 'signed-out');
    await mine.next(ended('signed-out'));
    await mine.closed;
    await change('E-1', [agent.uid, colleague.uid]);
    await theirs.next((event) => versionOf(event, 'E-1') === 1);
    expect(mine.events.at(-1)).toEqual({ type: 'end', data: { reason: 'signed-out' } });
  });

  it('its session is revoked in another process › soon', async () => {
    server = await openLiveServer(database);
    const [mine, theirs] = await Promise.all([openSettled(agent), openSettled(colleague)]);
    server.revokeSession(agent);
    await mine.next(ended('signed-out'));
    await mine.closed;
    expect(theirs.events.map(({ type }) => type)).toEqual(['reset']);
  });

  it('its session expires › nothing is sent afterwards', async () => {
    server = await openLiveServer(database, { limits: { tickMs: 60_000 } });
    const stream = await openSettled(agent);
    server.expireSessions();
    await change('E-1');
    await stream.closed;
    expect(stream.events.map(({ type }) => type)).toEqual(['reset', 'end']);
  });

  it('its session expires while idle › ends', async () => {
    server = await openLiveServer(database);
    const stream = await openSettled(agent);
    server.expireSessions();
    await stream.next(ended('signed-out'));
  });

  it('the server drains › does not wait for slow readers', async () => {
    server = await openLiveServer(database, { filler: 'x'.repeat(1_000_000), limits: { endMs: 200 } });
    const streams = await Promise.all([agent, colleague].map(openSettled));
    openSilent({ account: 'main', uid: 'silent' });
    await until(async () => expect(await countStreams()).toBe(3));
    for (let count = 0; count < 20; count++) await change(`E-${count}`, ['silent']);
    await Promise.all([server.hub.drain(), server.http.drain()]);
    for (const stream of streams) {
      await stream.closed;
      expect(stream.events.at(-1)).toEqual({ type: 'end', data: { reason: 'draining' } });
    }
    expect(await countStreams()).toBe(0);
  });

  it('the panel disconnects › is removed', async () => {
    server = await openLiveServer(database);
    const stream = await openSettled(agent);
    stream.close();
    await until(async () => expect(await countStreams()).toBe(0));
    expect(await countClosed('gone')).toBe(1);
  });
});

describe('live route › too many streams', () => {
  it('one agent opens 1,000 › five stay open, most are refused', async () => {
    server = await openLiveServer(database);
    const streams = await Promise.all(Array.from({ length: 1_000 }, () => server.openStream(agent)));
    const taken = streams.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(60);
    expect(streams.filter(({ status }) => status === 429)).toHaveLength(940);
    expect(await countStreams()).toBe(5);
    expect(await countClosed('replaced')).toBe(55);
    const theirs = await openSettled(colleague);
    await change('E-1', [colleague.uid]);
    await theirs.next((event) => versionOf(event, 'E-1') === 1);
  });

  it('one more than allowed › the oldest is replaced', async () => {
    server = await openLiveServer(database);
    const oldest = await openSettled(agent);
    const others = [];
    for (let count = 0; count < 5; count++) others.push(await openSettled(agent));
    await oldest.next(ended('replaced'));
    await change('E-1');
    await Promise.all(others.map((stream) => stream.next((event) => versionOf(event, 'E-1') === 1)));
  });
});

describe('live route › slow reader', () => {
  const filler = 'x'.repeat(100_000);
  const silent = { account: 'main', uid: 'silent' };

  it('does not read › delays no other, costs one frame, then receives the newest', async () => {
    server = await openLiveServer(database, { filler });
    const atServer: Socket[] = [];
    server.http.server.on('connection', (socket) => atServer.push(socket));
    const socket = openSilent(silent);
    const stream = await openSettled(agent);
    await until(async () => expect(await countStreams()).toBe(2));
    const before = server.composed();
    for (let round = 1; round <= 120; round++) {
      await change('E-1', [agent.uid, silent.uid]);
      await stream.next((event) => versionOf(event, 'E-1') === round);
      // Events already read are not measured.
      stream.events.length = 0;
    }
    // 120 for the reader; for the silent one only what the kernel's buffers took (some MB of 12).
    expect(server.composed() - before).toBeLessThan(200);
    for (const { writableLength } of atServer) expect(writableLength).toBeLessThan(1.1 * filler.length);

    await change('E-2', [silent.uid]);
    const reading = readUntil(socket, '"engagementId":"E-2"');
    const versions = [...(await reading).matchAll(/"engagementId":"(E-\d)".*?"startTime":(\d+)/g)];
    const ofFirst = versions.filter(([, id]) => id === 'E-1').map(([, , version]) => Number(version));
    expect(ofFirst.at(-1)).toBe(120);
    expect(ofFirst.length).toBeLessThan(80);
    expect(ofFirst).toEqual([...ofFirst].sort((a, b) => a - b));
  });

  it('does not read for long › is closed and resumes with nothing missing', async () => {
    server = await openLiveServer(database, { filler: filler.repeat(10), limits: { slowMs: 300 } });
    const socket = openSilent(silent);
    await until(async () => expect(await countStreams()).toBe(1));
    for (let count = 0; count < 12; count++) await change(`E-${count}`, [silent.uid]);
    await until(async () => expect(await countClosed('slow')).toBe(1));
    const received = await readUntil(socket);
    // The last frame was cut in two: a panel counts only what ended with an empty line.
    const whole = received.slice(0, received.lastIndexOf('\n\n'));
    const ids = [...whole.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    const lastId = ids.at(-1) ?? 0;
    expect(lastId).toBeLessThan(12);
    const resumed = await server.openStream(silent, String(lastId));
    await resumed.next((event) => 'id' in event && event.id === 12);
    expect(resumed.events.map((event) => 'id' in event && event.id)).toEqual(
      Array.from({ length: 12 - lastId }, (_, index) => lastId + 1 + index),
    );
  });
});

it('live route › nothing changes › sends comments regularly', async () => {
  server = await openLiveServer(database, { limits: { keepAliveMs: 100 } });
  const stream = await openSettled(agent);
  await until(() => expect(stream.comments()).toBeGreaterThan(3));
  expect(stream.events).toHaveLength(1);
});

it.each([
  ['a line end in it', 'Last-Event-ID: 1\n2\r\n'],
  ['a carriage return in it', 'Last-Event-ID: 1\r2\r\n'],
  ['a folded line', 'Last-Event-ID: 1\r\n 2\r\n'],
  ['two of them', 'Last-Event-ID: 1\r\nLast-Event-ID: 1\r\n'],
])('live route › Last-Event-ID with %s › is refused or everything is sent', async (_, header) => {
  server = await openLiveServer(database, { limits: { endMs: 100 } });
  await change('E-1');
  const socket = openSilent(agent, header);
  expect(await readUntil(socket, 'event: reset')).toMatch(/^HTTP\/1\.1 (400 |200 [\s\S]*event: reset\n)/);
});

it('live route › HEAD request › is answered and opens nothing', async () => {
  server = await openLiveServer(database);
  const response = await fetch(`http://127.0.0.1:${server.port}/api/live`, {
    method: 'HEAD',
    headers: { Authorization: `Bearer ${server.bearerOf(agent)}` },
  });
  expect(response.status).toBe(200);
  expect(await countStreams()).toBe(0);
});

it('live route › the database does not answer › refuses the stream', async () => {
  server = await openLiveServer(database);
  await database.db.schema.alterTable('live_cursors').renameTo('out_of_reach').execute();
  expect((await server.openStream(agent)).status).toBe(500);
  expect(await countStreams()).toBe(0);
  expect(await countClosed('failed')).toBe(1);
  await database.db.schema.alterTable('out_of_reach').renameTo('live_cursors').execute();
  await openSettled(agent);
});

it('live route › two processes on one PostgreSQL › a commit in one reaches the streams of the other', async () => {
  const shared = await postgres.open();
  const elsewhere = await openDatabase(shared.url);
  // Nothing but the wake-up can bring it.
  const limits = { tickMs: 60_000 };
  const [here, there] = [await openLiveServer(shared, { limits }), await openLiveServer(elsewhere, { limits })];
  server = await openLiveServer(database);
  const report = vi.fn();
  const processes = [
    { hub: here.hub, notifications: createChangeNotifications({ database: shared, url: shared.url, report }) },
    { hub: there.hub, notifications: createChangeNotifications({ database: elsewhere, url: shared.url, report }) },
  ];
  for (const { hub, notifications } of processes) notifications.subscribe(hub.notify);
  await Promise.all(processes.map(({ notifications }) => notifications.start()));

  const stream = await there.openStream(agent);
  await stream.next(({ type }) => type === 'reset');
  await here.commit('main', 'E-1', [agent.uid]);
  processes[0]?.notifications.notify('main');
  await stream.next((event) => versionOf(event, 'E-1') === 1);

  await Promise.all(processes.map(({ notifications }) => notifications.stop()));
  await Promise.all([here.close(), there.close()]);
  await elsewhere.close();
  await shared.close();
  expect(report).not.toHaveBeenCalled();
});
