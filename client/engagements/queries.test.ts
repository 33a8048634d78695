import { expect, test } from 'vitest';
import type { EngagementView } from '#contract/customers.ts';
import type { Api } from '../api/client.ts';
import { createQueryClient } from '../api/query-client.ts';
import { createEngagementViews } from './queries.ts';

function view(customerId: string): EngagementView {
  const source = { id: 'directory', label: 'Directory', fetchedAt: 0 };
  return {
    engagementId: 'E-1',
    match: { kind: 'matched', customerId, rule: 'caller-id', evidence: [] },
    link: { customerId, decidedBy: 'match', canUndo: false },
    customer: {
      ...{ id: customerId, name: customerId, alerts: [], phones: [], emails: [], cases: [] },
      ...{ interactions: [], details: [], source },
    },
    candidates: [],
  };
}

/** A server whose every answer waits until the test gives it. */
function createSlowServer() {
  const open: { path: string; body: unknown; answer: (value: unknown) => void; fail: (error: Error) => void }[] = [];
  const api: Api = {
    post: <Answer>(path: string, body: unknown) =>
      new Promise<Answer>((resolve, reject) => {
        open.push({ path, body, answer: (value) => resolve(value as Answer), fail: reject });
      }),
  };
  const queryClient = createQueryClient();
  const views = createEngagementViews({ api, queryClient });
  const at = (index: number) => {
    const request = open[index];
    if (request === undefined) throw new Error(`no request ${index}`);
    return request;
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const shown = (engagementId: string) =>
    queryClient.getQueryData(views.query(engagementId).queryKey)?.shown.customer?.id;
  return { open, at, views, shown, settle };
}

test('an older answer never overwrites a newer one', async () => {
  const { at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  views.observe({ engagementId: 'E-1', facts: { queueName: 'Billing' } });
  await settle();
  at(1).answer(view('new'));
  await settle();
  at(0).answer(view('old'));
  await settle();
  expect(shown('E-1')).toBe('new');
});

test('the newest observation is asked with its own facts, and the answer before it is not shown', async () => {
  const { at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  views.observe({ engagementId: 'E-1', facts: { queueName: 'Billing' } });
  await settle();
  at(0).answer(view('old'));
  await settle();
  expect(shown('E-1')).toBeUndefined();
  expect(at(1).body).toEqual({ facts: { queueName: 'Billing' } });
});

test('a late answer for another engagement goes to that engagement', async () => {
  const { at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  views.observe({ engagementId: 'E-2', facts: {} });
  await settle();
  at(1).answer(view('second'));
  at(0).answer(view('first'));
  await settle();
  expect([shown('E-1'), shown('E-2')]).toEqual(['first', 'second']);
});

test('a question asked before a decision cannot take the decision back', async () => {
  const { open, at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  await settle();
  at(0).answer(view('A'));
  await settle();
  views.ask('E-1');
  await settle();
  const decided = views.decide('E-1', { kind: 'link', customerId: 'B' });
  expect(at(2).path).toBe('/api/engagements/E-1/link');
  expect(at(2).body).toEqual({ customerId: 'B' });
  at(2).answer(view('B'));
  await decided;
  at(1).answer(view('A'));
  await settle();
  expect(shown('E-1')).toBe('B');
  expect(open).toHaveLength(4);
});
