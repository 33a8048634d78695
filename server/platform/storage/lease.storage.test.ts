import { setTimeout as wait } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { createLease, type Lease } from './lease.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './storage-conformance.ts';

/** One life of a process that wants the lease. */
type Contender = {
  name: string;
  lease: Lease;
  database: Database;
  /** The fences it was given. */
  fences: number[];
  losses: number;
};

const short = { ttlMs: 400, renewEveryMs: 100 };
/** Longer than any test, for leases that are not released. */
const long = { ttlMs: 60_000, renewEveryMs: 100 };

describe.each(databasesUnderTest)('lease on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let lives: Contender[];
  /** In the order in which they happened. */
  let story: string[];
  /** Moments at which one gained what another still believed to hold. */
  let doubles: number;
  beforeEach(async () => {
    database = await open();
    lives = [];
    story = [];
    doubles = 0;
  });
  afterEach(async () => {
    await Promise.all(lives.map(({ lease }) => lease.stop()));
    await Promise.all(lives.map((life) => life.database.close()));
    await database.close();
    expect(doubles).toBe(0);
  });

  async function begin(owner: string, timing = short, name = 'socket'): Promise<Contender> {
    const own = await openDatabase(database.url);
    const life: Contender = {
      name,
      database: own,
      fences: [],
      losses: 0,
      lease: createLease({
        database: own,
        name,
        owner,
        ...timing,
        onGained(fence) {
          const rivals = lives.filter((other) => other !== life && other.name === name);
          doubles += rivals.filter(({ lease }) => lease.isHeld()).length;
          life.fences.push(fence);
          story.push(`${owner} gained`);
        },
        onLost() {
          life.losses++;
          story.push(`${owner} lost`);
        },
        report: () => {},
      }),
    };
    lives.push(life);
    life.lease.start();
    return life;
  }

  const until = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 5 });
  const untilHeld = (life: Contender) => until(() => expect(life.lease.isHeld()).toBe(true));

  test('several contenders › one holds it and keeps it', async () => {
    const slow = { ttlMs: 1_500, renewEveryMs: 100 };
    const first = await begin('first', slow);
    await untilHeld(first);
    const second = await begin('second', slow);
    await wait(slow.ttlMs * 1.5);
    expect(first.lease.isHeld()).toBe(true);
    expect(first.fences).toEqual([1]);
    expect(first.losses).toBe(0);
    expect(second.fences).toEqual([]);
  });

  test('the owner stops › another gains it at once, with a greater fence', async () => {
    const first = await begin('first', long);
    await untilHeld(first);
    const second = await begin('second', long);
    await first.lease.stop();
    await untilHeld(second);
    expect(story).toEqual(['first gained', 'first lost', 'second gained']);
    expect(second.fences).toEqual([2]);
  });

  test('the database of the owner is unreachable › it loses the lease before another gains it', async () => {
    const first = await begin('first');
    await untilHeld(first);
    const second = await begin('second');
    // The same as being killed, but that it can still say when it knew.
    await first.database.close();
    await untilHeld(second);
    // On a busy machine a renewal may be late, so that the lease changes hands before.
    expect(first.losses).toBe(first.fences.length);
    expect(story.lastIndexOf('first lost')).toBeLessThan(story.lastIndexOf('second gained'));
    expect(Math.max(...second.fences)).toBeGreaterThan(Math.max(...first.fences));
  });

  test('taken away › is lost at the next renewal', async () => {
    const first = await begin('first', long);
    await untilHeld(first);
    await database.db.updateTable('leases').set({ owner: 'another', fence: 7 }).execute();
    await until(() => expect(first.losses).toBe(1));
  });

  test('two names › are two leases', async () => {
    const lives = [await begin('first', long), await begin('other', long, 'another')];
    await Promise.all(lives.map(untilHeld));
  });

  test('contenders come, stop, stall and lose the database › never two owners', async () => {
    const acts = fc.array(fc.tuple(fc.constantFrom('begin', 'stop', 'cut', 'stall'), fc.nat(3), fc.nat(150)), {
      minLength: 8,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        const maxAtOnce = watchHolders();
        await Promise.all([begin('a'), begin('b'), begin('c')]);
        for (const [act, which, pauseMs] of steps) {
          const life = lives[lives.length - 1 - (which % lives.length)];
          if (act === 'begin' && lives.length < 12) await begin(`later-${lives.length}`);
          if (act === 'stop') await life?.lease.stop();
          if (act === 'cut') await (lives.find(({ lease }) => lease.isHeld()) ?? life)?.database.close();
          // Nothing in this process runs, as while the machine is starved.
          if (act === 'stall') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4 * pauseMs);
          await wait(pauseMs);
        }
        expect(maxAtOnce()).toBeLessThanOrEqual(1);
        const fences = lives.flatMap((life) => life.fences);
        expect(new Set(fences).size).toBe(fences.length);
        await Promise.all(
          lives.splice(0).map(async (gone) => {
            await gone.lease.stop();
            await gone.database.close();
          }),
        );
        await database.db.deleteFrom('leases').execute();
      }),
      { numRuns: 3 },
    );
  });

  function watchHolders(): () => number {
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, lives.filter(({ lease }) => lease.isHeld()).length);
    }, 1);
    return () => {
      clearInterval(timer);
      return most;
    };
  }
});
