/**
 * Servers are killed (SIGKILL) at each named step and at random moments, and restarted on the same database. Events
 * answered 200 survive every kill; in the end each event is applied once, and the records equal those of a server that
 * was never killed. `CRASHES=1000` makes it a longer run.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import { databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { type Delivery, deliver, inventEngagement } from './deliveries-for-tests.ts';
import { EndedEarly, type ServerProcess, startServer } from './server-process-for-tests.ts';
import { type Step, steps } from './steps-for-tests.ts';
import { compareInbox, readRecords, untilProcessed, withDatabase } from './stored-for-tests.ts';

const crashes = Number(process.env.CRASHES ?? 80);
/** PostgreSQL is a process of its own and survives the kill; only the server's order of steps is tested there. */
const shares = { sqlite: 0.6, postgres: 0.4 };
/** On PostgreSQL one statement stores a group and commits by itself, so nothing lies between the two. */
const stepsOf: Record<keyof typeof shares, readonly Step[]> = {
  sqlite: steps,
  postgres: steps.filter((step) => step !== 'stored, not committed'),
};
/** ms after the last answer; by then stored events are processed, and a step that was not reached will not be. */
const processedWithin = 200;
const testTimeoutMs = crashes * 8_000 + 120_000;

const built = await buildServer();
afterAll(() => built.remove());

// Both at once: a process that starts keeps one core busy.
describe.concurrent.each(databasesUnderTest)('server on $name', ({ name, createEmpty }) => {
  test('killed at any step › loses no acknowledged event and applies each once', { timeout: testTimeoutMs }, async ({
    onTestFinished,
  }) => {
    const startedAt = performance.now();
    const [database, calm] = await Promise.all([createEmpty(), createEmpty()]);
    onTestFinished(async () => void (await Promise.all([database.remove(), calm.remove()])));
    const deliveries: Delivery[] = [];
    const killed = new Map<string, number>();
    const steps = stepsOf[name];

    for (let count = 0; count < Math.max(2 * steps.length, Math.round(crashes * shares[name])); count++) {
      const step = count % 2 === 0 ? steps[(count / 2) % steps.length] : undefined;
      deliveries.push(...inventEngagement(`crash-${count}`, Date.now() - 3_600_000));
      const end = await runUntilKilled(database.url, deliveries, step);
      killed.set(end, (killed.get(end) ?? 0) + 1);
      const { lost, doubled } = await withDatabase(database.url, (opened) => compareInbox(opened, deliveries));
      expect({ end, lost, doubled }).toEqual({ end, lost: [], doubled: [] });
    }

    expect(await landEverything(database.url, deliveries)).toEqual(await undisturbed(calm.url, deliveries));
    for (const step of steps) expect(killed.get(step) ?? 0, step).toBeGreaterThan(0);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stdout.write(
      `${name}: ${[...killed.values()].reduce((a, b) => a + b)} kills (${[...killed].map((each) => each.join(' ')).join(', ')}); ` +
        `${deliveries.length} events, 0 lost, 0 doubled; ${seconds} s\n`,
    );
  });
});

/** Answers where it was killed: at the step, or by us at a random moment. */
async function runUntilKilled(databaseUrl: string, deliveries: Delivery[], step: string | undefined): Promise<string> {
  const fault = step === undefined ? {} : { FAULT_STEP: step, FAULT_TIMES: String(1 + Math.floor(Math.random() * 2)) };
  const starting = startServer(built, { DATABASE_URL: databaseUrl, ...fault });
  const server = await starting.catch((error: unknown) => {
    // Pending work is processed at the start, so the step may be reached before the server is ready.
    if (error instanceof EndedEarly && step !== undefined && error.message.includes(`killed: ${step}`)) return step;
    throw error;
  });
  if (typeof server === 'string') return server;
  if (step === undefined) await killAtAnyMoment(deliveries, server);
  else {
    await Promise.race([server.ended, deliver(deliveries, server.port).then(() => wait(processedWithin))]);
    await server.kill();
  }
  const { signal, complaints } = await server.ended;
  expect({ signal, complaints }).toMatchObject({ signal: 'SIGKILL' });
  return /killed: (.*)/.exec(complaints)?.[1] ?? 'at random';
}

/** After any number of answers, and then a little later, for most of the work comes after the answers. */
async function killAtAnyMoment(deliveries: Delivery[], server: ServerProcess): Promise<void> {
  const waiting = deliveries.filter(({ isAcknowledged }) => !isAcknowledged).length;
  const last = Math.floor(Math.random() * (waiting + 1));
  let killing: Promise<void> | undefined;
  const killSoon = async () => {
    await wait(Math.random() * 20);
    await server.kill();
  };
  const onAnswer = (acknowledged: number) => {
    if (acknowledged >= last) killing ??= killSoon();
  };
  if (last === 0) killing = killSoon();
  await deliver(deliveries, server.port, { onAnswer });
  await (killing ?? server.kill());
}

async function landEverything(databaseUrl: string, deliveries: Delivery[]) {
  const server = await startServer(built, { DATABASE_URL: databaseUrl });
  try {
    await deliver(deliveries, server.port);
    expect(deliveries.filter(({ isAcknowledged }) => !isAcknowledged)).toEqual([]);
    return await withDatabase(databaseUrl, async (database) => {
      const states = await untilProcessed(database);
      const { lost, doubled } = await compareInbox(database, deliveries);
      return { states, lost, doubled, records: await readRecords(database) };
    });
  } finally {
    await server.kill();
  }
}

async function undisturbed(databaseUrl: string, deliveries: Delivery[]) {
  const fresh = deliveries.map((delivery) => ({ ...delivery, isAcknowledged: false }));
  const landed = await landEverything(databaseUrl, fresh);
  return { ...landed, states: { applied: deliveries.length }, lost: [], doubled: [] };
}
