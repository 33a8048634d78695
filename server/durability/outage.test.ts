/**
 * The database is taken away under load: ended as by a crash, and frozen, so that it neither answers nor refuses. Zoom
 * is told 503 in time (it retries those, and never a 4xx), nothing is acknowledged that is not there, and when the
 * database is back the server heals by itself. `OUTAGE_SECONDS` sets both outages.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../platform/storage/postgres-for-tests.ts';
import { buildServer } from './built-server-for-tests.ts';
import { type Answer, type Delivery, deliver, inventEngagement, send } from './deliveries-for-tests.ts';
import { startServer } from './server-process-for-tests.ts';
import { compareInbox, untilProcessed, withDatabase } from './stored-for-tests.ts';

/** ms. Zoom waits 3 s for an answer; 2 s are promised, which a busy machine may miss now and then. */
const answerWithin = { nearlyAlways: 2_000, always: 3_000 };
const healWithin = 10_000;
/** One event every so many ms, as a contact centre of some hundred agents sends them. */
const pause = 25;

const [built, postgres] = await Promise.all([buildServer(), startEmbeddedPostgres()]);
const server = await startServer(built, { DATABASE_URL: postgres.url });
afterAll(async () => {
  await server.kill();
  await postgres.stop();
  built.remove();
});

/** `at`: when it was sent. Times as in performance.now(). */
type Sent = Answer & { at: number };

describe('while PostgreSQL is away', () => {
  test.each([
    { how: 'ended', seconds: 30, take: () => postgres.halt(), giveBack: () => postgres.resume() },
    { how: 'frozen', seconds: 8, take: () => postgres.freeze(), giveBack: async () => postgres.thaw() },
  ])(
    '($how) every event is answered 503 in time; afterwards each lands once',
    async ({ how, take, giveBack, ...given }) => {
      const seconds = Number(process.env.OUTAGE_SECONDS ?? given.seconds);
      const load = startLoad(how);
      await wait(1_000);
      await take();
      const taken = performance.now();
      await wait(seconds * 1_000);
      const givenBack = performance.now();
      await giveBack();
      await load.untilAcknowledged(givenBack + healWithin);
      const { deliveries, sent } = await load.stop();

      expect(server.hasEnded()).toBe(false);
      expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200, 503]));
      const during = sent.filter(({ at }) => at > taken && at < givenBack - answerWithin.always);
      expect(new Set(during.map(({ status }) => status))).toEqual(new Set([503]));
      const waits = sent.filter(({ status }) => status === 503).map(({ ms }) => ms);
      expect(Math.max(...waits)).toBeLessThan(answerWithin.always);
      expect(waits.filter((ms) => ms > answerWithin.nearlyAlways).length).toBeLessThan(waits.length / 20);
      const healed = Math.min(
        ...sent.filter(({ at, status }) => at > givenBack && status === 200).map(({ at, ms }) => at + ms),
      );
      expect(healed - givenBack).toBeLessThan(healWithin);

      await deliver(deliveries, server.port);
      expect(deliveries.filter(({ isAcknowledged }) => !isAcknowledged)).toEqual([]);
      await withDatabase(postgres.url, async (database) => {
        expect(Object.keys(await untilProcessed(database))).toEqual(['applied']);
        expect(await compareInbox(database, deliveries)).toEqual({ lost: [], doubled: [] });
      });
      process.stdout.write(
        `PostgreSQL ${how} for ${seconds} s: ${during.length} events answered 503, the slowest after ` +
          `${Math.round(Math.max(...during.map(({ ms }) => ms)))} ms; healed after ${Math.round(healed - givenBack)} ms; ` +
          `${deliveries.length} events, 0 lost, 0 doubled\n`,
      );
    },
    150_000,
  );
});

/** Sends events at an even pace, whatever becomes of them. */
function startLoad(name: string) {
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
    const sending = send(next, server.port).then((answer) => {
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
