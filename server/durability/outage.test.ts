/**
 * The database fails under load: stopped as by a crash, and frozen, so that it neither answers nor refuses. Webhooks
 * are answered 503 in time (Zoom retries those, and never a 4xx), every acknowledged event is stored, and the server
 * recovers by itself when the database is back. `OUTAGE_SECONDS` sets the length of both outages.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import { type OwnPostgres, startEmbeddedPostgres } from '../platform/storage/postgres-for-tests.ts';
import { type Answer, type Delivery, deliver, inventEngagement, send } from './deliveries-for-tests.ts';
import { type ServerProcess, startServer } from './server-process-for-tests.ts';
import { compareInbox, untilProcessed, withDatabase } from './stored-for-tests.ts';

/** ms. Answers come by the server's own time-out and long before the outage ends; the times are printed. */
const answerWithin = 6_000;
const healWithin = 60_000;
/** One event every so many ms, as a contact center of some hundred agents sends them. */
const pause = 25;

const built = await buildServer();
afterAll(() => built.remove());

/** `at`: when it was sent. Times as in performance.now(). */
type Sent = Answer & { at: number };
type Outage = {
  name: string;
  seconds: number;
  begin(postgres: OwnPostgres): Promise<void>;
  end(postgres: OwnPostgres): Promise<void>;
};

const outages: Outage[] = [
  { name: 'ended', seconds: 30, begin: (postgres) => postgres.halt(), end: (postgres) => postgres.resume() },
  { name: 'frozen', seconds: 8, begin: (postgres) => postgres.freeze(), end: async (postgres) => postgres.thaw() },
];

// Both at once: most of it is waiting.
describe.concurrent('PostgreSQL outage', () => {
  test.for(outages)(
    '$name › every event is answered 503 in time, and stored once afterwards',
    { timeout: 180_000 + 2_000 * Number(process.env.OUTAGE_SECONDS ?? 0) },
    async (outage, { onTestFinished }) => {
      const postgres = await startEmbeddedPostgres();
      onTestFinished(postgres.stop);
      const server = await startServer(built, { DATABASE_URL: postgres.url });
      onTestFinished(() => server.kill());
      const { deliveries, during, slowestMs, healedMs, seconds } = await goThrough(outage, postgres, server);

      await deliver(deliveries, server.port);
      expect(deliveries.filter(({ isAcknowledged }) => !isAcknowledged)).toEqual([]);
      await withDatabase(postgres.url, async (database) => {
        expect(Object.keys(await untilProcessed(database))).toEqual(['applied']);
        expect(await compareInbox(database, deliveries)).toEqual({ lost: [], doubled: [] });
      });
      process.stdout.write(
        `PostgreSQL ${outage.name} for ${seconds} s: ${during} events answered 503, the slowest after ${slowestMs} ms; ` +
          `healed after ${healedMs} ms; ${deliveries.length} events, 0 lost, 0 doubled\n`,
      );
    },
  );
});

async function goThrough(outage: Outage, postgres: OwnPostgres, server: ServerProcess) {
  const seconds = Number(process.env.OUTAGE_SECONDS ?? outage.seconds);
  const load = startLoad(outage.name, server.port);
  await wait(1_000);
  await outage.begin(postgres);
  const begun = performance.now();
  await wait(seconds * 1_000);
  const ended = performance.now();
  await outage.end(postgres);
  await load.untilAcknowledged(ended + healWithin);
  const { deliveries, sent } = await load.stop();

  expect(server.hasEnded()).toBe(false);
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200, 503]));
  const during = sent.filter(({ at }) => at > begun && at < ended - answerWithin);
  expect(new Set(during.map(({ status }) => status))).toEqual(new Set([503]));
  const waits = sent.filter(({ status }) => status === 503).map(({ ms }) => ms);
  expect(Math.max(...waits)).toBeLessThan(answerWithin);
  const acknowledged = sent.filter(({ at, status }) => at > ended && status === 200);
  const healedMs = Math.round(Math.min(...acknowledged.map(({ at, ms }) => at + ms)) - ended);
  expect(healedMs).toBeLessThan(healWithin);
  return { deliveries, during: during.length, slowestMs: Math.round(Math.max(...waits)), healedMs, seconds };
}

/** Sends events at an even pace, whatever the answers. */
function startLoad(name: string, port: number) {
  const deliveries: Delivery[] = [];
  const sent: Sent[] = [];
  const underWay = new Set<Promise<void>>();
  let waiting: Delivery[] = [];
  const sendNext = () => {
    if (waiting.length === 0) waiting = inventEngagement(`${name}-${deliveries.length}`, Date.now() - 3_600_000);
    const next = waiting.shift();
    if (next === undefined) return;
    deliveries.push(next);
    const at = performance.now();
    const sending = send(next, port).then((answer) => {
      sent.push({ ...answer, at });
      underWay.delete(sending);
    });
    underWay.add(sending);
  };
  const timer = setInterval(sendNext, pause);
  return {
    /** Until an event that was sent from now on is acknowledged, or `deadline` has passed. */
    async untilAcknowledged(deadline: number): Promise<void> {
      const since = performance.now();
      while (!sent.some(({ at, status }) => at > since && status === 200) && performance.now() < deadline)
        await wait(50);
    },
    async stop(): Promise<{ deliveries: Delivery[]; sent: Sent[] }> {
      clearInterval(timer);
      await Promise.all(underWay);
      return { deliveries, sent };
    },
  };
}
