import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { createReadinessCheck, writeReadinessRow } from './readiness-check.ts';

describe('readiness', () => {
  const create = (write: () => Promise<void>, ping = async () => {}) => {
    let now = 0;
    const writes = vi.fn(write);
    const check = createReadinessCheck({ ping, write: writes, now: () => now });
    const wait = (ms: number) => {
      now += ms;
    };
    return { check, writes, wait };
  };

  it('many probes › write once in five seconds', async () => {
    const { check, writes, wait } = create(async () => {});
    await Promise.all(Array.from({ length: 50 }, check));
    wait(4_999);
    await check();
    expect(writes).toHaveBeenCalledTimes(1);
    wait(1);
    await check();
    expect(writes).toHaveBeenCalledTimes(2);
  });

  it('writes fail › is not ready; they succeed again › is ready at once', async () => {
    let isFull = true;
    const { check } = create(async () => {
      if (isFull) throw new Error('full');
    });
    await expect(check()).rejects.toThrow('full');
    await expect(check()).rejects.toThrow('full');
    isFull = false;
    await check();
  });

  it('the database cannot be read › is not ready, though a write has just succeeded', async () => {
    let isGone = false;
    const { check } = create(
      async () => {},
      async () => {
        if (isGone) throw new Error('gone');
      },
    );
    await check();
    isGone = true;
    await expect(check()).rejects.toThrow('gone');
  });

  it('a write waits for a lock › is not ready after two seconds, and starts no second write', async () => {
    vi.useFakeTimers();
    try {
      const { check, writes } = create(() => new Promise(() => {}));
      for (let count = 0; count < 3; count++) {
        const answered = expect(check()).rejects.toThrow('in time');
        await vi.advanceTimersByTimeAsync(2_000);
        await answered;
      }
      expect(writes).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('readiness row', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase('sqlite::memory:');
  });
  afterAll(() => database.close());

  it('written often › is one row', async () => {
    for (let count = 0; count < 3; count++) await writeReadinessRow(database.db);
    expect(await database.db.selectFrom('leases').selectAll().execute()).toMatchObject([
      { name: 'readiness', fence: 2 },
    ]);
  });

  it('a database that refuses writes and answers reads › rejects', async () => {
    await sql`pragma query_only = on`.execute(database.db);
    await database.ping();
    await expect(writeReadinessRow(database.db)).rejects.toThrow();
  });
});
