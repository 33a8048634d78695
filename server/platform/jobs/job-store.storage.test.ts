import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseUnderTest, databasesUnderTest } from '../storage/storage-conformance.ts';
import { createJobStore, type Job, type JobStore } from './job-store.ts';

const start = 1_790_000_000_000;
const minute = 60_000;
const day = 24 * 60 * minute;

describe.each(databasesUnderTest)('job store on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let store: JobStore;
  let now: number;
  beforeEach(async () => {
    now = start;
    database = await open();
    store = createJobStore({ database, clock: () => now });
  });
  afterEach(() => database.close());

  const keyOf = (key: string) => ({ kind: 'reconcile', account: 'acme', key });
  const schedule = (key: string, dueAt = now, payload?: unknown) =>
    store.schedule(database.db, { ...keyOf(key), dueAt, payload });
  const tryClaim = (owner = 'p1') => store.claim({ kind: 'reconcile', account: 'acme', owner, leaseMs: minute });
  const claim = async (owner?: string): Promise<Job> => {
    const job = await tryClaim(owner);
    if (!job) throw new Error('nothing was claimed');
    return job;
  };

  const read = (key: string) =>
    database.db.selectFrom('jobs').selectAll().where('key', '=', key).executeTakeFirstOrThrow();

  it('several due jobs › are claimed once each, the one due longest first', async () => {
    await schedule('late', now + 1);
    await schedule('b', now - 1);
    await schedule('a', now - 2);
    const claimed = [await tryClaim(), await tryClaim(), await tryClaim()];
    expect(claimed.map((job) => job?.key)).toEqual(['a', 'b', undefined]);
  });

  it('a time with a fraction of a millisecond › is the next whole one', async () => {
    await schedule('a', now - 0.5);
    const dueAt = async () => (await read('a')).due_at;
    expect(await dueAt()).toBe(now);
    await store.retry(database.db, await claim(), now - 0.25);
    expect(await dueAt()).toBe(now);
    await store.postpone(database.db, await claim(), now + 0.25);
    expect(await dueAt()).toBe(now + 1);
  });

  it('a payload › comes back as it was', async () => {
    await schedule('a', now, { text: 'naïve ✓', list: [1, null] });
    expect(await claim()).toMatchObject({
      key: 'a',
      payload: { text: 'naïve ✓', list: [1, null] },
      tries: 1,
      fence: 1,
    });
    await schedule('b');
    expect(await claim()).toMatchObject({ key: 'b', payload: null });
  });

  it('many claims at once › share the jobs, none twice', async () => {
    for (let count = 0; count < 12; count += 1) await schedule(`e${count}`);
    const claimed = await Promise.all(Array.from({ length: 20 }, () => tryClaim()));
    const keys = claimed.flatMap((job) => job?.key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    // A claim that finds every due row locked returns nothing instead of waiting.
    while (await tryClaim().then((job) => job && keys.push(job.key)));
    expect(new Set(keys).size).toBe(12);
    expect(keys).toHaveLength(12);
  });

  it('a job whose process died › is claimed again at the end of its lease, with a higher fence', async () => {
    await schedule('a');
    expect(await claim('p1')).toMatchObject({ tries: 1, fence: 1 });
    now += minute - 1;
    expect(await tryClaim('p2')).toBeUndefined();
    now += 1;
    expect(await claim('p2')).toMatchObject({ key: 'a', tries: 2, fence: 2 });
  });

  it('a result of an older fence › changes nothing and returns false', async () => {
    await schedule('a');
    const old = await claim('p1');
    now += minute;
    const current = await claim('p2');
    expect(await store.finish(database.db, old, 'agreed')).toBe(false);
    expect(await store.retry(database.db, old, now)).toBe(false);
    expect(await store.postpone(database.db, old, now)).toBe(false);
    expect(await store.markDead(database.db, old, 'broken')).toBe(false);
    expect(await tryClaim()).toBeUndefined();
    expect(await store.finish(database.db, current, 'changed')).toBe(true);
    expect(await read('a')).toMatchObject({ outcome: 'changed', tries: 2 });
  });

  it('a result after the end of the lease, with no other claim › counts', async () => {
    await schedule('a');
    const job = await claim();
    now += 10 * minute;
    expect(await store.finish(database.db, job, 'agreed')).toBe(true);
  });

  it('a second result of one claim › changes nothing', async () => {
    await schedule('a');
    const job = await claim();
    expect(await store.retry(database.db, job, now + minute)).toBe(true);
    expect(await store.finish(database.db, job, 'agreed')).toBe(false);
    expect(await read('a')).toMatchObject({ outcome: null });
  });

  it('a fence after the job began anew › is still higher than every one before', async () => {
    await schedule('a');
    const first = await claim();
    await store.finish(database.db, first, 'agreed');
    await schedule('a');
    const second = await claim();
    expect(second).toMatchObject({ tries: 1, fence: 2 });
    expect(await store.finish(database.db, first, 'agreed')).toBe(false);
  });

  it('retry › is due at its time, and the try counts', async () => {
    await schedule('a');
    await store.retry(database.db, await claim(), now + minute, 'unavailable');
    expect(await read('a')).toMatchObject({ reason: 'unavailable', due_at: now + minute });
    now += minute - 1;
    expect(await tryClaim()).toBeUndefined();
    now += 1;
    expect(await claim()).toMatchObject({ tries: 2 });
  });

  it('postpone › is due at its time, and the try does not count', async () => {
    await schedule('a');
    await store.postpone(database.db, await claim(), now + minute, 'rate-limited');
    now += minute;
    expect(await claim()).toMatchObject({ tries: 1, fence: 2 });
  });

  it('scheduled while open › stays as it is; scheduled when finished › begins anew', async () => {
    expect(await schedule('a', now, 'first')).toBe(true);
    const job = await claim();
    expect(await schedule('a', now - 5, 'second')).toBe(false);
    expect(await tryClaim()).toBeUndefined();
    await store.finish(database.db, job, 'agreed');
    expect(await schedule('a', now + 5, 'third')).toBe(true);
    expect(await tryClaim()).toBeUndefined();
    now += 5;
    expect(await claim()).toMatchObject({ tries: 1, payload: 'third' });
  });

  it('a transaction that fails › schedules and finishes nothing', async () => {
    await schedule('a');
    const job = await claim();
    const failing = database.db.transaction().execute(async (transaction) => {
      await store.schedule(transaction, { ...keyOf('b'), dueAt: now });
      await store.finish(transaction, job, 'agreed');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(read('b')).rejects.toThrow();
    expect(await read('a')).toMatchObject({ outcome: null });
  });

  it('jobs of another account or kind › are not claimed', async () => {
    await store.schedule(database.db, { kind: 'reconcile', account: 'other', key: 'a', dueAt: now });
    await store.schedule(database.db, { kind: 'call-log', account: 'acme', key: 'a', dueAt: now });
    expect(await tryClaim()).toBeUndefined();
  });

  describe('dead letters', () => {
    const kill = async (key: string) => {
      await schedule(key);
      await store.markDead(database.db, await claim(), 'not-found');
    };

    it('a dead letter › is not claimed again and is listed with its reason', async () => {
      await kill('a');
      now += day;
      expect(await tryClaim()).toBeUndefined();
      expect(await read('a')).toMatchObject({ outcome: 'dead', reason: 'not-found' });
      expect(await store.listDead({ limit: 10 })).toEqual([
        {
          id: expect.any(Number),
          kind: 'reconcile',
          account: 'acme',
          key: 'a',
          payload: null,
          tries: 1,
          reason: 'not-found',
          finishedAt: start,
        },
      ]);
    });

    it('many › are listed page by page', async () => {
      for (const key of ['a', 'b', 'c']) await kill(key);
      const [first, second] = await store.listDead({ limit: 2 });
      expect([first?.key, second?.key]).toEqual(['a', 'b']);
      const rest = await store.listDead({ limit: 2, afterId: second?.id ?? 0 });
      expect(rest.map(({ key }) => key)).toEqual(['c']);
    });

    it('one replayed › is due at once with its tries reset; the others stay', async () => {
      await kill('a');
      await kill('b');
      const [first] = await store.listDead({ limit: 1 });
      expect(await store.replay(first?.id ?? 0)).toBe(true);
      expect(await store.replay(first?.id ?? 0)).toBe(false);
      expect(await claim()).toMatchObject({ key: 'a', tries: 1 });
      expect(await tryClaim()).toBeUndefined();
    });

    it('a handler finishes with the word `dead` › is no dead letter', async () => {
      await schedule('a');
      await store.finish(database.db, await claim(), 'dead');
      expect(await store.listDead({ limit: 1 })).toEqual([]);
      const { id } = await read('a');
      expect(await store.replay(id)).toBe(false);
      expect(await store.deleteEnded({ finished: now, dead: now + 1 }, 1)).toBe(0);
      expect(await store.deleteEnded({ finished: now + 1, dead: now }, 1)).toBe(1);
    });
  });

  it('ended jobs › are deleted by their own ages, in batches; open ones stay', async () => {
    for (const key of ['a', 'b', 'c']) {
      await schedule(key);
      await store.finish(database.db, await claim(), 'agreed');
    }
    await schedule('dead');
    await store.markDead(database.db, await claim(), 'broken');
    await schedule('open');
    const before = { finished: now + 1, dead: now };
    expect(await store.deleteEnded({ finished: now, dead: now }, 10)).toBe(0);
    expect(await store.deleteEnded(before, 2)).toBe(2);
    expect(await store.deleteEnded(before, 2)).toBe(1);
    expect(await store.deleteEnded({ finished: now, dead: now + 1 }, 2)).toBe(1);
    const left = await database.db.selectFrom('jobs').select('key').execute();
    expect(left).toEqual([{ key: 'open' }]);
  });
});
