import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRunTransaction, type DomainEvent, type NormalizedEvent } from '../../events.ts';
import { createLog } from '../../platform/log.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { openDatabase } from '../../platform/storage/database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { zoomEvent } from '../normalize/fake-zoom-events.ts';
import { createInbox, type Inbox } from './inbox.ts';
import type { ApplyEvents } from './inbox-processor.ts';
import { createInboxStore } from './inbox-store.ts';

const now = Date.parse('2026-11-20T09:30:00Z');

describe.each(databasesUnderTest)('processing on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let intake: Inbox;
  let published: DomainEvent[];
  let applied: NormalizedEvent[];
  /** What the next application does instead. */
  let failures: ((statements: NormalizedEvent[]) => void)[];
  beforeEach(async () => {
    database = await open();
    published = [];
    applied = [];
    failures = [];
    intake = createHere(database);
  });
  afterEach(async () => {
    await intake.stop();
    await database.close();
  });

  function createHere(where: Pick<DatabaseUnderTest, 'db' | 'kind'>): Inbox {
    return createInbox({
      database: where,
      accountOf: (id) => `key of ${id ?? 'this installation'}`,
      apply,
      runTransaction: createRunTransaction({ db: where.db, publish: (event) => published.push(event) }),
      clock: () => now,
      metrics: createMetrics({ withProcess: false }),
      log: createLog('silent'),
    });
  }

  /** Leaves a mark in a table, so that it shows what was committed. */
  const apply: ApplyEvents = async (transaction, { account, events, receivedAt }) => {
    failures.shift()?.(events);
    await transaction
      .insertInto('agents')
      .values(events.map(({ event }) => ({ account, uid: event.key, record: '{}', updated_at: receivedAt })))
      .onConflict((conflict) => conflict.columns(['account', 'uid']).doNothing())
      .execute();
    applied.push(...events);
    return [{ kind: 'agent.changed', account, isGone: false, uid: `${events.length}` }];
  };

  const receive = (name: string, overrides: Record<string, unknown> = {}) =>
    intake.receiver.receiveZoomEvent('webhook', JSON.stringify(zoomEvent(name, overrides)));
  const states = async () => {
    const rows = await createInboxStore(database).list({}, 1_000);
    return rows.reverse().map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
  };
  const marks = async () => (await database.db.selectFrom('agents').selectAll().execute()).length;
  const settled = (expected: string[]) => vi.waitFor(async () => expect(await states()).toEqual(expected), 5_000);

  test('what was stored is applied once, and told after the commit', async () => {
    intake.start();
    await receive('engagement_started');
    await receive('engagement_started');
    await receive('queue_created');
    await settled(['applied', 'ignored']);
    expect(applied).toHaveLength(1);
    const told = { kind: 'agent.changed', account: expect.stringContaining('key of'), uid: '1', isGone: false };
    await vi.waitFor(() => expect(published).toEqual([told]));
  });

  test('what a killed process left behind is taken up at the start', async () => {
    for (const name of ['engagement_started', 'engagement_user_answered']) await receive(name);
    expect(await states()).toEqual(['pending', 'pending']);
    intake.start();
    await settled(['applied', 'applied']);
  });

  test('what another process stored is found without being told', async () => {
    intake.start();
    const other = await openDatabase(database.url);
    await createHere(other).receiver.receiveZoomEvent('socket', JSON.stringify(zoomEvent('engagement_ended')));
    await settled(['applied']);
    await other.close();
  });

  test('one that cannot be applied does not hold the others, and is a dead letter that can be replayed', async () => {
    const isBad = (statements: NormalizedEvent[]) =>
      statements.some(({ event: statement }) => 'kind' in statement && statement.kind === 'hold');
    const fail = (statements: NormalizedEvent[]) => {
      failures.push(fail);
      if (isBad(statements)) throw new TypeError('a mistake of ours');
    };
    failures.push(fail);
    for (const name of ['engagement_started', 'engagement_user_hold', 'engagement_ended']) await receive(name);
    intake.start();
    await settled(['applied', 'dead: not-applied', 'applied']);
    expect(await marks()).toBe(2);

    failures = [];
    await createInboxStore(database).replay({ state: 'dead' });
    await settled(['applied', 'applied', 'applied']);
    expect(await marks()).toBe(3);
  });

  test('while the storage is down nothing is lost and nothing dies', async () => {
    const down = () => {
      throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    };
    failures = [down, down];
    await receive('engagement_started');
    intake.start();
    await settled(['applied']);
    expect(failures).toEqual([]);
  });

  test('a replay of everything changes nothing', async () => {
    intake.start();
    for (const name of ['engagement_started', 'engagement_ended']) await receive(name);
    await settled(['applied', 'applied']);
    const keys = applied.map(({ event: statement }) => statement);
    await createInboxStore(database).replay({ ids: { from: 1, to: 1_000 } });
    await vi.waitFor(() => expect(applied).toHaveLength(4), 5_000);
    expect(applied.slice(2).map(({ event: statement }) => statement)).toEqual(keys);
    expect(await marks()).toBe(2);
  });

  test('two processes at work on the same events do no harm', async () => {
    const other = await openDatabase(database.url);
    const second = createHere(other);
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => receive('engagement_ended', { engagement_id: `E-${at}` })),
    );
    intake.start();
    second.start();
    await settled(Array.from({ length: 100 }, () => 'applied'));
    expect(await marks()).toBe(100);
    await second.stop();
    await other.close();
  });
});
