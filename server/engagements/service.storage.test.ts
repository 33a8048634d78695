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
/** Named in every event that `say` makes. */
const watcher = { account: 'main', uid: 'Watcher-id' };
const others = [{ id: watcher.uid }];

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
    const clock = () => now;
    const maskText = (text: string) => text.replaceAll(/\d{7,}/g, '•••');
    service = createEngagementService({
      database,
      clock,
      runTransaction: createRunTransaction({ db: database.db, publish: (event) => published.push(event) }),
      hooks: [],
      appendChanges: async (_transaction, _account, changes) => {
        appended.push(changes);
      },
      maskText,
      trustPanels: false,
    });
  });
  afterAll(() => database.close());

  const observe = async (agent: Agent, engagementId: string, facts: EngagementFacts, checkQuota = () => {}) => {
    const access = await service.readAccess(agent, engagementId);
    return (await service.observe(agent, engagementId, { access, facts, checkQuota })).engagement;
  };
  const readFacts = async (agent: Agent, engagementId: string) => {
    const { engagement, isKnown } = await service.readAccess(agent, engagementId);
    return isKnown ? engagement.facts : undefined;
  };
  const readRecord = async (engagementId: string, agent = watcher) =>
    (await service.readAccess(agent, engagementId)).engagement.record;
  const freshId = () => `E-${++count}`;
  const apply = (events: NormalizedEvent[], account = 'main', receivedAt = now) =>
    database.db.transaction().execute((transaction) => service.apply(transaction, { account, events, receivedAt }));
  const say = (engagementId: string, more: Partial<EngagementEvent>): NormalizedEvent => ({
    subject: 'engagement',
    event: { engagementId, key: `${++count}`, at: at0, origin: 'webhook', kind: 'message', facts: {}, others, ...more },
  });
  const rowOf = (engagementId: string, account = 'main') =>
    database.db
      .selectFrom('engagements')
      .selectAll()
      .where('account', '=', account)
      .where('engagement_id', '=', engagementId)
      .executeTakeFirst();

  test('200 generated histories with observations between › the expected record', async () => {
    const interleaved = script.chain((one) => {
      const history = composeHistory(one, freshId());
      return fc.record({
        history: fc.constant(history),
        batches: deliveryOf(history.events),
        seenAfter: fc.nat(),
      });
    });
    const saw: EngagementFacts = { queueName: 'As the panel saw it', consumers: [{ number: '+14155550111' }] };
    await fc.assert(
      fc.asyncProperty(interleaved, async ({ history, batches, seenAfter }) => {
        const engagementId = freshId();
        const watching = {
          key: 'watching',
          at: at0,
          origin: 'webhook',
          kind: 'monitor-started',
          facts: {},
          others,
        } as const;
        const renamed = (batch: EngagementEvent[]) => [...batch, watching].map((one) => ({ ...one, engagementId }));
        // By the server's clock, the panel speaks before anything happened: what Zoom says is newer.
        now = at0 - 1;
        for (const [index, batch] of batches.entries()) {
          if (index === seenAfter % batches.length) await observe(watcher, engagementId, saw);
          await apply(about(renamed(batch)), 'main', at0 + 86_400_000);
        }
        const { record, facts } = reduceEvents(renamed(history.events));
        expect(await readRecord(engagementId)).toEqual({ ...record, gaps: [] });
        const joined = await readFacts(watcher, engagementId);
        expect(joined).toMatchObject({ queueName: history.expected.queueName, channel: history.expected.channel });
        expect(joined?.state).toBe(facts.state);
      }),
      { numRuns: 200 },
    );
    now = at0;
  }, 120_000);

  test('repeated events › write and publish nothing', async () => {
    const id = freshId();
    const events = [say(id, { kind: 'ringing', agent: { id: 'Mina-id' } }), say(id, { kind: 'started' })];
    expect(await apply(events)).toMatchObject([
      { kind: 'engagement.changed', engagementId: id, agentIds: ['Mina-id', 'Watcher-id'] },
    ]);
    const row = await rowOf(id);
    const before = appended.length;
    now += 1_000;
    expect(await apply(structuredClone(events).reverse())).toEqual([]);
    expect(await rowOf(id)).toEqual(row);
    expect(appended).toHaveLength(before);
  });

  test('batch of events › one domain event per changed engagement', async () => {
    const [first, second] = [freshId(), freshId()];
    const before = appended.length;
    await apply([say(second, {}), say(first, { agent: { id: 'Mina-id' } }), say(second, {})]);
    expect(appended.slice(before)).toEqual([
      [
        { engagementId: first, agentIds: ['Mina-id', 'Watcher-id'] },
        { engagementId: second, agentIds: ['Watcher-id'] },
      ],
    ]);
  });

  test('caller known while ringing, or later › is arriving', async () => {
    const id = freshId();
    const consumers = [{ number: '+14155550101' }];
    const arriving = async (more: Partial<EngagementEvent>) => {
      const [event] = await apply([say(id, more)]);
      return event?.kind === 'engagement.changed' && event.shouldPrefetch;
    };
    expect(await arriving({ kind: 'started' })).toBe(false);
    expect(await arriving({ kind: 'ringing', at: at0 + 1, agent: { id: 'Mina-id' }, facts: { consumers } })).toBe(true);
    expect(await arriving({ kind: 'answered', at: at0 + 2, agent: { id: 'Mina-id' } })).toBe(false);

    const unnamed = freshId();
    const answered = say(unnamed, { kind: 'answered', agent: { id: 'Mina-id' } });
    expect(await apply([answered])).toMatchObject([{ shouldPrefetch: false }]);
    expect(await apply([say(unnamed, { facts: { consumers } })])).toMatchObject([{ shouldPrefetch: true }]);
    expect(await apply([say(unnamed, { facts: { queueName: 'Support' } })])).toMatchObject([{ shouldPrefetch: false }]);
  });

  test('ended twice › hasJustEnded is published once', async () => {
    const id = freshId();
    expect(await apply([say(id, { kind: 'started' })])).toMatchObject([{ hasJustEnded: false }]);
    expect(await apply([say(id, { kind: 'ended', at: at0 + 9 })])).toMatchObject([{ hasJustEnded: true }]);
    expect(await apply([say(id, { kind: 'note', at: at0 + 10, text: 'Later' })])).toMatchObject([
      { hasJustEnded: false },
    ]);
  });

  test('panel observed it and Zoom does not name its agent › is not among the agents', async () => {
    const id = freshId();
    await observe(oskar, id, { state: 'active' });
    expect(await apply([say(id, { agent: { id: 'Mina-id' } })])).toMatchObject([
      { agentIds: ['Mina-id', 'Watcher-id'] },
    ]);
  });

  test('same id in two accounts › two engagements', async () => {
    const id = freshId();
    await apply([say(id, { kind: 'answered', agent: { id: 'Mina-id' }, facts: { queueName: 'Ours' } })], 'main');
    const theirs = { kind: 'queued', agent: { id: 'Mina-id' }, facts: { queueName: 'Theirs' } } as const;
    await apply([say(id, theirs)], 'other');
    await observe({ ...mina, account: 'other' }, id, { flowName: 'Seen there' });

    expect(await readFacts(mina, id)).toMatchObject({ queueName: 'Ours' });
    expect(await readFacts(mina, id)).not.toHaveProperty('flowName');
    expect(await readFacts({ ...mina, account: 'other' }, id)).toMatchObject({ queueName: 'Theirs' });
    expect(await readFacts({ ...mina, account: 'third' }, id)).toBeUndefined();
    expect((await readRecord(id, { ...watcher, account: 'other' })).phase).toBe('queued');
    expect((await readRecord(id, { ...watcher, account: 'third' })).timeline).toEqual([]);
    expect(await service.listOpen({ ...mina, account: 'third' })).toEqual([]);
  });

  test('event dated 2099 › later events still apply', async () => {
    const id = freshId();
    const in2099 = Date.UTC(2099, 0);
    await apply([say(id, { at: in2099, facts: { queueName: 'Pinned' } }), say(id, { kind: 'ended', at: in2099 })]);
    await apply([say(id, { at: now + 1_000, facts: { queueName: 'Support' } })]);
    expect((await readFacts(watcher, id))?.queueName).toBe('Support');
    expect((await rowOf(id))?.ended_at).toBe(now);
  });

  test('concurrent batches on the same engagements › no event is lost, no deadlock', async () => {
    const ids = Array.from({ length: 5 }, freshId);
    const batches = Array.from({ length: 8 }, (_, index) =>
      (index % 2 ? ids : ids.toReversed()).map((id) => say(id, {})),
    );
    await Promise.all(batches.map((batch) => apply(batch)));
    for (const id of ids) expect((await readRecord(id)).timeline).toHaveLength(8);
  });

  describe('observation', () => {
    test('repeated › is stored once, the quota is checked for new facts only', async () => {
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
      expect(await readFacts(mina, id)).toEqual({ source: 'sms' });
    });

    test('without facts › the agent is stored as an observer', async () => {
      const id = freshId();
      await observe(mina, id, {});
      expect(await readFacts(mina, id)).toEqual({});
    });

    test('another agent reads › does not see it', async () => {
      const id = freshId();
      const variables = [{ id: 'v', name: 'case_number', value: 'CS-1042' }];
      await observe(oskar, id, { variables, consumers: [{ number: '+14155550199' }] });
      expect(await readFacts(mina, id)).toBeUndefined();
      const [event] = await apply([say(id, { kind: 'ringing', agent: { id: 'Mina-id' } })]);
      expect(event).toMatchObject({ facts: {}, shouldPrefetch: false });
      expect(await readFacts(mina, id)).not.toHaveProperty('variables');
      expect(await readFacts(oskar, id)).toMatchObject({ variables });
    });

    test('two panels at once › nothing is lost', async () => {
      const id = freshId();
      await Promise.all([
        observe(mina, id, { queueName: 'Support' }),
        observe(mina, id, { flowName: 'Main' }),
        observe(oskar, id, { flowName: 'Other' }),
      ]);
      expect(await readFacts(mina, id)).toEqual({ queueName: 'Support', flowName: 'Main' });
    });
  });

  describe('record', () => {
    test('no events › is empty', async () => {
      expect(await readRecord(freshId())).toEqual({
        phase: null,
        handOver: null,
        disposition: null,
        timeline: [],
        gaps: [],
        hold: { count: 0, totalMs: 0, since: null },
        mute: { count: 0, totalMs: 0, since: null },
      });
    });

    test('notes with numbers › are masked', async () => {
      const id = freshId();
      const agent = { id: 'Mina-id' };
      await apply([
        say(id, { agent }),
        say(id, { kind: 'note', agent, text: 'Call 4155550101' }),
        say(id, { kind: 'disposition', agent, text: 'Refund 4155550102' }),
        say(id, { kind: 'transfer-accepted', at: at0 + 1, agent, others: [{ id: 'Oskar-id' }] }),
      ]);
      const record = await readRecord(id);
      expect(JSON.stringify(record)).not.toContain('415555');
      expect(record).toMatchObject({
        disposition: 'Refund •••',
        handOver: { notes: [{ text: 'Call •••' }], disposition: 'Refund •••' },
      });
    });

    test('socket gaps › only overlapping ones are listed', async () => {
      const account = 'with-gaps';
      const gap = (from_at: number, until_at: number | null) => ({ account, from_at, until_at });
      const gaps = [gap(at0 - 90, at0 - 50), gap(at0 - 40, at0 + 5), gap(at0 + 20, at0 + 30), gap(at0 + 90, null)];
      await database.db.insertInto('socket_gaps').values(gaps).execute();
      const [closed, running] = [freshId(), freshId()];
      await apply([say(closed, { kind: 'started' }), say(closed, { kind: 'ended', at: at0 + 25 })], account);
      await apply([say(running, { kind: 'started', at: at0 + 28 })], account);
      now = at0 + 100;
      expect((await readRecord(closed, { ...watcher, account })).gaps).toEqual([
        { from: at0 - 40, until: at0 + 5 },
        { from: at0 + 20, until: at0 + 30 },
      ]);
      expect((await readRecord(running, { ...watcher, account })).gaps).toEqual([
        { from: at0 + 20, until: at0 + 30 },
        { from: at0 + 90, until: null },
      ]);
      const onlySeen = freshId();
      await observe({ ...watcher, account }, onlySeen, {});
      expect((await readRecord(onlySeen, { ...watcher, account })).gaps).toEqual([{ from: at0 + 90, until: null }]);
      now = at0;
    });
  });

  describe('open engagements', () => {
    test('named or recently observed › listed until ended for the agent', async () => {
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

    test('more than 20 › the last changed 20', async () => {
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

  test('late events after the end › is not listed as open', async () => {
    const id = freshId();
    const named = () =>
      database.db.selectFrom('engagement_agents').selectAll().where('engagement_id', '=', id).execute();
    await apply([say(id, { agent: { id: 'Mina-id' } }), say(id, { agent: { id: 'Omar-id' } })]);
    expect(await named()).toHaveLength(3);
    await apply([say(id, { kind: 'ended' })]);
    await apply([say(id, { kind: 'note', agent: { id: 'Third-id' }, text: 'Late' })]);
    expect(await named()).toEqual([]);
  });

  test('agent deleted in Zoom › is published as gone', async () => {
    const event = { key: 'gone', at: 1, kind: 'deleted' as const, agent: { id: 'u-8' } };
    expect(await apply([{ subject: 'agent', event }])).toMatchObject([{ uid: 'u-8', isDeleted: true }]);
  });

  test('REST events › are new once, in a transaction of their own', async () => {
    const id = freshId();
    const { event } = say(id, { kind: 'note', origin: 'rest', text: 'Called back' }) as { event: EngagementEvent };
    published.length = 0;
    expect(await service.applyReconciled('main', [event])).toMatchObject([{ key: event.key }]);
    expect(await service.applyReconciled('main', [event])).toEqual([]);
    expect(published).toMatchObject([{ kind: 'engagement.changed', engagementId: id }]);
  });

  test('agent events › are reduced to the record', async () => {
    const status = (key: string, at: number, value: string): NormalizedEvent => ({
      subject: 'agent',
      event: { key, at, kind: 'status', agent: { id: 'u-9', name: 'Mina' }, status: value },
    });
    expect(await apply([status('b', 2, 'Ready')])).toEqual([
      { kind: 'agent.changed', account: 'main', uid: 'u-9', isDeleted: false },
    ]);
    expect(await apply([status('a', 1, 'Offline'), status('b', 2, 'Ready')])).toEqual([]);
    expect(await service.readAgent('main', 'u-9')).toMatchObject({ status: { value: { status: 'Ready' } } });
    expect(await service.readAgent('other', 'u-9')).toBeUndefined();
  });

  test('engagements and observations › older than ninety days › are deleted', async () => {
    const periodMs = 90 * day;
    const deleteOlder = () =>
      createRetention({
        rules: createEngagementRetention(database),
        clock: () => now,
        log: createLog('silent'),
      }).runDue();
    const [old, young, unended] = [freshId(), freshId(), freshId()];
    await apply([say(old, { kind: 'ended', at: at0 - 5 }), say(unended, {})], 'retention');
    await apply([say(young, { kind: 'ended', at: at0 + 5 })], 'retention');
    await observe({ account: 'retention', uid: 'Mina-id' }, old, {});
    now = at0 + periodMs;
    await deleteOlder();
    expect([await rowOf(old, 'retention'), (await rowOf(young, 'retention'))?.ended_at]).toEqual([undefined, at0 + 5]);
    expect(await rowOf(unended, 'retention')).toBeDefined();
    await apply(
      [{ subject: 'agent', event: { key: 'k', at: 1, kind: 'logged-in', agent: { id: 'u-7' } } }],
      'retention',
    );
    now += periodMs + 1;
    await deleteOlder();
    expect([await rowOf(young, 'retention'), await rowOf(unended, 'retention')]).toEqual([undefined, undefined]);
    expect(await readFacts({ account: 'retention', uid: 'Mina-id' }, old)).toBeUndefined();
    expect(await service.readAgent('retention', 'u-7')).toBeUndefined();
    now = at0;
  });
});
