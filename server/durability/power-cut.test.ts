/**
 * Power cuts: the server is killed, and its SQLite files are reset to the content of their last fsync. With
 * synchronous=FULL no event answered 200 is lost. With NORMAL events are lost, which shows that the test detects the
 * difference (SIGKILL alone does not). `POWER_CUTS=200` makes it a longer run.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import { type Delivery, deliver, inventEngagement } from './deliveries-for-tests.ts';
import { compilePowerCut, createPowerSupply, powerCutsWork } from './power-cut-for-tests.ts';
import { startServer } from './server-process-for-tests.ts';
import { compareInbox, withDatabase } from './stored-for-tests.ts';

const cuts = Number(process.env.POWER_CUTS ?? 30);
const cutsOfNormal = 3;
/** The power is cut after at most so many acknowledgements, while other requests are open. */
const maxLoad = 150;
const engagementsPerLoad = 15;

const folder = mkdtempSync(join(tmpdir(), 'deskside-power-'));
const built = await buildServer();
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true, force: true });
});

if (!powerCutsWork) {
  test('power cut › not Linux › every open sets synchronous=FULL', async () => {
    const read = (): Promise<unknown> =>
      withDatabase(
        `sqlite:${join(folder, 'reopened.db')}`,
        async ({ db }) => (await sql`pragma synchronous`.execute(db)).rows,
      );
    expect([await read(), await read()]).toEqual([[{ synchronous: 2 }], [{ synchronous: 2 }]]);
  });
}

describe.runIf(powerCutsWork)('power cut', () => {
  test('synchronous=FULL › loses no acknowledged event', { timeout: cuts * 10_000 + 120_000 }, async () => {
    const { lost, acknowledged, damage } = await cutPower('full', cuts);
    expect({ lost, damage }).toEqual({ lost: 0, damage: [] });
    expect(acknowledged).toBeGreaterThan(cuts);
  });

  test('synchronous=NORMAL › loses some', { timeout: 180_000 }, async () => {
    const { lost, damage } = await cutPower('normal', cutsOfNormal);
    expect(lost).toBeGreaterThan(0);
    expect(damage).toEqual([]);
  });
});

async function cutPower(synchronous: 'full' | 'normal', times: number) {
  const startedAt = performance.now();
  const files = join(folder, synchronous);
  mkdirSync(files);
  const supply = createPowerSupply(compilePowerCut(folder), files);
  const url = `sqlite:${join(files, 'deskside.db')}`;
  const deliveries: Delivery[] = [];
  const damage: unknown[] = [];
  let lost = 0;

  for (let count = 0; count < times; count++) {
    supply.settle();
    const server = await startServer(built, {
      DATABASE_URL: url,
      FAULT_SYNCHRONOUS: synchronous,
      // Often, so that cuts fall into moving pages, too. With NORMAL that is when SQLite syncs: there as it comes.
      FAULT_CHECKPOINT_PAGES: synchronous === 'full' ? '12' : '1000',
      ...supply.environment,
    });
    for (let each = 0; each < engagementsPerLoad; each++) {
      deliveries.push(...inventEngagement(`cut-${count}-${each}`, Date.now() - 3_600_000));
    }
    const last = 1 + Math.floor(Math.random() * maxLoad);
    const onAnswer = (acknowledgedNow: number) => void (acknowledgedNow >= last && server.kill());
    await deliver(deliveries, server.port, { atOnce: 16, onAnswer });
    await server.ended;
    supply.cut(synchronous === 'full' && count % 2 === 1 ? 'parts' : 'nothing');
    await withDatabase(url, async (database) => {
      const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(database.db);
      damage.push(...rows.filter(({ integrity_check }) => integrity_check !== 'ok'));
      const missing = (await compareInbox(database, deliveries)).lost;
      lost += missing.length;
      for (const delivery of missing) delivery.isAcknowledged = false;
    });
  }

  const acknowledged = deliveries.filter(({ isAcknowledged }) => isAcknowledged).length + lost;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(
    `synchronous=${synchronous}: ${times} power cuts, ${lost} of ${acknowledged} acknowledged events lost; ${seconds} s\n`,
  );
  return { lost, acknowledged, damage };
}
