import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import { createRunTransaction, type DomainEvent, type EngagementEvent, type NormalizedEvent } from '../events.ts';
import { createLog } from '../platform/log.ts';
import { createRetention, day } from '../platform/retention.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import type { AppendChanges } from './apply-events.ts';
import { composeHistory } from './fake-engagement.ts';
import { deliveryOf, script } from './fake-history.ts';
import { reduceEvents } from './reduce-events.ts';
import { createEngagementRetention } from './retention.ts';
import { createEngagementService, type EngagementService } from './service.ts';

const at0 = 1_790_000_000_000;
const mina = { account: 'main', uid: 'Mina-id' };
const oskar = { account: 'main', uid: 'Oskar-id' };

const about = (events: EngagementEvent[]): NormalizedEvent[] =>
  events.map((event) => ({ subject: 'engagement', event }));

describe.each(databasesUnderTest)('engagements on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let service: EngagementService;
  let now = at0;
  let count = 0;
  const appended: Parameters<AppendChanges>[2][] = [];
  const published: DomainEvent[] = [];

  beforeAll(async () => {
    database = await open();
    service = createEngagementService({
      database,
      clock: () => now,
      runTransaction: createRunTransaction({ db: database.db, publish: (event) => published.push(event) }),
      hooks: [],
      appendChanges: async (_transaction, _account, changes) => {
        appended.push(changes);
      },
      maskText: (text) => text.replaceAll(/\d{7,}/g, '•••'),
    });
  });
  afterAll(() => database.close());

  const observe = (agent: Agent, engagementId: string, facts: EngagementFacts, allowChange = () => {}) =>
    service.observe(agent, engagementId, { facts, allowChange });
  const freshId = () => `E-${++count}`;
  const apply = (events: NormalizedEvent[], account = 'main', receivedAt = now) =>
    database.db.transaction().execute((transaction) => service.apply(transaction, { account, events, receivedAt }));
  const say = (engagementId: string, more: Partial<EngagementEvent>): NormalizedEvent => ({
    subject: 'engagement',
    event: { engagementId, key: `${++count}`, at: at0, origin: 'webhook', kind: 'other', facts: {}, ...more },
  });
  const rowOf = (engagementId: string, account = 'main') =>
    database.db
      .selectFrom('engagements')
      .selectAll()
      .where('account', '=', account)
      .where('engagement_id', '=', engagementId)
      .executeTakeFirst();

  test('two hundred histories end in the same record through the store, the panel speaking in between', async () => {
    const told = script.chain((one) => {
      const history = composeHistory(one, freshId());
      return fc.record({
        history: fc.constant(history),
        batches: deliveryOf(history.events),
        seenAfter: fc.nat(),
      });
    });
    const saw: EngagementFacts = { queueName: 'As the panel saw it', consumers: [{ number: '+14155550111' }] };
    await fc.assert(
      fc.asyncProperty(told, async ({ history, batches, seenAfter }) => {
        const engagementId = freshId();
        const renamed = (batch: EngagementEvent[]) => batch.map((one) => ({ ...one, engagementId }));
        // By the server's clock, the panel speaks before anything happened: what Zoom says is newer.
        now = at0 - 1;
        for (const [index, batch] of batches.entries()) {
          if (index === seenAfter % batches.length) await observe(mina, engagementId, saw);
          await apply(about(renamed(batch)), 'main', at0 + 86_400_000);
        }
        const { record, facts } = reduceEvents(renamed(history.events));
        expect(await service.readRecord('main', engagementId)).toEqual({ ...record, gaps: [] });
        const joined = await service.readFacts(mina, engagementId);
        expect(joined).toMatchObject({ queueName: history.expected.queueName, channel: history.expected.channel });
        expect(joined?.state).toBe(facts.state);
      }),
      { numRuns: 200 },
    );
    now = at0;
  }, 120_000);

  test('what is said again writes nothing and tells nobody', async () => {
    const id = freshId();
    const said = [say(id, { kind: 'ringing', agent: { id: 'Mina-id' } }), say(id, { kind: 'started' })];
    expect(await apply(said)).toMatchObject([{ kind: 'engagement.changed', engagementId: id, agents: ['Mina-id'] }]);
    const row = await rowOf(id);
    const before = appended.length;
    now += 1_000;
    expect(await apply(structuredClone(said).reverse())).toEqual([]);
    expect(await rowOf(id)).toEqual(row);
    expect(appended).toHaveLength(before);
  });

  test('one announcement names all that changed in a batch', async () => {
    const [first, second] = [freshId(), freshId()];
    const before = appended.length;
    await apply([say(second, {}), say(first, { agent: { id: 'Mina-id' } }), say(second, {})]);
    expect(appended.slice(before)).toEqual([
      [
        { engagementId: first, agents: ['Mina-id'] },
        { engagementId: second, agents: [] },
      ],
    ]);
  });

  test('is arriving while it rings and somebody is named, and when that is only told later', async () => {
    const id = freshId();
    const consumers = [{ number: '+14155550101' }];
    const arriving = async (more: Partial<EngagementEvent>) => {
      const [event] = await apply([say(id, more)]);
      return event?.kind === 'engagement.changed' && event.isArriving;
    };
    expect(await arriving({ kind: 'started' })).toBe(false);
    expect(await arriving({ kind: 'ringing', at: at0 + 1, agent: { id: 'Mina-id' }, facts: { consumers } })).toBe(true);
    expect(await arriving({ kind: 'answered', at: at0 + 2, agent: { id: 'Mina-id' } })).toBe(false);

    const unnamed = freshId();
    const answered = say(unnamed, { kind: 'answered', agent: { id: 'Mina-id' } });
    expect(await apply([answered])).toMatchObject([{ isArriving: false }]);
    expect(await apply([say(unnamed, { facts: { consumers } })])).toMatchObject([{ isArriving: true }]);
    expect(await apply([say(unnamed, { facts: { queueName: 'Support' } })])).toMatchObject([{ isArriving: false }]);
  });

  test('is said to have ended once', async () => {
    const id = freshId();
    expect(await apply([say(id, { kind: 'started' })])).toMatchObject([{ hasEnded: false }]);
    expect(await apply([say(id, { kind: 'ended', at: at0 + 9 })])).toMatchObject([{ hasEnded: true }]);
    expect(await apply([say(id, { kind: 'note', at: at0 + 10, text: 'Later' })])).toMatchObject([{ hasEnded: false }]);
  });

  test('tells also those whose panels have seen it', async () => {
    const id = freshId();
    await observe(oskar, id, { state: 'active' });
    expect(await apply([say(id, { agent: { id: 'Mina-id' } })])).toMatchObject([{ agents: ['Mina-id', 'Oskar-id'] }]);
  });

  test('the same id in two accounts is two engagements', async () => {
    const id = freshId();
    await apply([say(id, { kind: 'answered', agent: { id: 'Mina-id' }, facts: { queueName: 'Ours' } })], 'main');
    await apply([say(id, { kind: 'started', facts: { queueName: 'Theirs' } })], 'other');
    await observe({ ...mina, account: 'other' }, id, { flowName: 'Seen there' });

    expect(await service.readFacts(mina, id)).toMatchObject({ queueName: 'Ours' });
    expect(await service.readFacts(mina, id)).not.toHaveProperty('flowName');
    expect(await service.readFacts({ ...mina, account: 'other' }, id)).toMatchObject({ queueName: 'Theirs' });
    expect(await service.readFacts({ ...mina, account: 'third' }, id)).toBeUndefined();
    expect((await service.readRecord('other', id)).phase).toBe('queued');
    expect((await service.readRecord('third', id)).timeline).toEqual([]);
    expect(await service.listOpen({ ...mina, account: 'third' })).toEqual([]);
  });

  test('a stamp of 2099 does not pin what follows', async () => {
    const id = freshId();
    const in2099 = Date.UTC(2099, 0);
    await apply([say(id, { at: in2099, facts: { queueName: 'Pinned' } }), say(id, { kind: 'ended', at: in2099 })]);
    await apply([say(id, { at: now + 1_000, facts: { queueName: 'Support' } })]);
    expect((await service.readFacts(mina, id))?.queueName).toBe('Support');
    expect((await rowOf(id))?.ended_at).toBe(now);
  });

  test('many at once on the same engagements lose nothing and never wait for each other', async () => {
    const ids = Array.from({ length: 5 }, freshId);
    const batches = Array.from({ length: 8 }, (_, at) => (at % 2 ? ids : ids.toReversed()).map((id) => say(id, {})));
    await Promise.all(batches.map((batch) => apply(batch)));
    for (const id of ids) expect((await service.readRecord('main', id)).timeline).toHaveLength(8);
  });

  describe('what a panel saw', () => {
    test('is kept once, and only something new must be allowed', async () => {
      const id = freshId();
      let allowed = 0;
      const allow = () => {
        allowed += 1;
      };
      expect((await observe(mina, id, { source: 'messaging_sms' }, allow)).facts).toEqual({ source: 'sms' });
      expect((await observe(mina, id, { source: 'messaging_sms' }, allow)).facts).toEqual({ source: 'sms' });
      expect(allowed).toBe(1);
      const refuse = () => {
        throw new Error('too much');
      };
      expect((await observe(mina, id, { source: 'messaging_sms' }, refuse)).facts).toEqual({ source: 'sms' });
      await expect(observe(mina, id, { state: 'active' }, refuse)).rejects.toThrow('too much');
      expect(await service.readFacts(mina, id)).toEqual({ source: 'sms' });
    });

    test('an agent who opens it without saying anything is remembered to have seen it', async () => {
      const id = freshId();
      await observe(mina, id, {});
      expect(await service.readFacts(mina, id)).toEqual({});
    });

    test('counts in that agent’s own view only', async () => {
      const id = freshId();
      const variables = [{ id: 'v', name: 'case_number', value: 'CS-1042' }];
      await observe(oskar, id, { variables, consumers: [{ number: '+14155550199' }] });
      expect(await service.readFacts(mina, id)).toBeUndefined();
      const [event] = await apply([say(id, { kind: 'ringing', agent: { id: 'Mina-id' } })]);
      expect(event).toMatchObject({ facts: {}, isArriving: false });
      expect(await service.readFacts(mina, id)).not.toHaveProperty('variables');
      expect(await service.readFacts(oskar, id)).toMatchObject({ variables });
    });

    test('of two panels at once is kept whole', async () => {
      const id = freshId();
      await Promise.all([
        observe(mina, id, { queueName: 'Support' }),
        observe(mina, id, { flowName: 'Main' }),
        observe(oskar, id, { flowName: 'Other' }),
      ]);
      expect(await service.readFacts(mina, id)).toEqual({ queueName: 'Support', flowName: 'Main' });
    });
  });

  describe('the record', () => {
    test('of what Zoom never spoke of is empty', async () => {
      expect(await service.readRecord('main', freshId())).toEqual({
        ...{ phase: null, handOver: null, disposition: null, timeline: [], gaps: [] },
        ...{ hold: { count: 0, totalMs: 0, since: null }, mute: { count: 0, totalMs: 0, since: null } },
      });
    });

    test('masks what agents wrote', async () => {
      const id = freshId();
      const agent = { id: 'Mina-id' };
      await apply([
        say(id, { kind: 'note', agent, text: 'Call 4155550101' }),
        say(id, { kind: 'disposition', agent, text: 'Refund 4155550102' }),
        say(id, { kind: 'transfer-accepted', at: at0 + 1, agent, others: [{ id: 'Oskar-id' }] }),
      ]);
      const record = await service.readRecord('main', id);
      expect(JSON.stringify(record)).not.toContain('415555');
      expect(record).toMatchObject({
        disposition: 'Refund •••',
        handOver: { notes: [{ text: 'Call •••' }], disposition: 'Refund •••' },
      });
    });

    test('names the gaps that touch the engagement', async () => {
      const account = 'with-gaps';
      const gap = (from_at: number, until_at: number | null) => ({ account, from_at, until_at });
      const gaps = [gap(at0 - 90, at0 - 50), gap(at0 - 40, at0 + 5), gap(at0 + 20, at0 + 30), gap(at0 + 90, null)];
      await database.db.insertInto('socket_gaps').values(gaps).execute();
      const [closed, running] = [freshId(), freshId()];
      await apply([say(closed, { kind: 'started' }), say(closed, { kind: 'ended', at: at0 + 25 })], account);
      await apply([say(running, { kind: 'started', at: at0 + 28 })], account);
      now = at0 + 100;
      expect((await service.readRecord(account, closed)).gaps).toEqual([
        { from: at0 - 40, until: at0 + 5 },
        { from: at0 + 20, until: at0 + 30 },
      ]);
      expect((await service.readRecord(account, running)).gaps).toEqual([
        { from: at0 + 20, until: at0 + 30 },
        { from: at0 + 90, until: null },
      ]);
      const onlySeen = freshId();
      await observe({ account, uid: 'Mina-id' }, onlySeen, {});
      expect((await service.readRecord(account, onlySeen)).gaps).toEqual([{ from: at0 + 90, until: null }]);
      now = at0;
    });
  });

  describe('what is open for an agent', () => {
    test('is what names the agent or was seen lately, and has not ended for anybody or for that agent', async () => {
      const agent = { account: 'desk', uid: 'A_b' };
      const [named, ended, seen, seenEnded, leftByMe, others, long] = Array.from({ length: 7 }, freshId) as [
        ...[string, string, string, string, string, string, string],
      ];
      await observe(agent, long, {});
      now += 12 * 3_600_000 + 1;
      await apply([say(named, { kind: 'ringing', agent: { id: 'A_b' } })], 'desk');
      await apply([say(ended, { agent: { id: 'A_b' } }), say(ended, { kind: 'ended' })], 'desk');
      await apply([say(others, { agent: { id: 'AXb' } }), say(others, { agent: { id: 'a_B' } })], 'desk');
      await apply([say(leftByMe, { agent: { id: 'A_b' } }), say(seenEnded, { kind: 'ended' })], 'desk');
      now += 1;
      await observe(agent, seen, { state: 'active' });
      await observe(agent, seenEnded, { state: 'active' });
      await observe(agent, leftByMe, { state: 'end' });
      expect(await service.listOpen(agent)).toEqual([seen, named]);
      now = at0;
    });

    test('is twenty at most, the last changed first', async () => {
      const agent = { account: 'busy', uid: 'Mina-id' };
      const ids = Array.from({ length: 25 }, freshId);
      for (const id of ids) {
        now += 1;
        await apply([say(id, { agent: { id: agent.uid } })], 'busy');
      }
      expect(await service.listOpen(agent)).toEqual(ids.toReversed().slice(0, 20));
      now = at0;
    });
  });

  test('that has ended names nobody any more among what is open, whatever is still told of it', async () => {
    const id = freshId();
    const named = () =>
      database.db.selectFrom('engagement_agents').selectAll().where('engagement_id', '=', id).execute();
    await apply([say(id, { agent: { id: 'Mina-id' } }), say(id, { agent: { id: 'Omar-id' } })]);
    expect(await named()).toHaveLength(2);
    await apply([say(id, { kind: 'ended' })]);
    await apply([say(id, { kind: 'note', agent: { id: 'Third-id' }, text: 'Late' })]);
    expect(await named()).toEqual([]);
  });

  test('an agent that Zoom deleted is told as gone', async () => {
    const event = { key: 'gone', at: 1, kind: 'deleted' as const, agent: { id: 'u-8' } };
    expect(await apply([{ subject: 'agent', event }])).toMatchObject([{ uid: 'u-8', isGone: true }]);
  });

  test('what REST says is news once, and told by its own transaction', async () => {
    const id = freshId();
    const { event } = say(id, { kind: 'note', origin: 'rest', text: 'Called back' }) as { event: EngagementEvent };
    published.length = 0;
    expect(await service.applyReconciled('main', [event])).toMatchObject([{ key: event.key }]);
    expect(await service.applyReconciled('main', [event])).toEqual([]);
    expect(published).toMatchObject([{ kind: 'engagement.changed', engagementId: id }]);
  });

  test('an agent is what was said of them', async () => {
    const status = (key: string, at: number, value: string): NormalizedEvent => ({
      subject: 'agent',
      event: { key, at, kind: 'status', agent: { id: 'u-9', name: 'Mina' }, status: value },
    });
    expect(await apply([status('b', 2, 'Ready')])).toEqual([
      { kind: 'agent.changed', account: 'main', uid: 'u-9', isGone: false },
    ]);
    expect(await apply([status('a', 1, 'Offline'), status('b', 2, 'Ready')])).toEqual([]);
    expect(await service.readAgent('main', 'u-9')).toMatchObject({ status: { value: { status: 'Ready' } } });
    expect(await service.readAgent('other', 'u-9')).toBeUndefined();
  });

  test('engagements and observations › older than ninety days › are deleted', async () => {
    const keptMs = 90 * day;
    const deleteOlder = () =>
      createRetention({
        rules: createEngagementRetention(database),
        clock: () => now,
        log: createLog('silent'),
      }).runDue();
    const [old, young, unended] = [freshId(), freshId(), freshId()];
    await apply([say(old, { kind: 'ended', at: at0 - 5 }), say(unended, {})], 'kept');
    await apply([say(young, { kind: 'ended', at: at0 + 5 })], 'kept');
    await observe({ account: 'kept', uid: 'Mina-id' }, old, {});
    now = at0 + keptMs;
    await deleteOlder();
    expect([await rowOf(old, 'kept'), (await rowOf(young, 'kept'))?.ended_at]).toEqual([undefined, at0 + 5]);
    expect(await rowOf(unended, 'kept')).toBeDefined();
    await apply([{ subject: 'agent', event: { key: 'k', at: 1, kind: 'logged-in', agent: { id: 'u-7' } } }], 'kept');
    now += keptMs + 1;
    await deleteOlder();
    expect([await rowOf(young, 'kept'), await rowOf(unended, 'kept')]).toEqual([undefined, undefined]);
    expect(await service.readFacts({ account: 'kept', uid: 'Mina-id' }, old)).toBeUndefined();
    expect(await service.readAgent('kept', 'u-7')).toBeUndefined();
    now = at0;
  });
});
