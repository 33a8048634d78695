import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createJobStore, deleteFinishedJobs, type JobStore } from './job-store.ts';

const now = 1_790_000_000_000;
const minute = 60_000;

describe.each(databasesUnderTest)('reconcile job store on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let jobs: JobStore;
  beforeEach(async () => {
    database = await open();
    jobs = createJobStore(database, 'acme');
  });
  afterEach(() => database.close());

  const schedule = (id: string, dueAt = now) => jobs.schedule(database.db, id, dueAt);

  it('are claimed when they are due, the earliest first, once each', async () => {
    await schedule('late', now + 1);
    await schedule('b', now - 1);
    await schedule('a', now - 2);
    const claimed = [await jobs.claim(now, minute), await jobs.claim(now, minute), await jobs.claim(now, minute)];
    expect(claimed.map((job) => job?.engagementId)).toEqual(['a', 'b', undefined]);
  });

  it('are shared by any number of processes', async () => {
    for (let n = 0; n < 12; n += 1) await schedule(`e${n}`);
    const claimed = await Promise.all(Array.from({ length: 20 }, () => jobs.claim(now, minute)));
    const ids = claimed.flatMap((job) => job?.engagementId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    // Who finds every due row locked goes home; nobody waits.
    while (await jobs.claim(now, minute).then((job) => job && ids.push(job.engagementId)));
    expect(ids).toHaveLength(12);
  });

  it('of a process that died are taken up again, and the try counts', async () => {
    await schedule('a');
    expect(await jobs.claim(now, minute)).toMatchObject({ tries: 1 });
    expect(await jobs.claim(now + minute - 1, minute)).toBeUndefined();
    expect(await jobs.claim(now + minute, minute)).toMatchObject({ engagementId: 'a', tries: 2 });
  });

  it('are not touched by who comes after its claim has passed to another', async () => {
    await schedule('a');
    const late = await jobs.claim(now, minute);
    const other = await jobs.claim(now + minute, minute);
    if (!late || !other) throw new Error('nothing was claimed');
    await jobs.finish(late, 'agreed');
    await jobs.reschedule(late, now);
    expect(await jobs.claim(now + minute, minute)).toBeUndefined();
    await jobs.finish(other, 'mended');
    expect(await jobs.claim(now + 10 * minute, minute)).toBeUndefined();
  });

  it('that are open stay as they are when they are scheduled again; one that is done begins anew', async () => {
    await schedule('a');
    const job = await jobs.claim(now, minute);
    if (!job) throw new Error('nothing was claimed');
    await schedule('a', now - 5);
    expect(await jobs.claim(now, minute)).toBeUndefined();
    await jobs.finish(job, 'agreed');
    await schedule('a', now + 5);
    expect(await jobs.claim(now + 4, minute)).toBeUndefined();
    expect(await jobs.claim(now + 5, minute)).toMatchObject({ tries: 1 });
  });

  it('are scheduled in the caller’s commit or not at all', async () => {
    const failing = database.db.transaction().execute(async (transaction) => {
      await jobs.schedule(transaction, 'a', now);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await jobs.claim(now, minute)).toBeUndefined();
  });

  it('of other accounts are not seen, and what is done is forgotten in time', async () => {
    await createJobStore(database, 'other').schedule(database.db, 'a', now);
    expect(await jobs.claim(now, minute)).toBeUndefined();
    await schedule('b');
    await schedule('c');
    const job = await jobs.claim(now, minute);
    if (!job) throw new Error('nothing was claimed');
    await jobs.finish(job, 'agreed');
    await deleteFinishedJobs(database.db, now + 1, 10);
    const left = await database.db
      .selectFrom('read_back_jobs')
      .select('engagement_id')
      .orderBy('engagement_id')
      .execute();
    expect(left.map((row) => row.engagement_id)).toEqual(['a', 'c']);
  });
});
