import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { RevealRequest, VerifyRequest } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { CachePolicy } from '../feature.ts';
import { toFakeAccess } from '../panel/fake-access.ts';
import { type Database, openDatabase } from '../platform/storage/database.ts';
import { builtInLayout, type CardLayout } from './card-layout.ts';
import { createCustomersForTests } from './customers-for-tests.ts';
import { createFakeSource, type FakeSource } from './fake-source.ts';

const agent = { account: 'main', uid: 'agent-1' };
const shared = { raw: '+1 415 555 0101', value: '+14155550101' };
const ringing = (number: string): EngagementFacts => ({ channel: 'voice', consumers: [{ number }] });

let database: Database;
let source: FakeSource;
let facts: Map<string, EngagementFacts>;
let audit: { entries: unknown[]; isDown: boolean };
let now: number;
let service: ReturnType<typeof createService>;

/** Commands that answer with the group they lead to, as the panel's routes do. */
function createService() {
  const customers = createCustomersForTests(database, source, {
    clock: () => now,
    recordAudit: async (entry) => {
      if (audit.isDown) throw new Error('The trail is down');
      audit.entries.push(entry);
    },
  });
  const knownFacts = ({ account }: Agent, engagementId: string) => facts.get(`${account} ${engagementId}`) ?? {};
  const accessOf = (by: Agent, engagementId: string) => toFakeAccess(knownFacts(by, engagementId));
  const read = (cachePolicy: CachePolicy) => async (by: Agent, engagementId: string) => {
    const options = { access: accessOf(by, engagementId), cachePolicy };
    const { customer, sources } = await customers.readGroups(by, engagementId, options);
    return { ...customer, sources };
  };
  const request = read('revalidate');
  const push = read('use-cached');
  return {
    ...customers,
    request,
    push,
    async link(by: Agent, engagementId: string, customerId: string) {
      await customers.link(by, engagementId, { access: accessOf(by, engagementId), customerId });
      return request(by, engagementId);
    },
    async unlink(by: Agent, engagementId: string) {
      await customers.unlink(by, engagementId, { access: accessOf(by, engagementId) });
      return request(by, engagementId);
    },
    async undo(by: Agent, engagementId: string) {
      await customers.undo(by, engagementId, { access: accessOf(by, engagementId) });
      return request(by, engagementId);
    },
    reveal: (by: Agent, engagementId: string, revealRequest: RevealRequest) =>
      customers.reveal(by, engagementId, { access: accessOf(by, engagementId), request: revealRequest }),
    async verify(by: Agent, engagementId: string, verifyRequest: VerifyRequest) {
      await customers.verify(by, engagementId, { access: accessOf(by, engagementId), request: verifyRequest });
      return push(by, engagementId);
    },
  };
}

beforeEach(async () => {
  database = await openDatabase('sqlite::memory:');
  source = createFakeSource({ clock: () => now });
  source.put({
    id: 'C-1',
    name: 'Ann Lee',
    phones: [{ raw: '020 7946 0001', value: '+442079460001' }],
    emails: [{ raw: 'Ann@northwind.example', value: 'ann@northwind.example' }],
  });
  source.put({ id: 'C-2', name: 'Bao Tran', phones: [shared] });
  source.put({ id: 'C-3', name: 'Chi Tran', phones: [shared] });
  facts = new Map([
    ['main E-ann', ringing('+442079460001')],
    ['main E-tran', ringing('+14155550101')],
    ['main E-nobody', ringing('+14155550109')],
  ]);
  now = 5_000;
  audit = { entries: [], isDown: false };
  service = createService();
});
afterEach(() => database.close());

const view = (engagementId: string, account = 'main') => service.request({ ...agent, account }, engagementId);

