import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainStatements } from '../platform/storage/explain-for-tests.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';

const now = 1_790_000_000_000;

describe.each(databasesUnderTest)('session store on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let store: SessionStore;
  beforeAll(async () => {
    database = await open();
    store = createSessionStore(database);
  });
  afterAll(() => database.close());

  it('expired sessions and contexts › are deleted in batches, live ones stay', async () => {
    for (const [tokenHash, expiresAt] of [
      ['a', now - 2],
      ['b', now - 1],
      ['c', now],
      ['d', now + 1],
    ] as const) {
      await store.add({ tokenHash, account: 'main', uid: 'agent-1', createdAt: now - 10, expiresAt });
      await store.claimContext({ digest: tokenHash, address: '::1', expiresAt });
    }
    expect([await store.deleteExpiredSessions(now, 2), await store.deleteExpiredSessions(now, 2)]).toEqual([2, 1]);
    expect([await store.deleteExpiredContexts(now, 2), await store.deleteExpiredContexts(now, 2)]).toEqual([2, 1]);
    expect(await store.filterLive(['a', 'b', 'c', 'd'], 0)).toEqual(new Set(['d']));
    const contexts = await database.db.selectFrom('app_contexts').select('digest').execute();
    expect(contexts).toEqual([{ digest: 'd' }]);
  });

  it('sessions are ended › by bearer and by user › others stay', async () => {
    const session = (tokenHash: string, uid: string, expiresAt = now + 10) =>
      store.add({ tokenHash, account: 'ending', uid, createdAt: now, expiresAt });
    await Promise.all([session('e', 'u-1'), session('f', 'u-1'), session('g', 'u-2'), session('h', 'u-1', now - 1)]);
    await store.end('e');
    const listEnding = async () => (await store.list(now)).filter(({ account }) => account === 'ending');
    expect(new Set((await listEnding()).map(({ uid }) => uid))).toEqual(new Set(['u-1', 'u-2']));
    expect([await store.endAllOfUser('u-1', now), await store.endAllOfUser('u-1', now)]).toEqual([1, 0]);
    expect(await listEnding()).toEqual([{ account: 'ending', uid: 'u-2', createdAt: now, expiresAt: now + 10 }]);
  });

  it('live sessions › forty thousand are asked for › one statement answers, each found by its key', async () => {
    await store.add({ tokenHash: 'live', account: 'main', uid: 'agent-2', createdAt: now, expiresAt: now + 10 });
    const hashes = ['live', ...Array.from({ length: 40_000 }, (_, index) => `unknown-${index}`)];
    const plans = await explainStatements(database, async () => {
      expect(await store.filterLive(hashes, now)).toEqual(new Set(['live']));
    });
    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toMatch(/SCAN sessions|Seq Scan/);
  });

  it.each([
    ['expired sessions', () => store.deleteExpiredSessions(now, 100), 'sessions_by_expiry'],
    ['expired contexts', () => store.deleteExpiredContexts(now, 100), 'app_contexts_by_expiry'],
    [
      'all sessions of an agent',
      () => store.endAll(database.db, { account: 'main', uid: 'agent-1' }),
      'sessions_by_agent',
    ],
  ])('deletion of %s › uses its index', async (_name, work, index) => {
    const plans = await explainStatements(database, work);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain(index);
    expect(plans[0]).not.toMatch(/SCAN (sessions|app_contexts)|Seq Scan/);
  });
});
