import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../platform/storage/database.ts';
import { explainStatements } from '../../platform/storage/explain-for-tests.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { createInboxStore, type InboxStore, type NewInboxRow, type RowResult } from './inbox-store.ts';

function row(key: string, changes: Partial<NewInboxRow> = {}): NewInboxRow {
  return {
    account: 'main',
    dedupe_key: key,
    origin: 'webhook',
    event: 'engagement_ended',
    engagement_id: 'E-1',
    happened_at: 900,
    received_at: 1_000,
    body: '{"a":"\u00e9"}',
    state: 'pending',
    reason: null,
    processed_at: null,
    ...changes,
  };
}

describe.each(databasesUnderTest)('inbox store on $name', ({ name, open }) => {
  let database: DatabaseUnderTest;
  let store: InboxStore;
  beforeAll(async () => {
    database = await open();
    store = createInboxStore(database);
  });
  afterAll(() => database.close());

  const keysOf = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const idOf = async (key: string) => {
    const entries = await store.list({}, 10_000);
    return entries.find((entry) => entry.dedupe_key === key)?.id ?? 0;
  };

  test.each([1, 4, 5, 37, 500])('insert of %i rows › returns the new keys', async (count) => {
    const keys = keysOf(`many-${count}`, count);
    expect(await store.insert(keys.map((key) => row(key)))).toEqual(new Set(keys));
    const more = [...keys, `${count} more`];
    expect(await store.insert(more.map((key) => row(key)))).toEqual(new Set([`${count} more`]));
  });

  test('the same rows on two connections at once › are stored once', async () => {
    const other = await openDatabase(database.url);
    const otherStore = createInboxStore(other);
    for (let round = 0; round < 10; round++) {
      const keys = keysOf(`twice-${round}`, 60);
      const answers = await Promise.all([
        store.insert(keys.map((key) => row(key))),
        otherStore.insert(keys.toReversed().map((key) => row(key))),
      ]);
      expect(answers.flatMap((stored) => [...stored]).sort()).toEqual(keys.sort());
    }
    await other.close();
  });

  test('a row that violates a constraint › fails its whole group', async () => {
    const broken = row('broken', { received_at: null as unknown as number });
    await expect(store.insert([row('good'), broken])).rejects.toThrow();
    expect(await idOf('good')).toBe(0);
  });

  test('pending rows › are locked in order, and results written with them', async () => {
    await database.db.deleteFrom('inbox_events').execute();
    await store.insert(keysOf('p', 5).map((key) => row(key)));
    expect(await store.hasPending()).toBe(true);
    const locked = await database.db.transaction().execute(async (transaction) => {
      const rows = await store.lockPending(transaction, { max: 3 });
      const results = rows.map(({ id }, index): RowResult => {
        return index === 0 ? { id, state: 'dead', reason: 'why' } : { id, state: 'applied', reason: null };
      });
      await store.writeResults(transaction, results, 2_000);
      return rows.map(({ dedupe_key }) => dedupe_key);
    });
    expect(locked).toEqual(['p-0', 'p-1', 'p-2']);
    expect(await store.read(await idOf('p-0'))).toMatchObject({ state: 'dead', reason: 'why', processed_at: 2_000 });
    expect([await store.count('pending'), await store.count('dead')]).toEqual([2, 1]);
  });

  test('a transaction that fails › leaves its rows pending', async () => {
    const failing = database.db.transaction().execute(async (transaction) => {
      const rows = await store.lockPending(transaction, { max: 10 });
      const results = rows.map(({ id }): RowResult => ({ id, state: 'applied', reason: null }));
      await store.writeResults(transaction, results, 2_000);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await store.count('pending')).toBe(2);
    expect(await store.listPendingIds(10)).toHaveLength(2);
  });

  test('two processes › take each row once', async () => {
    await database.db.deleteFrom('inbox_events').execute();
    await store.insert(keysOf('w', 40).map((key) => row(key)));
    const other = await openDatabase(database.url);
    const taken: number[] = [];
    const work = async (worker: InboxStore, { db }: Pick<Database, 'db'>) => {
      const take = () =>
        db.transaction().execute(async (transaction) => {
          const rows = await worker.lockPending(transaction, { max: 7 });
          await new Promise((resolve) => setTimeout(resolve, 2));
          const results = rows.map(({ id }): RowResult => ({ id, state: 'applied', reason: null }));
          await worker.writeResults(transaction, results, 2_000);
          return rows;
        });
      while (await worker.hasPending()) taken.push(...(await take()).map(({ id }) => id));
    };
    await Promise.all([work(store, database), work(createInboxStore(other), other)]);
    await other.close();
    expect(taken).toHaveLength(40);
    expect(new Set(taken).size).toBe(40);
  });

  test('replay › sets rows with a body to pending', async () => {
    await database.db.deleteFrom('inbox_events').execute();
    await store.insert([
      row('r-1', { state: 'applied', engagement_id: 'E-1' }),
      row('r-2', { state: 'dead', reason: 'why', engagement_id: 'E-2' }),
      row('r-3', { state: 'dead', body: null, engagement_id: 'E-2' }),
    ]);
    expect(await store.replay({ state: 'dead' })).toEqual({ replayed: 1, withoutBody: 1 });
    expect(await store.read(await idOf('r-2'))).toMatchObject({ state: 'pending', reason: null });
    const id = await idOf('r-1');
    expect(await store.replay({ ids: { from: id, to: id } })).toEqual({ replayed: 1, withoutBody: 0 });
    expect(await store.replay({ engagementId: 'E-9' })).toEqual({ replayed: 0, withoutBody: 0 });
  });

  test('list › is newest first, filtered, without bodies', async () => {
    const all = await store.list({}, 2);
    expect(all.map(({ dedupe_key }) => dedupe_key)).toEqual(['r-3', 'r-2']);
    expect(all[0]).not.toHaveProperty('body');
    expect((await store.list({ state: 'dead' }, 9)).map(({ dedupe_key }) => dedupe_key)).toEqual(['r-3']);
    expect((await store.list({ engagementId: 'E-1' }, 9)).map(({ dedupe_key }) => dedupe_key)).toEqual(['r-1']);
    expect((await store.list({ engagementId: 'E-2' }, 9)).map(({ dedupe_key }) => dedupe_key)).toEqual(['r-3', 'r-2']);
  });

  test('list by engagement › searches pending rows and all others by an index each', async () => {
    const [plan] = await explainStatements(database, () => store.list({ engagementId: 'E-1' }, 9));
    expect(plan).not.toMatch(/SCAN inbox_events(?! USING (COVERING )?INDEX inbox_events_pending)|Seq Scan/);
    expect(plan).toMatch(/inbox_events_by_engagement/);
    expect(plan).toMatch(/inbox_events_pending/);
  });

  test('insert of a pending row › writes no entry to the index by engagement', async () => {
    const definitions = await (name === 'sqlite'
      ? sql<{ text: string }>`select sql as text from sqlite_schema where name = 'inbox_events_by_engagement'`
      : sql<{ text: string }>`select indexdef as text from pg_indexes where indexname = 'inbox_events_by_engagement'`
    ).execute(database.db);
    expect(definitions.rows[0]?.text).toMatch(/where .*state.* <> 'pending'/i);
  });
});
