import { afterEach, expect, test, vi } from 'vitest';
import { createFakeApi } from '../api/fake-api.ts';
import { createQueryClient } from '../api/query-client.ts';
import { createEngagementViews } from './engagement-views.ts';
import { fakeEntry, fakeRecord, fakeView, matchedView } from './fake-view.ts';

const view = (customerId: string) => matchedView(customerId);

/** A server whose every answer waits until the test gives it. */
function createSlowServer() {
  const open: { path: string; body: unknown; answer: (value: unknown) => void; fail: (error: Error) => void }[] = [];
  const api = createFakeApi(
    (path, body) =>
      new Promise((resolve, reject) => {
        open.push({ path, body, answer: resolve, fail: reject });
      }),
  );
  const queryClient = createQueryClient();
  const views = createEngagementViews({ api, queryClient });
  const at = (index: number) => {
    const request = open[index];
    if (request === undefined) throw new Error(`no request ${index}`);
    return request;
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const cached = (engagementId: string) => queryClient.getQueryData(views.query(engagementId).queryKey);
  const shown = (engagementId: string) => cached(engagementId)?.shown.customer.card?.id;
  return { open, at, views, cached, shown, settle };
}

test('engagement views › an older answer arrives later › is dropped', async () => {
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

test('engagement views › a second observation › is requested with its own facts and cancels the first', async () => {
  const { at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  views.observe({ engagementId: 'E-1', facts: { queueName: 'Billing' } });
  await settle();
  at(0).answer(view('old'));
  await settle();
  expect(shown('E-1')).toBeUndefined();
  expect(at(1).body).toEqual({ facts: { queueName: 'Billing' } });
});

test('engagement views › a late answer of another engagement › is stored there', async () => {
  const { at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  views.observe({ engagementId: 'E-2', facts: {} });
  await settle();
  at(1).answer(view('second'));
  at(0).answer(view('first'));
  await settle();
  expect([shown('E-1'), shown('E-2')]).toEqual(['first', 'second']);
});

test('engagement views › a request from before a decision › cannot revert it', async () => {
  const { open, at, views, shown, settle } = createSlowServer();
  views.observe({ engagementId: 'E-1', facts: {} });
  await settle();
  at(0).answer(view('A'));
  await settle();
  views.request('E-1');
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

/** Answers the last request. */
async function answerLast({ open, settle }: ReturnType<typeof createSlowServer>, value: unknown) {
  open.at(-1)?.answer(value);
  await settle();
}

const decidedView = (customerId: string | null) =>
  fakeView({
    ...(customerId !== null && matchedView(customerId).customer),
    link: { customerId, decidedBy: 'agent', canUndo: true },
  });
const lines = (...at: number[]) => fakeRecord({ phase: 'active', timeline: at.map((one) => fakeEntry('hold', one)) });

test('engagement views › a push before the first request › is available without one', async () => {
  const { open, views, shown, settle } = createSlowServer();
  views.receive(view('A'));
  await settle();
  expect(shown('E-1')).toBe('A');
  expect(open).toHaveLength(0);
  views.observe({ engagementId: 'E-1', facts: { queueName: 'Billing' } });
  await settle();
  expect(open[0]?.body).toEqual({ facts: { queueName: 'Billing' } });
  expect(shown('E-1')).toBe('A');
});

test('engagement views › a push during a request › is shown and the request repeated', async () => {
  const server = createSlowServer();
  const { open, at, views, cached, settle } = server;
  views.observe({ engagementId: 'E-1', facts: { queueName: 'Billing' } });
  await settle();
  views.receive(matchedView('A', { record: lines(1, 2) }));
  await settle();
  at(0).answer(matchedView('A', { record: lines(1) }));
  await settle();
  expect(cached('E-1')?.shown.engagement.record).toEqual(lines(1, 2));
  expect(open).toHaveLength(2);
  expect(at(1).body).toEqual({ facts: { queueName: 'Billing' } });
  await answerLast(server, matchedView('A', { record: lines(1, 2, 3) }));
  expect(cached('E-1')?.shown.engagement.record).toEqual(lines(1, 2, 3));
  expect(open).toHaveLength(2);
});

test('engagement views › an outdated push › is dropped and triggers a request', async () => {
  const server = createSlowServer();
  const { open, views, cached, settle } = server;
  views.observe({ engagementId: 'E-1', facts: {} });
  await settle();
  await answerLast(server, matchedView('A', { record: lines(1, 2) }));
  views.receive(matchedView('A', { record: lines(1) }));
  await settle();
  expect(cached('E-1')?.shown.engagement.record).toEqual(lines(1, 2));
  expect(open).toHaveLength(2);
});

test.each([
  ['unlinked', { kind: 'unlink' }, decidedView(null)],
  ['linked', { kind: 'link', customerId: 'B' }, decidedView('B')],
  ['undone', { kind: 'undo' }, fakeView()],
] as const)('engagement views › an older push after the agent %s › is ignored', async (_what, decision, decided) => {
  const server = createSlowServer();
  const { at, views, cached, settle } = server;
  views.receive(view('A'));
  const deciding = views.decide('E-1', decision);
  at(0).answer(decided);
  await deciding;
  views.receive(matchedView('A', { record: lines(1) }));
  await settle();
  expect(cached('E-1')).toMatchObject({ shown: decided, offered: null });
  await answerLast(server, { ...decided, engagement: { facts: {}, record: lines(1) } });
  expect(cached('E-1')).toMatchObject({
    shown: { customer: { link: decided.customer.link }, engagement: { record: lines(1) } },
    offered: null,
  });
});

test('engagement views › a push during a decision › the decision wins', async () => {
  const server = createSlowServer();
  const { at, views, shown, settle } = server;
  views.receive(view('A'));
  const deciding = views.decide('E-1', { kind: 'link', customerId: 'B' });
  views.receive(matchedView('A', { record: lines(1) }));
  at(0).answer(decidedView('B'));
  await deciding;
  await settle();
  expect(shown('E-1')).toBe('B');
});

test('engagement views › pushes after a decision › replace the record', async () => {
  const { at, open, views, cached, settle } = createSlowServer();
  const deciding = views.decide('E-1', { kind: 'link', customerId: 'B' });
  at(0).answer(decidedView('B'));
  await deciding;
  views.receive({ ...decidedView('B'), engagement: { facts: {}, record: lines(1) } });
  await settle();
  expect(cached('E-1')?.shown.engagement.record).toEqual(lines(1));
  expect(open).toHaveLength(1);
});

test('engagement views › a search during a repeated request › stays open', async () => {
  const server = createSlowServer();
  const { views, cached, settle } = server;
  views.receive(fakeView());
  views.observe({ engagementId: 'E-1', facts: {} });
  await settle();
  views.startSearch('E-1');
  views.observe({ engagementId: 'E-1', facts: { queueName: 'Billing' } });
  await settle();
  await answerLast(server, view('A'));
  expect(cached('E-1')).toMatchObject({
    shown: { customer: { card: null } },
    offered: { customer: { card: { id: 'A' } } },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

test.each(['view', 'refresh', 'link'] as const)(
  'engagement views › an answer to %s with pending sources › is requested again until it is complete',
  async (what) => {
    vi.useFakeTimers();
    const { open, at, views, shown } = createSlowServer();
    const owing = matchedView('A', { sources: [{ id: 'crm', label: 'CRM', state: 'pending', fetchedAt: null }] });
    if (what === 'view') views.observe({ engagementId: 'E-1', facts: {} });
    if (what === 'refresh') void views.refresh('E-1', {});
    if (what === 'link') void views.decide('E-1', { kind: 'link', customerId: 'A' });
    await vi.advanceTimersByTimeAsync(0);
    at(0).answer(owing);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(open).toHaveLength(2);
    at(1).answer(view('A'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(open).toHaveLength(2);
    expect(shown('E-1')).toBe('A');
  },
);
