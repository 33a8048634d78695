/**
 * Two server processes on one PostgreSQL: an event that one receives reaches a panel at the other; one of them at a
 * time listens to Zoom's WebSocket, and the other takes over when it ends; a rolling restart loses no event.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import { createFakeZoomSocket } from '../intake/socket/fake-zoom-socket.ts';
import { databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createFakeZoomRest } from '../reconcile/fake-zoom-rest.ts';
import { type Answer, type Delivery, inventEngagement, send } from './deliveries-for-tests.ts';
import { openPanel } from './panel-for-tests.ts';
import { type ServerProcess, startServer, zoomAccountId, zoomClientSecret } from './server-process-for-tests.ts';
import { compareInbox, untilProcessed, withDatabase } from './stored-for-tests.ts';

const agentId = 'u1NaPaRkR0y9bTgHuJikLQ';
/** ms. A wake-up takes some hundredths of a second; the poll that covers a lost one some seconds. */
const wakesWithin = 10_000;

const postgres = databasesUnderTest.find(({ name }) => name === 'postgres');
if (!postgres) throw new Error('PostgreSQL is not among the databases under test');
const [built, database] = await Promise.all([buildServer(), postgres.createEmpty()]);
const servers: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.hasEnded() || server.kill()));
});
afterAll(async () => {
  await database.remove();
  built.remove();
});

describe('two servers on one PostgreSQL', () => {
  test('a webhook at one › reaches a panel at the other', async () => {
    const [one, other] = await startBoth();
    const panel = await openPanel(other.port, agentId);
    const engagement = inventEngagement('two-servers-wake', Date.now() - 60_000, agentId).slice(0, 3);
    for (const delivery of engagement) expect(await send(delivery, one.port)).toMatchObject({ status: 200 });
    const sentAt = performance.now();
    await panel.view(({ engagementId }) => engagementId === 'two-servers-wake', wakesWithin);
    process.stdout.write(`A panel at the other server was woken ${Math.round(performance.now() - sentAt)} ms after\n`);
    panel.close();
  });

  test('the WebSocket’s owner is killed › the other takes over and records the gap', { timeout: 180_000 }, async () => {
    const [zoom, rest] = await Promise.all([createFakeZoomSocket('sub-1'), createFakeZoomRest()]);
    Object.assign(rest, { clientId: 'client-1', clientSecret: zoomClientSecret, accountId: zoomAccountId });
    onTestFinished(async () => void (await Promise.all([zoom.stop(), rest.stop()])));
    const both = await startBoth({
      ZOOM_ACCOUNT_ID: zoomAccountId,
      ZOOM_WEBSOCKET_SUBSCRIPTION_ID: 'sub-1',
      ZOOM_WS_URL: zoom.url.href,
      ZOOM_OAUTH_URL: rest.origin,
      ZOOM_API_URL: rest.origin,
    });
    await until(() => zoom.isConnected());
    const owning = await Promise.all(both.map(ownsSocket));
    expect(owning.filter(Boolean)).toHaveLength(1);
    const [owner, other] = owning[0] ? both : [both[1], both[0]];
    const panel = await openPanel(other.port, agentId);
    const [started, reserved, answered, held] = inventEngagement('two-servers-gap', Date.now() - 60_000, agentId);
    for (const { body } of [started, reserved, answered].filter(isPresent)) zoom.send(body);
    const before = await panel.view(({ engagement: { record } }) => record.phase === 'active', wakesWithin);
    expect(before.engagement.record.gaps.filter(({ until: end }) => end === null)).toEqual([]);

    const killedAt = Date.now();
    await owner.kill();
    await until(() => zoom.built === 2);
    const takenOver = Date.now();
    expect(await ownsSocket(other)).toBe(true);
    if (held) zoom.send(held.body);
    const after = await panel.view(({ engagement: { record } }) => record.hold.since !== null, wakesWithin);
    const gap = after.engagement.record.gaps.at(-1);
    // Until when it was heard is written with every heartbeat, so the gap may begin up to 30 s too early, never too
    // late.
    expect(gap?.from).toBeLessThanOrEqual(killedAt);
    expect(gap?.until ?? 0).toBeGreaterThan(killedAt);
    process.stdout.write(`The WebSocket's owner was killed: the other took over after ${takenOver - killedAt} ms\n`);
    panel.close();
  });

  test('a rolling restart › loses no webhook', { timeout: 180_000 }, async () => {
    const [one, other] = await startBoth();
    const load = startLoad([one.port, other.port]);
    for (const server of [one, other]) {
      await wait(500);
      const stoppedAt = performance.now();
      await server.kill('SIGTERM');
      expect(performance.now() - stoppedAt).toBeLessThan(30_000);
      const successor = await startServer(built, { DATABASE_URL: database.url });
      servers.push(successor);
      load.replace(server.port, successor.port);
    }
    await wait(500);
    const { deliveries, counts } = await load.stop();
    expect([...counts.keys()].filter((status) => typeof status === 'number')).toEqual([200]);
    expect(deliveries.filter(({ isAcknowledged }) => !isAcknowledged)).toEqual([]);
    await withDatabase(database.url, async (opened) => {
      await untilProcessed(opened);
      expect(await compareInbox(opened, deliveries)).toEqual({ lost: [], doubled: [] });
    });
    const [refused = 0, cut = 0] = [counts.get('refused'), counts.get('cut')];
    process.stdout.write(
      `Rolling restart: ${deliveries.length} webhooks, 0 failed; ${refused} refused and ${cut} cut first\n`,
    );
  });
});

async function startBoth(environment: NodeJS.ProcessEnv = {}): Promise<[ServerProcess, ServerProcess]> {
  const start = () => startServer(built, { DATABASE_URL: database.url, ...environment });
  const both = await Promise.all([start(), start()]);
  servers.push(...both);
  return both;
}

async function ownsSocket({ port }: ServerProcess): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  return /^deskside_socket_owner 1$/m.test(await answer.text());
}

async function until(isSo: () => boolean, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms`);
    await wait(20);
  }
}

const isPresent = <Value>(value: Value | undefined): value is Value => value !== undefined;

/**
 * Sends at every server in turn; where nobody answers, at the next one, as a load balancer does. A few connections are
 * cut, whatever the server does: those that the kernel has made and the process not yet accepted when it closes its
 * port.
 */
function startLoad(ports: number[]) {
  const deliveries: Delivery[] = [];
  const counts = new Map<Answer['status'], number>();
  const underWay = new Set<Promise<void>>();
  let waiting: Delivery[] = [];
  const sendNext = async (): Promise<void> => {
    if (waiting.length === 0) waiting = inventEngagement(`rolling-${deliveries.length}`, Date.now() - 60_000);
    const next = waiting.shift();
    if (next === undefined) return;
    deliveries.push(next);
    const first = deliveries.length % ports.length;
    for (const port of [...ports.slice(first), ...ports.slice(0, first)]) {
      const { status } = await send(next, port);
      counts.set(status, (counts.get(status) ?? 0) + 1);
      if (typeof status === 'number') return;
    }
  };
  const timer = setInterval(() => {
    const sending = sendNext().then(() => void underWay.delete(sending));
    underWay.add(sending);
  }, 10);
  return {
    replace: (port: number, by: number) => ports.splice(ports.indexOf(port), 1, by),
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return { deliveries, counts };
    },
  };
}
