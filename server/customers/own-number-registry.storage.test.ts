import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { DomainEvent } from '../events.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createOwnNumberRegistry, retentionMs } from './own-number-registry.ts';
import { createCustomerRetention } from './retention.ts';

const hotline = '+14155550199';
const day = 86_400_000;

describe.each(databasesUnderTest)('own numbers on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let now = Date.parse('2026-11-20T09:30:00Z');
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const createRegistry = (configured: string[] = []) =>
    createOwnNumberRegistry({
      database,
      configured,
      clock: () => now,
      readCountry: () => undefined,
      report: (error) => {
        throw error;
      },
    });

  const changed = (account: string, flowNumbers: string[], facts: EngagementFacts = {}) =>
    ({
      kind: 'engagement.changed',
      account,
      engagementId: 'E-1',
      facts: { channel: 'voice', direction: 'inbound', ...facts },
      flowNumbers,
      agentIds: [],
      shouldPrefetch: false,
      hasJustEnded: false,
    }) satisfies DomainEvent;

  /** As an engagement's events are stored and published. */
  async function receive(registry: ReturnType<typeof createRegistry>, event: ReturnType<typeof changed>) {
    await database.db.transaction().execute((transaction) => registry.learn(transaction, [event]));
    registry.remember(event);
  }

  const readRows = (account: string) =>
    database.db.selectFrom('own_numbers').selectAll().where('account', '=', account).orderBy('number').execute();
  const deleteOld = async () => {
    const rule = createCustomerRetention(database).find(({ table }) => table === 'own_numbers');
    if (rule && 'delete' in rule) await rule.delete(now - rule.periodMs, 100);
  };

  it('dialed in an inbound call › is own in this account alone, at once', async () => {
    const registry = createRegistry();
    const before = registry.ownNumbersOf('learns');
    await receive(registry, changed('learns', ['14155550199', '1045']));
    expect(registry.ownNumbersOf('learns').has(hotline)).toBe(true);
    expect(registry.ownNumbersOf('learns').revision).not.toBe(before.revision);
    expect(registry.ownNumbersOf('other').has(hotline)).toBe(false);
    expect(await readRows('learns')).toEqual([{ account: 'learns', number: hotline, seen_at: now }]);
  });

  it('dialed in an outbound call › is the customer’s', async () => {
    const registry = createRegistry();
    await receive(registry, changed('outbound', [hotline], { direction: 'outbound' }));
    expect(registry.ownNumbersOf('outbound').has(hotline)).toBe(false);
    expect(await readRows('outbound')).toEqual([]);
  });

  it('the transaction fails › nothing is learned', async () => {
    const registry = createRegistry();
    const failing = database.db.transaction().execute(async (transaction) => {
      await registry.learn(transaction, [changed('fails', [hotline])]);
      throw new Error('commit failed');
    });
    await expect(failing).rejects.toThrow('commit failed');
    expect(registry.ownNumbersOf('fails').has(hotline)).toBe(false);
    expect(await readRows('fails')).toEqual([]);
  });

  it('another process › reads it, and what is configured is own without being read', async () => {
    await receive(createRegistry(), changed('shared', [hotline]));
    const other = createRegistry(['+442079460000']);
    expect(other.ownNumbersOf('shared').has('+442079460000')).toBe(true);
    expect(other.ownNumbersOf('shared').has(hotline)).toBe(false);
    await other.load();
    expect(other.ownNumbersOf('shared').has(hotline)).toBe(true);
    expect(other.ownNumbersOf('shared').has('+442079460000')).toBe(true);
    expect(other.ownNumbersOf('none').has('+442079460000')).toBe(true);
  });

  it('seen again › the set stays the same and the row is written once a day', async () => {
    const registry = createRegistry();
    await receive(registry, changed('again', [hotline]));
    const first = now;
    const set = registry.ownNumbersOf('again');
    now += day - 1;
    await receive(registry, changed('again', [hotline]));
    expect(await readRows('again')).toMatchObject([{ seen_at: first }]);
    now += 1;
    await receive(registry, changed('again', [hotline]));
    expect(await readRows('again')).toMatchObject([{ seen_at: now }]);
    expect(registry.ownNumbersOf('again')).toBe(set);
  });

  it('not seen for its period › is forgotten in the table and in memory', async () => {
    const registry = createRegistry();
    await receive(registry, changed('old', [hotline]));
    now += retentionMs - day;
    await receive(registry, changed('old', ['+14155550198']));
    now += day + 1;
    await registry.load();
    expect([hotline, '+14155550198'].map(registry.ownNumbersOf('old').has)).toEqual([false, true]);
    await deleteOld();
    expect((await readRows('old')).map(({ number }) => number)).toEqual(['+14155550198']);
  });

  it('several processes learn it at once › is one row with the newest time', async () => {
    await Promise.all([1, 2, 3, 4].map(() => receive(createRegistry(), changed('many', [hotline, '+14155550198']))));
    expect(await readRows('many')).toMatchObject([{ number: '+14155550198' }, { number: hotline }]);
  });
});