describe('customer group of the view', () => {
  test('known caller › has the card, masked, with source and age', async () => {
    expect(await view('E-ann')).toMatchObject({
      match: { kind: 'matched', customerId: 'fake:C-1', rule: 'caller-id' },
      link: { customerId: 'fake:C-1', decidedBy: 'match', canUndo: false },
      card: {
        id: 'fake:C-1',
        phones: [{ masked: '•••• 0001' }],
        records: [{ id: 'fake:C-1', source: { id: 'fake', label: 'Fake source', fetchedAt: 5_000 }, missing: [] }],
      },
      candidates: [],
    });
  });

  test('two customers share the number › links none and has both candidates', async () => {
    const { match, link, card, candidates } = await view('E-tran');
    expect(match).toMatchObject({ kind: 'ambiguous', customerIds: ['fake:C-2', 'fake:C-3'], sharedBy: 2 });
    expect(link).toEqual({ customerId: null, decidedBy: 'match', canUndo: false });
    expect(card).toBeNull();
    expect(candidates.map(({ name }) => name)).toEqual(['Bao Tran', 'Chi Tran']);
  });

  test('unknown caller › has the evidence', async () => {
    expect(await view('E-nobody')).toMatchObject({
      match: { kind: 'none', evidence: [{ raw: '+14155550109', hits: [] }] },
      card: null,
      candidates: [],
    });
  });

  test('look-up › queries a source twice', async () => {
    await view('E-ann');
    expect(source.calls).toBe(2);
  });

  test.each(['unavailable', 'forgetful', 'broken'] as const)(
    'source is %s › is unavailable, and the link stays',
    async (state) => {
      await service.link(agent, 'E-ann', 'fake:C-2');
      now += 30_001;
      source.state = state;
      expect(await view('E-ann')).toMatchObject({
        match: { kind: 'unavailable' },
        sources: [{ id: 'fake', label: 'Fake source', state: 'unavailable' }],
        link: { customerId: 'fake:C-2', decidedBy: 'agent', canUndo: true },
        card: null,
        candidates: [],
      });
    },
  );
});

