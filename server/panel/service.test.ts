import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementFacts, PastEngagements } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementAccess, ViewContext, ViewGroupReaders } from '../feature.ts';
import { toFakeAccess } from './fake-access.ts';
import { createFakeEngagements, type FakeEngagements, unknownCustomer } from './fake-engagements.ts';
import { createHistoryReader } from './history-reader.ts';
import { createPanelService, type EngagementCall, type PanelCustomers } from './service.ts';

const agent = { account: 'main', uid: 'agent-1' };
const ringing: EngagementFacts = { channel: 'voice', consumers: [{ number: '+442079460001' }] };

const missedCustomer: CustomerGroup = {
  ...unknownCustomer,
  match: {
    kind: 'none',
    evidence: [{ kind: 'phone', origin: 'caller-id', raw: 'x', normalized: '+442079460001', hits: [], sharedBy: 0 }],
  },
};

const other = { account: 'other', uid: 'agent-9' };

let engagements: FakeEngagements;
let calls: unknown[][];
let counted: boolean[];

beforeEach(() => {
  engagements = createFakeEngagements({ 'E-1': ringing });
  calls = [];
  counted = [];
});

/** As a route calls a command: with the access that it has read. */
const inEngagement = async (by: Agent = agent, engagementId = 'E-1'): Promise<EngagementCall> => ({
  agent: by,
  engagementId,
  access: await engagements.readAccess(by, engagementId),
});

function open(readers: Partial<ViewGroupReaders> = {}) {
  const note =
    <Answer>(name: string, answer: Answer) =>
    async (...given: unknown[]) => {
      calls.push([name, ...given.slice(1)]);
      return answer;
    };
  const customers: PanelCustomers = {
    readGroups: note('readGroups', { customer: missedCustomer, sources: [] }),
    link: note('link', undefined),
    unlink: note('unlink', undefined),
    undo: note('undo', undefined),
    refresh: note('refresh', undefined),
    reveal: note('reveal', { phones: [], emails: [] }),
    verify: note('verify', undefined),
    search: async () => ({ understoodAs: 'nothing', customers: [], more: false, sources: [] }),
  };
  return createPanelService({
    engagements,
    customers,
    readers: { history: () => ({ kind: 'not-asked' }), ...readers },
    recordShownCustomers: () => undefined,
    spendQuota: () => {},
    spendActBudget: async () => {},
    notifyDecision: () => {},
    countView: (isPrefetched) => counted.push(isPrefetched),
  });
}

describe('view of the panel', () => {
  it('a known engagement › consists of its groups', async () => {
    const view = await open().view(await inEngagement(), { state: 'active' });
    expect(view).toEqual({
      engagementId: 'E-1',
      engagement: { facts: { ...ringing, state: 'active' }, record: expect.anything() },
      customer: missedCustomer,
      sources: [],
      history: { kind: 'not-asked' },
    });
  });

  it('any command › reads the state of the engagement once and uses it throughout', async () => {
    const panel = open();
    const commands = {
      view: async () => panel.view(await inEngagement(), {}),
      composePush: () => panel.composePush(agent, 'E-1'),
      link: async () => panel.link(await inEngagement(), 'fake:C-1'),
      unlink: async () => panel.unlink(await inEngagement()),
      undo: async () => panel.undo(await inEngagement()),
      refresh: async () => panel.refresh(await inEngagement(), undefined),
      reveal: async () => panel.reveal(await inEngagement(), { customerId: 'fake:C-1', reason: 'call-back' }),
      verify: async () => panel.verify(await inEngagement(), { customerId: 'fake:C-1', method: 'document' }),
    };
    for (const [name, command] of Object.entries(commands)) {
      engagements.reads = 0;
      await command();
      expect([name, engagements.reads]).toEqual([name, 1]);
    }
  });

  it('a request or a decision › is counted and requests a look-up, a push does neither', async () => {
    const panel = open();
    await panel.view(await inEngagement(), {});
    await panel.link(await inEngagement(), 'fake:C-1');
    await panel.composePush(agent, 'E-1');
    await panel.refresh(await inEngagement(), 'crm');
    expect(counted).toEqual([true, true]);
    const policies = calls.filter(([name]) => name === 'readGroups').map(([, , options]) => options);
    expect(policies).toEqual(
      ['revalidate', 'revalidate', 'use-cached', 'use-cached'].map((cachePolicy) => ({
        access: toFakeAccess(ringing),
        cachePolicy,
      })),
    );
  });

  it('the account does not know the engagement › nothing is pushed', async () => {
    expect(await open().composePush(other, 'E-1')).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it('a feature adds a reader › its group is in the view', async () => {
    const pins = { pins: async ({ engagementId }: ViewContext) => [`pin of ${engagementId}`] };
    // The contract file of a real feature declares its group.
    const view = await open(pins as Partial<ViewGroupReaders>).view(await inEngagement(), {});
    expect(view).toMatchObject({ pins: ['pin of E-1'], history: { kind: 'not-asked' } });
  });
});

describe('history of a caller', () => {
  const found: PastEngagements = { kind: 'found', fetchedAt: 1, engagements: [] };
  const listPhones = ({ consumers = [] }: EngagementFacts) =>
    consumers.map(({ number = '' }) => ({ raw: number, normalized: number.replace(/^00/, '+') }));
  const numbers: string[] = [];
  const history = createHistoryReader((_agent, _engagementId, number) => {
    numbers.push(number);
    return found;
  }, listPhones);
  const read = (access: EngagementAccess, customer = missedCustomer) =>
    history({ agent, engagementId: 'E-1', access, customer: Promise.resolve(customer) });
  beforeEach(() => void numbers.splice(0));

  it('Zoom gave the number › is searched by it', async () => {
    expect(await read(toFakeAccess(ringing))).toEqual(found);
    expect(numbers).toEqual(['+442079460001']);
  });

  it('Zoom gave the number in another spelling › is searched by it', async () => {
    const confirmedFacts = { consumers: [{ number: '00442079460001' }] };
    expect(await read(toFakeAccess(ringing, { confirmedFacts }))).toEqual(found);
  });

  it('the caller has no number › is not searched', async () => {
    expect(await read(toFakeAccess(ringing), unknownCustomer)).toEqual({ kind: 'not-asked' });
  });

  it.each([
    ['the panel alone claims the number', { confirmedFacts: {} }],
    ['Zoom gave another number', { confirmedFacts: { consumers: [{ number: '+442079460002' }] } }],
    ['Zoom does not name the agent', { kind: 'own-observation' as const }],
    ['the agent has left', { kind: 'formerly-named' as const }],
  ])('%s › is not searched', async (_condition, changes) => {
    expect(await read(toFakeAccess(ringing, changes))).toEqual({ kind: 'not-asked' });
    expect(numbers).toEqual([]);
  });
});
