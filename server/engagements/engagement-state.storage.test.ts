import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunTransaction, type EngagementEvent } from '../events.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createEngagementService, type EngagementService } from './service.ts';

const now = Date.parse('2026-11-20T09:30:00Z');
const mina = { account: 'main', uid: 'Mina-id' };

describe.each(databasesUnderTest)('engagement state on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let service: EngagementService;
  let queryCount = 0;
  beforeAll(async () => {
    database = await open();
    const counter: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        queryCount += 1;
        return result;
      },
    };
    service = createEngagementService({
      database: { kind: database.kind, db: database.db.withPlugin(counter) },
      runTransaction: createRunTransaction({ db: database.db, publish: () => {} }),
      hooks: [],
      clock: () => now,
      appendChanges: async () => {},
      trustPanels: false,
      maskText: (text) => text.replaceAll(/\d{7,}/g, '•••'),
    });
  });
  afterAll(() => database.close());

  const apply = (engagementId: string, change: Partial<EngagementEvent>) =>
    database.db.transaction().execute((transaction) => {
      const agent = { id: 'Mina-id' };
      const base = { engagementId, key: crypto.randomUUID(), at: now, origin: 'webhook' as const, agent };
      // A note alone would give its writer no part.
      const facts = { assignedAgentId: agent.id, ...change.facts };
      const event: EngagementEvent = { ...base, kind: 'other', ...change, facts };
      return service.apply(transaction, {
        account: 'main',
        events: [{ subject: 'engagement', event }],
        receivedAt: now,
      });
    });
  const observe = async (engagementId: string, queueName: string) => {
    const access = await service.readAccess(mina, engagementId);
    const observation = { access, facts: { queueName }, checkQuota: () => {} };
    return (await service.observe(mina, engagementId, observation)).engagement;
  };
  const readState = async (engagementId: string, agent = mina) => {
    const { engagement, isKnown } = await service.readAccess(agent, engagementId);
    return isKnown ? engagement : undefined;
  };
  const openGap = (from: number, until: number | null) =>
    database.db.insertInto('socket_gaps').values({ account: 'main', from_at: from, until_at: until }).execute();

  it('a known engagement is observed again › facts and record come from one statement', async () => {
    await apply('E-once', { kind: 'note', text: 'Call 4155550101', facts: { flowName: 'Main' } });
    await observe('E-once', 'Support');
    queryCount = 0;
    const state = await observe('E-once', 'Support');
    expect(queryCount).toBe(1);
    expect(state.facts).toMatchObject({ flowName: 'Main', queueName: 'Support' });
    expect(state.record.timeline).toMatchObject([{ text: 'Call •••' }]);
    expect(await readState('E-once')).toEqual(state);
    expect(queryCount).toBe(2);
  });

  it('a new observation › is part of the answered state', async () => {
    expect((await observe('E-new', 'Support')).facts).toEqual({ queueName: 'Support' });
    expect((await observe('E-new', 'Sales')).facts).toEqual({ queueName: 'Sales' });
  });

  it('only a colleague observed the engagement › is undefined', async () => {
    await observe('E-mine', 'Support');
    expect(await readState('E-mine', { ...mina, uid: 'Oskar-id' })).toBeUndefined();
  });

  it('the record does not change › is the same object', async () => {
    await apply('E-same', { kind: 'note', text: 'Call 4155550101' });
    const first = await observe('E-same', 'Support');
    const second = await observe('E-same', 'Sales');
    expect(second.record).toBe(first.record);
  });

  it('nothing changes › is the same object', async () => {
    await apply('E-equal', { kind: 'note', text: 'Call 4155550101' });
    await observe('E-equal', 'Support');
    const state = await observe('E-equal', 'Support');
    expect(await observe('E-equal', 'Support')).toBe(state);
    expect(await readState('E-equal')).toBe(state);
  });

  it('facts change › the next read has them', async () => {
    await apply('E-facts', { facts: { flowName: 'Main' } });
    await observe('E-facts', 'Support');
    await apply('E-facts', { at: now + 1, facts: { flowName: 'Night' } });
    expect((await observe('E-facts', 'Support')).facts).toMatchObject({ flowName: 'Night', queueName: 'Support' });
  });

  it('an event arrives › the record has it, masked', async () => {
    await apply('E-event', { kind: 'note', text: 'First' });
    await observe('E-event', 'Support');
    await apply('E-event', { kind: 'note', at: now + 1, text: 'Call 4155550102' });
    const state = await readState('E-event');
    expect(state?.record.timeline).toMatchObject([{ text: 'First' }, { text: 'Call •••' }]);
  });

  it('a gap of the socket begins and ends › the next read has it', async () => {
    await apply('E-gap', { kind: 'started', at: now - 60 });
    await observe('E-gap', 'Support');
    // From here to the next read only the gaps change.
    expect((await observe('E-gap', 'Support')).record.gaps).toEqual([]);
    await openGap(now - 500, now - 400);
    await openGap(now - 70, now - 50);
    await openGap(now - 5, null);
    const gaps = [
      { from: now - 70, until: now - 50 },
      { from: now - 5, until: null },
    ];
    expect((await observe('E-gap', 'Support')).record.gaps).toEqual(gaps);
    await apply('E-gap', { kind: 'ended', at: now - 10 });
    expect((await observe('E-gap', 'Support')).record.gaps).toEqual(gaps.slice(0, 1));
  });
});