describe('decision of an agent', () => {
  test('linked › outranks the match, and undo follows it again', async () => {
    expect(await service.link(agent, 'E-tran', 'fake:C-3')).toMatchObject({
      match: { kind: 'matched', customerId: 'fake:C-3', rule: 'agent', evidence: [{ sharedBy: 2 }] },
      link: { customerId: 'fake:C-3', decidedBy: 'agent', canUndo: true },
      card: { id: 'fake:C-3' },
      candidates: [],
    });
    expect(await service.undo(agent, 'E-tran')).toMatchObject({
      match: { kind: 'ambiguous' },
      link: { customerId: null, decidedBy: 'match', canUndo: false },
      card: null,
      candidates: [{ id: 'fake:C-2' }, { id: 'fake:C-3' }],
    });
  });

  test('decided after the group was composed › the group follows each decision', async () => {
    const byMatch = await service.push(agent, 'E-ann');
    const access = toFakeAccess(facts.get('main E-ann') ?? {});
    const options = { access, cachePolicy: 'use-cached' } as const;
    const groups = await service.readGroups(agent, 'E-ann', options);
    expect(await service.readGroups(agent, 'E-ann', options)).toBe(groups);
    await service.link(agent, 'E-ann', 'fake:C-2');
    expect(await service.push(agent, 'E-ann')).toMatchObject({ card: { name: 'Bao Tran' }, link: { canUndo: true } });
    await service.undo(agent, 'E-ann');
    expect(await service.push(agent, 'E-ann')).toEqual({ ...byMatch, sources: expect.anything() });
  });

  test('unlinked › shows no customer though one matches', async () => {
    expect(await service.unlink(agent, 'E-ann')).toMatchObject({
      match: { kind: 'matched', customerId: 'fake:C-1' },
      link: { customerId: null, decidedBy: 'agent', canUndo: true },
      card: null,
    });
    expect(await service.undo(agent, 'E-ann')).toMatchObject({ card: { id: 'fake:C-1' } });
  });

  test('undone by two clicks at once › one decision is undone', async () => {
    await service.link(agent, 'E-tran', 'fake:C-2');
    await service.link(agent, 'E-tran', 'fake:C-3');
    await Promise.all([service.undo(agent, 'E-tran'), service.undo(agent, 'E-tran')]);
    expect(await view('E-tran')).toMatchObject({ card: { id: 'fake:C-2' } });
  });

  test('linked customer was deleted › the match decides', async () => {
    source.put({ id: 'C-9', name: 'Gone soon' });
    await service.link(agent, 'E-ann', 'fake:C-9');
    source.delete('C-9');
    expect(await view('E-ann')).toMatchObject({
      match: { kind: 'matched', customerId: 'fake:C-1', rule: 'caller-id' },
      link: { customerId: 'fake:C-1', decidedBy: 'match', canUndo: false },
      card: { id: 'fake:C-1' },
    });
    await service.link(agent, 'E-tran', 'fake:C-1');
    source.delete('C-1');
    expect((await view('E-tran')).candidates.map(({ id }) => id)).toEqual(['fake:C-2', 'fake:C-3']);
  });

  test('customer does not exist › is refused', async () => {
    await expect(service.link(agent, 'E-ann', 'fake:C-404')).rejects.toMatchObject({ code: 'not_found' });
    expect(await view('E-ann')).toMatchObject({ link: { decidedBy: 'match' } });
  });

  test('source is down › is refused as unavailable', async () => {
    source.state = 'unavailable';
    await expect(service.link(agent, 'E-ann', 'fake:C-2')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('link, unlink and undo › are on the audit trail', async () => {
    await service.link(agent, 'E-ann', 'fake:C-2');
    await service.unlink(agent, 'E-ann');
    await service.undo(agent, 'E-ann');
    await service.undo(agent, 'E-ann');
    await service.undo(agent, 'E-ann');
    const engagementId = 'E-ann';
    expect(audit.entries).toEqual([
      { agent, action: 'customer.link', engagementId, customerId: 'fake:C-2' },
      { agent, action: 'customer.unlink', engagementId },
      { agent, action: 'customer.undo', engagementId, customerId: undefined, details: { decision: 2 } },
      { agent, action: 'customer.undo', engagementId, customerId: 'fake:C-2', details: { decision: 1 } },
    ]);
  });

  test('audit trail is down › nothing is decided', async () => {
    audit.isDown = true;
    await expect(service.link(agent, 'E-ann', 'fake:C-2')).rejects.toThrow('The trail is down');
    await expect(service.unlink(agent, 'E-ann')).rejects.toThrow('The trail is down');
    expect(await view('E-ann')).toMatchObject({ link: { decidedBy: 'match' } });
  });
});

describe('customer search', () => {
  test('hits › are masked cards', async () => {
    const answer = await service.search(agent, 'ann');
    expect(answer).toMatchObject({ understoodAs: 'name', customers: [{ id: 'fake:C-1' }], more: false });
    expect(JSON.stringify(answer)).not.toMatch(/northwind|7946/i);
  });

  test('answer › is on the audit trail without the query', async () => {
    await service.search(agent, 'ann');
    expect(audit.entries).toEqual([
      { agent, action: 'customer.search', details: { understoodAs: 'name', customers: ['fake:C-1'] } },
    ]);
  });

  test('audit trail is down › answers nothing', async () => {
    audit.isDown = true;
    await expect(service.search(agent, 'ann')).rejects.toThrow('The trail is down');
  });

  test('no source answers › is unavailable', async () => {
    source.state = 'unavailable';
    await expect(service.search(agent, 'ann')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('reveal', () => {
  const reveal = (engagementId: string, customerId: string) =>
    service.reveal(agent, engagementId, { customerId, reason: 'verify-caller' });

  test('linked customer › answers the stored values and records the act without them', async () => {
    expect(await reveal('E-ann', 'fake:C-1')).toEqual({ phones: ['020 7946 0001'], emails: ['Ann@northwind.example'] });
    expect(audit.entries).toEqual([
      {
        agent,
        action: 'customer.reveal',
        engagementId: 'E-ann',
        customerId: 'fake:C-1',
        details: { reason: 'verify-caller' },
      },
    ]);
  });

  test.each([
    ['a candidate', 'E-tran', 'fake:C-2'],
    ["another engagement's customer", 'E-ann', 'fake:C-2'],
    ['anybody for a stranger', 'E-nobody', 'fake:C-1'],
    ['a customer who is not there', 'E-ann', 'fake:C-404'],
  ])('%s › is refused and not recorded', async (_, engagementId, customerId) => {
    await expect(reveal(engagementId, customerId)).rejects.toMatchObject({ code: 'forbidden' });
    expect(audit.entries).toEqual([]);
  });

  test('customer was unlinked › is refused', async () => {
    await service.unlink(agent, 'E-ann');
    await expect(reveal('E-ann', 'fake:C-1')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('audit trail is down › answers nothing', async () => {
    audit.isDown = true;
    await expect(reveal('E-ann', 'fake:C-1')).rejects.toThrow('The trail is down');
  });

  test('reason is other › needs a note', async () => {
    const other = (note?: string) =>
      service.reveal(agent, 'E-ann', { customerId: 'fake:C-1', reason: 'other', ...(note !== undefined && { note }) });
    await expect(other()).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(other('  ')).rejects.toMatchObject({ code: 'invalid_request' });
    await other(' legal asked ');
    expect(audit.entries).toMatchObject([{ details: { reason: 'other', note: 'legal asked' } }]);
  });

  test('source is down › is unavailable', async () => {
    source.state = 'unavailable';
    await expect(reveal('E-ann', 'fake:C-1')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('prefetched look-up', () => {
  const prefetch = (engagementId: string, known = facts.get(`main ${engagementId}`) ?? {}) =>
    service.prefetch('main', engagementId, known);

  test('first request › is served by it and marked as prefetched', async () => {
    prefetch('E-ann');
    await new Promise((resolve) => setImmediate(resolve));
    source.state = 'unavailable';
    expect(await view('E-ann')).toMatchObject({ isPrefetched: true, card: { id: 'fake:C-1' } });
  });

  test('push before the first request › counts as prefetched', async () => {
    await service.push(agent, 'E-ann');
    source.state = 'unavailable';
    expect(await view('E-ann')).toMatchObject({ isPrefetched: true, card: { id: 'fake:C-1' } });
  });

  test('request before it has settled › waits for it', async () => {
    prefetch('E-tran');
    expect(await view('E-tran')).toMatchObject({
      isPrefetched: true,
      candidates: [{ id: 'fake:C-2' }, { id: 'fake:C-3' }],
    });
  });

  test('request within two minutes › is served with the age of the answers', async () => {
    prefetch('E-ann');
    await new Promise((resolve) => setImmediate(resolve));
    now += 120_000;
    expect(await view('E-ann')).toMatchObject({
      isPrefetched: true,
      card: { records: [{ source: { fetchedAt: 5_000 } }] },
    });
    now += 1;
    expect(await view('E-ann')).toMatchObject({
      isPrefetched: false,
      card: { records: [{ source: { fetchedAt: now } }] },
    });
  });

  test('other number or account › is not served', async () => {
    prefetch('E-ann');
    facts.set('main E-ann', ringing('+14155550109'));
    expect(await view('E-ann')).toMatchObject({ isPrefetched: false, match: { kind: 'none' } });
    facts.set('other E-tran', ringing('+14155550101'));
    prefetch('E-tran');
    expect(await view('E-tran', 'other')).toMatchObject({ isPrefetched: false });
  });

  test('source had failed › a request queries again', async () => {
    source.state = 'unavailable';
    prefetch('E-ann');
    await new Promise((resolve) => setImmediate(resolve));
    source.state = 'up';
    expect(await view('E-ann')).toMatchObject({ isPrefetched: false, card: { id: 'fake:C-1' } });
  });

  test('push within an hour › is served, like by one made for a request', async () => {
    await view('E-tran');
    source.state = 'unavailable';
    now += 3_600_000;
    const push = () => service.push(agent, 'E-tran');
    expect(await push()).toMatchObject({ isPrefetched: false, candidates: [{ id: 'fake:C-2' }, { id: 'fake:C-3' }] });
    expect(await view('E-tran')).toMatchObject({
      sources: [{ state: 'unavailable', fetchedAt: now - 3_600_000 }],
      candidates: [{ id: 'fake:C-2' }, { id: 'fake:C-3' }],
    });
    source.state = 'up';
    expect(await push()).toMatchObject({ isPrefetched: false, candidates: [{ id: 'fake:C-2' }, { id: 'fake:C-3' }] });
  });

  test('engagement without identifiers › is not made', async () => {
    prefetch('E-nameless', { channel: 'voice' });
    facts.set('main E-nameless', { channel: 'voice' });
    expect(await view('E-nameless')).toMatchObject({ isPrefetched: false });
  });

  test('agent has decided › the decision stands', async () => {
    await service.link(agent, 'E-ann', 'fake:C-2');
    prefetch('E-ann');
    expect(await view('E-ann')).toMatchObject({
      isPrefetched: true,
      card: { id: 'fake:C-2' },
      link: { decidedBy: 'agent' },
    });
  });
});

describe('sensitive fields', () => {
  beforeEach(() => {
    source.put({
      id: 'C-1',
      name: 'Ann Lee',
      phones: [{ raw: '020 7946 0001', value: '+442079460001' }],
      fields: { 'Date of birth': '1980-02-29', Plan: 'Fibre 500' },
    });
  });
  const verify = (customerId = 'fake:C-1') =>
    service.verify(agent, 'E-ann', { customerId, method: 'security-question' });

  test('caller id matched › stay hidden', async () => {
    expect(await view('E-ann')).toMatchObject({
      verification: null,
      card: {
        details: [
          { name: 'Date of birth', value: '•••', isHidden: true },
          { name: 'Plan', value: 'Fibre 500' },
        ],
      },
    });
  });

  test('caller was verified › are shown, and the act is recorded', async () => {
    now += 1_000;
    expect(await verify()).toMatchObject({
      verification: { method: 'security-question', at: now, byYou: true },
      card: { details: [{ name: 'Date of birth', value: '1980-02-29' }, { name: 'Plan' }] },
    });
    expect(audit.entries).toEqual([
      {
        agent,
        action: 'customer.verify',
        engagementId: 'E-ann',
        customerId: 'fake:C-1',
        details: { method: 'security-question' },
      },
    ]);
    facts.set('main E-again', ringing('+442079460001'));
    expect(await view('E-again')).toMatchObject({ verification: null });
  });

  test('another customer is linked › stay hidden', async () => {
    await verify();
    expect(await service.link(agent, 'E-ann', 'fake:C-2')).toMatchObject({ verification: null });
    await expect(verify('fake:C-1')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('audit trail is down › stay hidden', async () => {
    audit.isDown = true;
    await expect(verify()).rejects.toThrow('The trail is down');
    expect(await view('E-ann')).toMatchObject({ verification: null });
  });
});

describe('customer known as a preview', () => {
  test('linked, and the hits cannot be read together › is read by itself', async () => {
    const read = source.readCustomers;
    source.readCustomers = async (ids, freshness) =>
      ids.length > 1 ? { kind: 'invalid', fetchedAt: now } : read(ids, freshness);
    const linked = await service.link(agent, 'E-tran', 'fake:C-2');
    expect(linked.card).toMatchObject({ name: 'Bao Tran', records: [{ id: 'fake:C-2', missing: [] }] });
    source.readCustomers = async () => ({ kind: 'unavailable', fetchedAt: now });
    const missing = [{ part: 'cases', state: 'unavailable' }, {}, {}];
    expect((await view('E-tran')).card).toMatchObject({ name: 'Bao Tran', records: [{ missing }] });
  });

  test('revealed › is read first, or refused', async () => {
    const read = source.readCustomers;
    const request = { customerId: 'fake:C-1', reason: 'call-back' } as const;
    source.readCustomers = async () => ({ kind: 'unavailable', fetchedAt: now });
    await view('E-ann');
    await expect(service.reveal(agent, 'E-ann', request)).rejects.toMatchObject({ code: 'unavailable' });
    expect(audit.entries).toEqual([]);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    source.readCustomers = async (...question) => {
      await released;
      return read(...question);
    };
    expect((await view('E-ann')).card?.emails).toEqual([]);
    release();
    expect(await service.reveal(agent, 'E-ann', request)).toEqual({
      phones: ['020 7946 0001'],
      emails: ['Ann@northwind.example'],
    });
  });
});

describe('sources and layout of a queue', () => {
  it('queue has its own › look-up and card follow them, a search goes to all sources', async () => {
    const other = createFakeSource({ id: 'other', clock: () => now });
    other.put({ id: 'O-1', name: 'Ann Other', phones: [{ raw: '+442079460001', value: '+442079460001' }] });
    source.put({ id: 'C-1', name: 'Ann Lee', company: 'Lee Ltd', phones: [shared], fields: { tier: 'Gold' } });
    const compact: CardLayout = { ...builtInLayout, header: ['name', 'tier'] };
    const customers = createCustomersForTests(database, source, {
      sources: [source, other],
      sourcesFor: ({ queueName }) => (queueName === 'Sales' ? [other] : [source]),
      layoutFor: ({ queueName }) => (queueName === 'Support' ? compact : builtInLayout),
    });
    const read = (queueName: string, number: string) =>
      customers.readGroups(agent, `E-${queueName}`, {
        access: toFakeAccess({ ...ringing(number), queueName }),
        cachePolicy: 'revalidate',
      });
    const sales = await read('Sales', '+442079460001');
    expect(sales).toMatchObject({ customer: { card: { id: 'other:O-1' } }, sources: [{ id: 'other' }] });
    source.delete('C-2');
    source.delete('C-3');
    const { card } = (await read('Support', '+14155550101')).customer;
    expect(card).toMatchObject({ id: 'fake:C-1', tier: 'Gold' });
    expect(card).not.toHaveProperty('company');
    expect((await customers.search(agent, 'ann')).customers.map(({ id }) => id)).toEqual(['fake:C-1', 'other:O-1']);
  });
});
