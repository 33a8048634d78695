import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRunTransaction, type DomainEvent, type NormalizedEvent } from '../../events.ts';
import { createLog } from '../../platform/log.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { openDatabase } from '../../platform/storage/database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { fakeAccountId, zoomEvent } from '../normalize/fake-zoom-events.ts';
import { createInbox, type Inbox } from './inbox.ts';
import type { ApplyEvents } from './inbox-processor.ts';
import { createInboxStore } from './inbox-store.ts';

const now = Date.parse('2026-11-20T09:30:00Z');

describe.each(databasesUnderTest)('inbox processor on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let intake: Inbox;
  let published: DomainEvent[];
  let applied: NormalizedEvent[];
  /** Called, and removed, by the next calls of `apply`. */
  let failures: ((events: NormalizedEvent[]) => void)[];
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
      accountKeyFor: (id) => `key of ${id ?? 'this installation'}`,
      apply,
      runTransaction: createRunTransaction({ db: where.db, publish: (event) => published.push(event) }),
      clock: () => now,
      metrics: createMetrics({ withProcess: false }),
      log: createLog('silent'),
    });
  }

  /** Writes a row for each event, which shows what was committed. */
  const apply: ApplyEvents = async (transaction, { account, events, receivedAt }) => {
    failures.shift()?.(events);
    await transaction
      .insertInto('agents')
      .values(events.map(({ event }) => ({ account, uid: event.key, record: '{}', updated_at: receivedAt })))
      .onConflict((conflict) => conflict.columns(['account', 'uid']).doNothing())
      .execute();
    applied.push(...events);
    return [{ kind: 'agent.changed', account, isDeleted: false, uid: `${events.length}` }];
  };

  const receive = (name: string, overrides: Record<string, unknown> = {}) =>
    intake.receiver.receiveZoomEvent('webhook', JSON.stringify(zoomEvent(name, overrides)));
  const states = async () => {
    const rows = await createInboxStore(database).list({}, 1_000);
    return rows.reverse().map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
  };
  const marks = async () => (await database.db.selectFrom('agents').selectAll().execute()).length;
  const settled = (expected: string[]) => vi.waitFor(async () => expect(await states()).toEqual(expected), 60_000);

  test('a stored event › is applied once and published after the commit', async () => {
    intake.start();
    await receive('engagement_started');
    await receive('engagement_started');
    await receive('queue_created');
    await settled(['applied', 'ignored']);
    expect(applied).toHaveLength(1);
    const event = { kind: 'agent.changed', account: expect.stringContaining('key of'), uid: '1', isDeleted: false };
    await vi.waitFor(() => expect(published).toEqual([event]), 60_000);
  });

  test('rows left by an earlier process › are processed at the start', async () => {
    for (const name of ['engagement_started', 'engagement_user_answered']) await receive(name);
    expect(await states()).toEqual(['pending', 'pending']);
    intake.start();
    await settled(['applied', 'applied']);
  });

  test('a row of another process › is found without a wake-up', async () => {
    intake.start();
    const other = await openDatabase(database.url);
    await createHere(other).receiver.receiveZoomEvent('socket', JSON.stringify(zoomEvent('engagement_ended')));
    await settled(['applied']);
    await other.close();
  });

  test('an event that cannot be applied › becomes a dead letter, the others are applied, a replay applies it', async () => {
    const isBad = (events: NormalizedEvent[]) => events.some(({ event }) => event.kind === 'hold');
    const fail = (events: NormalizedEvent[]) => {
      failures.push(fail);
      if (isBad(events)) throw new TypeError('a bug');
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

  test('a body that became readable › a replay applies it to its account', async () => {
    await intake.receiver.receiveZoomEvent('webhook', '{');
    const body = JSON.stringify(zoomEvent('engagement_started'));
    await database.db.updateTable('inbox_events').set({ body }).execute();
    intake.start();
    await createInboxStore(database).replay({ state: 'dead' });
    await settled(['applied']);
    const rows = await database.db.selectFrom('agents').select('account').execute();
    expect(rows).toEqual([{ account: `key of ${fakeAccountId}` }]);
  });

  test('the storage is down › rows stay pending and are applied later', async () => {
    const down = () => {
      throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    };
    failures = [down, down];
    await receive('engagement_started');
    intake.start();
    await settled(['applied']);
    expect(failures).toEqual([]);
  });

  test('a replay of applied rows › applies the same events again', async () => {
    intake.start();
    for (const name of ['engagement_started', 'engagement_ended']) await receive(name);
    await settled(['applied', 'applied']);
    const before = applied.map(({ event }) => event);
    await createInboxStore(database).replay({ ids: { from: 1, to: 1_000 } });
    await vi.waitFor(() => expect(applied).toHaveLength(4), 60_000);
    expect(applied.slice(2).map(({ event }) => event)).toEqual(before);
    expect(await marks()).toBe(2);
  });

  test('two processes on the same rows › apply each once', async () => {
    const other = await openDatabase(database.url);
    const second = createHere(other);
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => receive('engagement_ended', { engagement_id: `E-${index}` })),
    );
    intake.start();
    second.start();
    await settled(Array.from({ length: 100 }, () => 'applied'));
    expect(await marks()).toBe(100);
    await second.stop();
    await other.close();
  });
});
