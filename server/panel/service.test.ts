import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementFacts, PastEngagements } from '#contract/engagements.ts';
import type { ViewContext, ViewGroupReaders } from '../feature.ts';
import { createFakeEngagements, type FakeEngagements, unknownCustomer } from './fake-engagements.ts';
import { createHistoryReader } from './history-reader.ts';
import { createPanelService, type PanelCustomers } from './service.ts';

const agent = { account: 'main', uid: 'agent-1' };
const ringing: EngagementFacts = { channel: 'voice', consumers: [{ number: '+442079460001' }] };

const missedCustomer: CustomerGroup = {
  ...unknownCustomer,
  match: {
    kind: 'none',
    evidence: [{ kind: 'phone', origin: 'caller-id', raw: 'x', normalized: '+442079460001', hits: [], sharedBy: 0 }],
  },
};

let engagements: FakeEngagements;
let calls: unknown[][];
let counted: boolean[];

beforeEach(() => {
  engagements = createFakeEngagements({ 'E-1': ringing });
  calls = [];
  counted = [];
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
    countView: (isPrefetched) => counted.push(isPrefetched),
  });
}

describe('view of the panel', () => {
  it('a known engagement › consists of its groups', async () => {
    const view = await open().view(agent, 'E-1', { state: 'active' });
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
      view: () => panel.view(agent, 'E-1', {}),
      composePush: () => panel.composePush(agent, 'E-1'),
      link: () => panel.link(agent, 'E-1', 'fake:C-1'),
      unlink: () => panel.unlink(agent, 'E-1'),
      undo: () => panel.undo(agent, 'E-1'),
      refresh: () => panel.refresh(agent, 'E-1', undefined),
      reveal: () => panel.reveal(agent, 'E-1', { customerId: 'fake:C-1', reason: 'call-back' }),
      verify: () => panel.verify(agent, 'E-1', { customerId: 'fake:C-1', method: 'document' }),
    };
    for (const [name, command] of Object.entries(commands)) {
      engagements.reads = 0;
      await command();
      expect([name, engagements.reads]).toEqual([name, 1]);
    }
  });

  it('a request or a decision › is counted and requests a look-up, a push does neither', async () => {
    const panel = open();
    await panel.view(agent, 'E-1', {});
    await panel.link(agent, 'E-1', 'fake:C-1');
    await panel.composePush(agent, 'E-1');
    await panel.refresh(agent, 'E-1', 'crm');
    expect(counted).toEqual([true, true]);
    const policies = calls.filter(([name]) => name === 'readGroups').map(([, , options]) => options);
    expect(policies).toEqual(
      ['revalidate', 'revalidate', 'use-cached', 'use-cached'].map((cachePolicy) => ({ facts: ringing, cachePolicy })),
    );
  });

  it('the account does not know the engagement › nothing can be done with it', async () => {
    const panel = open();
    const stranger = { account: 'other', uid: 'agent-9' };
    for (const attempt of [
      panel.link(stranger, 'E-1', 'fake:C-2'),
      panel.unlink(stranger, 'E-1'),
      panel.undo(stranger, 'E-1'),
      panel.refresh(stranger, 'E-1', undefined),
      panel.verify(stranger, 'E-1', { customerId: 'fake:C-1', method: 'document' }),
      panel.reveal(stranger, 'E-1', { customerId: 'fake:C-1', reason: 'call-back' }),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'not_found',
        message: 'This engagement is not known yet. Open it in Zoom first.',
      });
    }
    expect(await panel.composePush(stranger, 'E-1')).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it('a feature adds a reader › its group is in the view', async () => {
    const pins = { pins: async ({ engagementId }: ViewContext) => [`pin of ${engagementId}`] };
    // The contract file of a real feature declares its group.
    const view = await open(pins as Partial<ViewGroupReaders>).view(agent, 'E-1', {});
    expect(view).toMatchObject({ pins: ['pin of E-1'], history: { kind: 'not-asked' } });
  });
});

describe('history of a caller', () => {
  const past = (...ids: string[]): PastEngagements => ({
    kind: 'found',
    fetchedAt: 1,
    engagements: ids.map((engagementId) => ({
      engagementId,
      startedAt: 0,
      durationMs: null,
      channel: 'voice',
      queueName: null,
      agentName: null,
      disposition: null,
    })),
  });

  it('the caller has a number › is searched by it, without the present engagement', async () => {
    const numbers: string[] = [];
    const history = createHistoryReader((_agent, _engagementId, number) => {
      numbers.push(number);
      return past('E-0', 'E-1');
    });
    const view = await open({ history }).view(agent, 'E-1', {});
    expect(view.history).toEqual(past('E-0'));
    expect(numbers).toEqual(['+442079460001']);
  });

  it('the caller has no number › is not searched', async () => {
    const history = createHistoryReader(() => past('E-0'));
    const customer = Promise.resolve(unknownCustomer);
    const engagement = await engagements.observe(agent, 'E-1', { facts: {}, checkQuota: () => {} });
    expect(await history({ agent, engagementId: 'E-1', engagement, customer })).toEqual({ kind: 'not-asked' });
  });
});
