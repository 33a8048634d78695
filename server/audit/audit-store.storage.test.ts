import { Migrator, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../platform/storage/database.ts';
import { findMigrations } from '../platform/storage/find-migrations.ts';
import { openPostgres } from '../platform/storage/open-postgres.ts';
import { openSqlite } from '../platform/storage/open-sqlite.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import type { AuditEntry } from './audit-entry.ts';
import { createAuditStore } from './audit-store.ts';
import { createChainSeal } from './chain-seal.ts';
import { chainEntries, genesisHash } from './entry-hash.ts';
import { verifyChain } from './verify-chain.ts';

const agent = { account: 'main', uid: 'agent-1' };
const reveal = (customerId: string, details: AuditEntry['details'] = {}): AuditEntry => ({
  agent,
  action: 'customer.reveal',
  engagementId: 'E-1',
  customerId,
  details,
});
const seal = createChainSeal(Buffer.alloc(32, 1));
const otherSeal = createChainSeal(Buffer.alloc(32, 2));

describe.each(databasesUnderTest)('audit trail on $name', ({ name, open, createEmpty }) => {
  let database: DatabaseUnderTest;
  let now: number;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    now = 1_000;
    await database.db.deleteFrom('audit_entries').execute();
    await database.db.deleteFrom('audit_chain').execute();
    await database.db.deleteFrom('sessions').execute();
  });

  const openStore = (options: { seal?: typeof seal } = {}) =>
    createAuditStore({ database, clock: () => now, ...options });

  async function openSealed() {
    const store = openStore({ seal });
    await store.sealNewTrail();
    return store;
  }

  const addSession = () =>
    database.db
      .insertInto('sessions')
      .values({ token_hash: 't', account: 'main', uid: 'agent-1', created_at: 1, expires_at: 9 })
      .execute();

  async function appendMany(count: number, store = openStore()): Promise<void> {
    for (let index = 1; index <= count; index += 1) await store.append([reveal(`crm:${index}`)]);
  }

  const tamper = (statement: string) => sql.raw(statement).execute(database.db);

  it('entries are added › the chain is unbroken, and details keep what was said', async () => {
    const store = openStore();
    await store.append([reveal('crm:1', { reason: 'other', note: 'asked \ud800 by 4111 1111 1111 1111' })]);
    await store.append([{ agent: { account: 'main', uid: 'x\0y\ud800' }, action: 'session.sign-in' }]);
    await store.append([{ agent, action: 'customer.search', details: { customers: ['crm:4111111111111111'] } }]);
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 3, seal: 'none', sealChanges: [] });
    const entries = await store.list({}, 10);
    expect(entries.map(({ details }) => details)).toEqual([
      '{"customers":["crm:4111111111111111"]}',
      '{}',
      '{"reason":"other","note":"asked \\ud800 by [card number]"}',
    ]);
    expect((await store.list({ customerId: 'crm:4111111111111111' }, 10)).map(({ action }) => action)).toEqual([
      'customer.search',
    ]);
  });

  it('a view of a merged customer › is stored once, and found by each record, also after an erasure', async () => {
    const store = openStore();
    const view = (...records: string[]): AuditEntry => ({
      agent,
      action: 'customer.view',
      engagementId: 'E-1',
      customerId: 'crm:1',
      ...(records.length > 0 && { details: { records } }),
    });
    await store.append([view()]);
    await store.append([view('crm:1', 'directory:C-1')]);
    await store.append([view('crm:1', 'directory:C-1')]);
    await store.append([view()]);
    await database.db.transaction().execute((transaction) => store.eraseDetails(transaction, 'crm:1'));
    expect((await store.list({ customerId: 'directory:C-1' }, 10)).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 2, erased: 0 });
  });

  it('several processes add at once › every entry has a number of its own and the chain is unbroken', async () => {
    const second = name === 'sqlite' ? openSqlite(database.url.slice('sqlite:'.length)) : openPostgres(database.url);
    onTestFinished(() => second.close());
    const stores = [openStore(), createAuditStore({ database: second, clock: () => now })];
    const addTen = async (store: ReturnType<typeof openStore>) => {
      for (let count = 0; count < 10; count += 1) await store.append([reveal('crm:1'), reveal('crm:2')]);
    };
    await Promise.all(stores.map(addTen));
    expect(await verifyChain(openStore())).toMatchObject({ kind: 'intact', entries: 40 });
  });

  it.each([
    ['an actor is changed', "update audit_entries set actor = 'agent-2' where sequence = 3", 3, 'changed'],
    ['details are changed', `update audit_entries set details = '{"a":"b"}' where sequence = 3`, 3, 'changed'],
    ['an entry is removed', 'delete from audit_entries where sequence = 3', 3, 'missing'],
    ['the newest entry is removed', 'delete from audit_entries where sequence = 5', 5, 'missing'],
    ['the oldest entry is removed', 'delete from audit_entries where sequence = 1', 1, 'missing'],
    ['all are removed', 'delete from audit_entries', 1, 'missing'],
    [
      'an entry is exchanged',
      `update audit_entries set previous_hash = '${genesisHash}' where sequence = 3`,
      3,
      'not-linked',
    ],
    ['the end is moved back', 'update audit_chain set sequence = 4', 4, 'other-end'],
    [
      'an entry is added beside the chain',
      `insert into audit_entries select 6, account, at, actor, action, engagement_id, customer_id, details,
        details_digest, previous_hash, hash from audit_entries where sequence = 5`,
      6,
      'beyond-the-end',
    ],
  ])('%s › is broken there', async (_, statement, sequence, reason) => {
    await appendMany(5);
    await tamper(statement);
    expect(await verifyChain(openStore())).toEqual({ kind: 'broken', sequence, reason });
  });

  it('the end is cut off with its entries › contradicts the head that was noted', async () => {
    const store = await openSealed();
    await appendMany(2, store);
    const early = await store.readEnds();
    await appendMany(2, store);
    const { head } = (await verifyChain(store, { seal })) as { head: { sequence: number; hash: string } };
    await tamper('delete from audit_entries where sequence > 2');
    await database.db.updateTable('audit_chain').set(early).execute();
    expect(await verifyChain(store, { seal })).toMatchObject({ kind: 'intact', entries: 2 });
    expect(await verifyChain(store, { seal, knownHeads: [head] })).toEqual({
      kind: 'broken',
      sequence: 3,
      reason: 'missing',
    });
    now += 1;
    await appendMany(2, store);
    expect(await verifyChain(store, { seal, knownHeads: [head] })).toMatchObject({ reason: 'other-than-known' });
  });

  /** By somebody who writes the database without the key: leaves out an entry and chains the others anew. */
  async function makeAnew(key_id: string | null, sealText: string | null): Promise<void> {
    const stored = await database.db.selectFrom('audit_entries').selectAll().orderBy('sequence').execute();
    const others = stored.filter(({ customer_id }) => customer_id !== 'crm:2');
    const rows = chainEntries(
      { sequence: 0, hash: genesisHash },
      others.map((each) => ({ ...each, details: each.details ?? '{}' })),
    );
    const { sequence = 0, hash = genesisHash } = rows.at(-1) ?? {};
    await database.db.deleteFrom('audit_entries').execute();
    await database.db.insertInto('audit_entries').values(rows).execute();
    await database.db.updateTable('audit_chain').set({ sequence, hash, key_id, seal: sealText }).execute();
  }

  it.each([
    ['a seal that does not fit', seal.keyId, 'AAAA', 'seal'],
    ['no seal', null, null, 'not-sealed'],
    ['a seal by another key', otherSeal.keyId, 'AAAA', 'other-key'],
  ])('the chain is made anew with %s › is broken, also after the next entries', async (_, keyId, sealText, reason) => {
    const store = await openSealed();
    await appendMany(3, store);
    expect(await verifyChain(store, { seal })).toMatchObject({ kind: 'intact', seal: 'sealed', sealChanges: [] });
    await makeAnew(keyId, sealText);
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 2, reason });
    await appendMany(2, store);
    await store.deleteOlder(now + 1, 1);
    await store.sealNewTrail();
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 4, reason });
  });

  it.each([
    ['and the ends', 'delete from audit_chain'],
    [
      'and the ends are reset',
      `update audit_chain set sequence = 0, hash = '${genesisHash}', key_id = null, seal = null`,
    ],
  ])('all entries %s are removed › is broken, also after a restart and the next entry', async (_, statement) => {
    const store = await openSealed();
    await appendMany(3, store);
    await addSession();
    await tamper('delete from audit_entries');
    await tamper(statement);
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 0, reason: 'not-sealed' });
    const restarted = openStore({ seal });
    await restarted.sealNewTrail();
    await appendMany(1, restarted);
    expect(await verifyChain(restarted, { seal })).toEqual({ kind: 'broken', sequence: 1, reason: 'not-sealed' });
  });

  it('a new database › the empty trail is sealed at the first start', async () => {
    const store = openStore({ seal });
    await store.sealNewTrail();
    expect(await verifyChain(store, { seal })).toMatchObject({ kind: 'intact', entries: 0, seal: 'sealed' });
    await database.db.updateTable('audit_chain').set({ sequence: 0, hash: 'other' }).execute();
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 0, reason: 'seal' });
  });

  it('a trail without a key, then a key › is not sealed until an operator does it, which is an entry', async () => {
    await appendMany(1);
    expect(await verifyChain(openStore())).toMatchObject({ kind: 'intact', seal: 'none' });
    const store = openStore({ seal });
    await store.sealNewTrail();
    await appendMany(1, store);
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 2, reason: 'not-sealed' });
    expect([await store.reseal(), await store.reseal()]).toEqual(['none', 'sealed']);
    await appendMany(1, store);
    expect(await verifyChain(store, { seal })).toMatchObject({ kind: 'intact', seal: 'sealed', sealChanges: [3] });
    const [change] = await store.list({ action: 'audit.seal-change' }, 10);
    expect(change).toMatchObject({ actor: 'operator', details: `{"from":"none","to":"${seal.keyId}"}` });
  });

  it('another key › is broken until an operator seals by it, and the former key is named', async () => {
    await appendMany(1, await openSealed());
    expect(await verifyChain(openStore())).toMatchObject({ kind: 'intact', seal: 'unverified' });
    const store = openStore({ seal: otherSeal });
    await expect(store.checkKey()).rejects.toThrow('sealed by another SECRETS_KEY');
    expect(await verifyChain(store, { seal: otherSeal })).toMatchObject({ reason: 'other-key' });
    await store.reseal();
    expect(await verifyChain(store, { seal: otherSeal })).toMatchObject({ kind: 'intact', sealChanges: [2] });
    const [change] = await store.list({}, 1);
    expect(change?.details).toBe(`{"from":"${seal.keyId}","to":"${otherSeal.keyId}"}`);
  });

  it('a sealed trail and a process without the key › its entries leave a seal that does not fit', async () => {
    const store = await openSealed();
    await appendMany(1, store);
    await expect(openStore().checkKey()).rejects.toThrow('SECRETS_KEY');
    await appendMany(1, openStore());
    await appendMany(1, store);
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 3, reason: 'seal' });
  });

  it('the times of entries are changed to old ones › retention does not delete them with the proof', async () => {
    const store = await openSealed();
    now = 9_000;
    await appendMany(3, store);
    await tamper('update audit_entries set at = 1 where sequence <= 2');
    await expect(store.deleteOlder(5_000, 200)).rejects.toThrow('broken at entry 1 (changed)');
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 1, reason: 'changed' });
  });

  it('retention deletes the oldest › the rest stays provable, and no entry after a newer one is skipped', async () => {
    const store = await openSealed();
    for (const time of [900, 1_000, 2_000, 9_000, 3_000, 9_500]) {
      now = time;
      await store.append([reveal(`crm:${time}`)]);
    }
    const noted = { sequence: 3, hash: (await store.readAfter(2, 1))[0]?.hash ?? '' };
    expect(await store.deleteOlder(5_000, 2)).toBe(2);
    expect(await store.deleteOlder(5_000, 2)).toBe(1);
    expect(await store.deleteOlder(5_000, 2)).toBe(0);
    expect(await verifyChain(store, { seal, knownHeads: [noted, { sequence: 1, hash: noted.hash }] })).toMatchObject({
      kind: 'intact',
      entries: 3,
      deleted: 3,
      seal: 'sealed',
      uncheckedHeads: [1],
    });
    await tamper('delete from audit_entries where sequence = 4');
    expect(await verifyChain(store, { seal })).toEqual({ kind: 'broken', sequence: 4, reason: 'missing' });
  });

  it('everything is old › the newest entry stays', async () => {
    const store = openStore();
    await appendMany(3, store);
    expect(await store.deleteOlder(9_000, 200)).toBe(2);
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 1 });
  });

  it('retention deletes while the trail is read › the verification begins again', async () => {
    const store = openStore();
    await appendMany(4, store);
    now = 9_000;
    await appendMany(1, store);
    let reads = 0;
    const report = await verifyChain({
      ...store,
      async readAfter(sequence, limit) {
        reads += 1;
        if (reads === 2) await store.deleteOlder(5_000, 200);
        return store.readAfter(sequence, Math.min(limit, 2));
      },
    });
    expect(report).toMatchObject({ kind: 'intact', entries: 1, deleted: 4 });
  });

  it('details of a customer are erased › their entries stay and the chain is unbroken', async () => {
    const store = openStore();
    await store.append([
      reveal('crm:1', { reason: 'other', note: 'his wife called' }),
      reveal('crm:2', { reason: 'x' }),
    ]);
    const erase = (customerId: string) =>
      database.db.transaction().execute(async (transaction) => {
        const count = await store.eraseDetails(transaction, customerId);
        await store.appendIn(transaction, [{ agent, action: 'customer.erase', customerId, details: { count } }]);
        return count;
      });
    expect(await erase('crm:1')).toBe(1);
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 3, erased: 1 });
    expect((await store.list({}, 10)).map(({ details }) => details)).toEqual(['{"count":1}', '{"reason":"x"}', null]);
    expect(await erase('crm:1')).toBe(1);
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 4, erased: 2 });
    let reads = 0;
    const report = await verifyChain({
      ...store,
      async readAfter(sequence, limit) {
        reads += 1;
        if (reads === 1) await erase('crm:2');
        return store.readAfter(sequence, limit);
      },
    });
    expect(report).toMatchObject({ kind: 'intact', entries: 4, erased: 3 });
  });

  it.each([
    ['every entry', 'update audit_entries set details = null', 1],
    [
      'an entry of a customer who is not erased',
      `update audit_entries set details = null where customer_id = 'crm:2'`,
      3,
    ],
    ['an entry after the erasure', `update audit_entries set details = null where sequence in (2, 5)`, 5],
  ])('the details of %s are removed › is broken there', async (_, statement, sequence) => {
    const store = openStore();
    await store.append([
      { agent, action: 'session.sign-in' },
      reveal('crm:1', { reason: 'x' }),
      reveal('crm:2', { reason: 'x' }),
      { agent, action: 'customer.erase', customerId: 'crm:1' },
      reveal('crm:1', { reason: 'x' }),
    ]);
    await tamper(statement);
    expect(await verifyChain(store)).toEqual({ kind: 'broken', sequence, reason: 'details-removed' });
  });

  it('entries of a former version › are chained from the genesis', async () => {
    const { url, remove } = await createEmpty();
    onTestFinished(remove);
    const before = name === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
    const migrations = Object.entries(await findMigrations(name));
    const earlier = Object.fromEntries(migrations.filter(([migration]) => migration < '0013'));
    await new Migrator({ db: before.db, provider: { getMigrations: async () => earlier } }).migrateToLatest();
    const rows = Array.from(
      { length: 1_001 },
      (_, index) => sql`('main', ${index}, 'agent-1', 'customer.verify', '{}')`,
    );
    await sql`insert into audit_entries (account, at, actor, action, details) values ${sql.join(rows)}`.execute(
      before.db,
    );
    await sql`delete from audit_entries where id = 7`.execute(before.db);
    await before.close();
    const after = await openDatabase(url);
    onTestFinished(after.close);
    const store = createAuditStore({ database: after, clock: () => now });
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 1_000, deleted: 0 });
    await store.append([reveal('crm:1')]);
    expect(await verifyChain(store)).toMatchObject({ kind: 'intact', entries: 1_001 });
  });
});
