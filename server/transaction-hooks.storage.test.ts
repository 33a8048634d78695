import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSessionService } from './auth/session.ts';
import { createSessionStore, type SessionStore } from './auth/session-store.ts';
import { createEngagementService } from './engagements/service.ts';
import { createRunTransaction, type DomainEvent, type EngagementEvent, type TransactionHook } from './events.ts';
import { createInbox } from './intake/inbox/inbox.ts';
import { zoomEvent } from './intake/normalize/fake-zoom-events.ts';
import { createChangeStore } from './live/changes/change-store.ts';
import { createLog } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import type { Db } from './platform/storage/schema.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './platform/storage/storage-conformance.ts';

const now = Date.parse('2026-11-20T09:30:00Z');

describe.each(databasesUnderTest)('transaction hooks on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let hooks: TransactionHook[];
  let published: DomainEvent[];
  let onPublish: (event: DomainEvent) => void;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => {
    hooks = [];
    published = [];
    onPublish = (event) => published.push(event);
  });

  /** Runs each transaction to its end, and then fails instead of committing. */
  const withFailingCommit = (db: Db): Db =>
    Object.assign(Object.create(db), {
      transaction: () => ({
        execute: (work: (transaction: Db) => Promise<unknown>) =>
          db.transaction().execute(async (transaction) => {
            await work(transaction);
            throw new Error('commit failed');
          }),
      }),
    });

  function createParts(db: Db = database.db) {
    const runTransaction = createRunTransaction({ db, publish: (event) => onPublish(event) });
    const engagements = createEngagementService({
      database: { db: database.db, kind: database.kind },
      runTransaction,
      hooks,
      clock: () => now,
      appendChanges: createChangeStore(database).append,
      maskText: (text) => text,
      trustPanels: false,
    });
    const intake = createInbox({
      database,
      accountKeyFor: () => 'main',
      apply: engagements.apply,
      runTransaction,
      clock: () => now,
      metrics: createMetrics({ withProcess: false }),
      log: createLog('silent'),
    });
    return { engagements, intake };
  }

  async function reconcile(db: Db | undefined, engagementId: string) {
    const event: EngagementEvent = {
      engagementId,
      key: engagementId,
      at: now,
      origin: 'rest',
      kind: 'ended',
      facts: {},
    };
    await createParts(db).engagements.applyReconciled('main', [event]);
  }

  async function receive(db: Db | undefined, engagementId: string, name = 'engagement_ended') {
    const { intake } = createParts(db);
    await intake.receiver.receiveZoomEvent('webhook', JSON.stringify(zoomEvent(name, { engagement_id: engagementId })));
    intake.start();
    return intake;
  }

  const markHook: TransactionHook = async (transaction, events) => {
    for (const event of events) {
      const uid = event.kind === 'engagement.changed' ? event.engagementId : event.uid;
      const row = { account: 'marks', uid, record: '{}', updated_at: now };
      await transaction.insertInto('agents').values(row).execute();
    }
    return [];
  };
  const findMark = (uid: string) =>
    database.db.selectFrom('agents').select('uid').where('account', '=', 'marks').where('uid', '=', uid).execute();
  const findRow = (engagementId: string) =>
    database.db.selectFrom('engagements').select('facts').where('engagement_id', '=', engagementId).execute();

  it.each([
    { origin: 'reconciliation', engagementId: 'E-rest' },
    { origin: 'a webhook', engagementId: 'E-webhook' },
  ])('events come from $origin › the hook runs in their transaction', async ({ origin, engagementId }) => {
    hooks = [markHook];
    if (origin === 'reconciliation') await reconcile(undefined, engagementId);
    else await (await receive(undefined, engagementId)).stop();
    await expect.poll(() => findMark(engagementId), { timeout: 60_000 }).toHaveLength(1);
    expect(published).toMatchObject([{ kind: 'engagement.changed', engagementId, hasJustEnded: true }]);
  });

  const createSessions = (store: SessionStore) =>
    createSessionService({
      store,
      clock: () => now,
      zoom: { clientId: 'id', clientSecret: 'secret', account: 'main' },
      recordAudit: async () => {},
      recordAuditIn: async () => {},
      countRefused: () => {},
      agents: { read: async () => undefined, isListed: async () => undefined },
    });

  it('a later hook fails › writes of the earlier hook and of the events are rolled back, nothing is published', async () => {
    hooks = [markHook, () => Promise.reject(new Error('hook failed'))];
    await expect(reconcile(undefined, 'E-hook-fails')).rejects.toThrow('hook failed');
    expect([await findMark('E-hook-fails'), await findRow('E-hook-fails'), published]).toEqual([[], [], []]);
  });

  it('the commit of a reconciliation fails › nothing is written or published', async () => {
    hooks = [markHook];
    await expect(reconcile(withFailingCommit(database.db), 'E-commit-1')).rejects.toThrow('commit failed');
    expect([await findMark('E-commit-1'), await findRow('E-commit-1'), published]).toEqual([[], [], []]);
  });

  it('a Zoom user is deleted › session.revoked is published after the commit', async () => {
    const agent = { account: 'main', uid: 'user-1' };
    const store = createSessionStore(database);
    await store.add({ ...agent, tokenHash: 'hash', createdAt: now, expiresAt: now + 1 });
    hooks = [createSessions(store).revokeDeletedAgents];
    let sessionAtPublish: Promise<unknown> | undefined;
    onPublish = (event) => {
      published.push(event);
      // The test's own connection: it sees the session until the transaction has committed.
      if (event.kind === 'session.revoked') sessionAtPublish = store.findLive('hash', now);
    };
    const { intake } = createParts();
    const userDeleted = JSON.stringify(zoomEvent('user_deleted', { user_id: 'user-1' }));
    await intake.receiver.receiveZoomEvent('webhook', userDeleted);
    intake.start();
    await expect.poll(() => published.map(({ kind }) => kind)).toEqual(['agent.changed', 'session.revoked']);
    expect(await sessionAtPublish).toBeUndefined();
    await intake.stop();
  });

  it('the commit of a deletion fails › session.revoked is not published and the session lives', async () => {
    const store = createSessionStore(database);
    await store.add({ account: 'main', uid: 'user-2', tokenHash: 'hash-2', createdAt: now, expiresAt: now + 1 });
    hooks = [createSessions(store).revokeDeletedAgents];
    const { intake } = createParts(withFailingCommit(database.db));
    await intake.receiver.receiveZoomEvent('webhook', JSON.stringify(zoomEvent('user_deleted', { user_id: 'user-2' })));
    intake.start();
    await expect
      .poll(
        async () =>
          (await database.db.selectFrom('inbox_events').select('state').where('state', '=', 'dead').execute()).length,
        { timeout: 10_000 },
      )
      .toBe(1);
    await intake.stop();
    expect(published).toEqual([]);
    expect(await store.findLive('hash-2', now)).toMatchObject({ uid: 'user-2' });
  });
});
