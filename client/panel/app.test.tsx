// @vitest-environment happy-dom

import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { CustomerCard, Evidence, Match } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { EngagementView } from '#contract/view.ts';
import { ApiError } from '../api/errors.ts';
import { createFakeApi } from '../api/fake-api.ts';
import { createQueryClient } from '../api/query-client.ts';
import { createEngagementViews } from '../engagements/engagement-views.ts';
import { fakeCard, fakeEntry, fakeRecord, fakeView, matchedView } from '../engagements/fake-view.ts';
import { createLiveEngagements } from '../engagements/live-engagements.ts';
import type { LiveState } from '../live/connection.ts';
import type { StreamEvent } from '../live/read-stream.ts';
import type { HostState, SdkEventName, ZoomHost } from '../zoom/sdk.ts';
import { createSdkFeed } from '../zoom/sdk-feed.ts';
import { App } from './app.tsx';

// A loaded machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });
afterEach(cleanup);

const source = { id: 'directory', label: 'Directory', fetchedAt: Date.now() };

function customer(id: string, name: string, phone: string, more: Partial<CustomerCard> = {}): CustomerCard {
  const phones = [{ masked: '••• 0101', source: source.id }];
  return fakeCard(id, { name, phones, records: [{ id, source, missing: [] }], accountNumber: phone, ...more });
}

const ann = customer('C-1', 'Ann Lee', '+14155550101', { company: 'Northwind', alerts: ['Complaint open'] });
const bob = customer('C-2', 'Bob Stone', '+14155550102');
const cat = customer('C-3', 'Cat Reed', '+14155550102');

/** Zoom's client: which engagements are open and which is in front. */
function createFakeZoom(state: HostState = { kind: 'ready', clientVersion: '6.5.0', missing: [] }) {
  const handlers = new Map<SdkEventName, (payload: unknown) => void>();
  const numbers = new Map<string, string>();
  let front = '';
  const contextOf = (engagementId: string) => ({
    engagementContext: { engagementId, startTime: 0, queueName: 'Billing' },
  });
  const host: ZoomHost = {
    start() {},
    retry() {},
    getState: () => state,
    subscribe: () => () => {},
    async read(name, engagementId = front) {
      if (front === '') throw new Error('No engagement. [code:10243]');
      if (name === 'getEngagementContext') return contextOf(engagementId);
      if (name === 'getEngagementVariableValue') return { variables: [] };
      const consumers = [{ consumerNumber: numbers.get(engagementId) }];
      return { engagementStatus: { engagementId, state: 'active', channel: 'voice', source: '', consumers } };
    },
    on(event, handler) {
      handlers.set(event, handler);
      return () => handlers.delete(event);
    },
    getAppContext: async () => 'context',
    openUrl: async () => {},
  };
  return {
    host,
    ring(engagementId: string, number: string) {
      numbers.set(engagementId, number);
      this.bringToFront(engagementId);
    },
    bringToFront(engagementId: string) {
      front = engagementId;
      act(() => handlers.get('onEngagementContextChange')?.(contextOf(engagementId)));
    },
  };
}

/** Our server with three customers, who are found by the number in `accountNumber`. */
function createFakeServer(people = [ann, bob, cat]) {
  const facts = new Map<string, EngagementFacts>();
  const decisions = new Map<string, (string | null)[]>();
  const fake = { isDown: false, refusals: 0, caseOf: null as CustomerCard | null, reasons: [] as unknown[] };

  function view(engagementId: string): EngagementView {
    const raw = facts.get(engagementId)?.consumers?.[0]?.number ?? '';
    const matching = people.filter((one) => one.accountNumber === raw);
    const hits = matching.map(({ id, name }) => ({
      customerId: id,
      customerName: name,
      source: source.id,
      stored: raw.slice(2),
    }));
    const phone: Evidence = {
      kind: 'phone',
      origin: 'caller-id',
      raw,
      normalized: raw,
      hits,
      sharedBy: matching.length,
    };
    const evidence = [phone];
    const first = fake.caseOf ?? matching[0];
    const match: Match =
      first === undefined
        ? { kind: 'none', evidence }
        : matching.length > 1 && fake.caseOf === null
          ? {
              kind: 'ambiguous',
              customerIds: matching.map((one) => one.id),
              sharedBy: matching.length,
              rule: 'caller-id',
              evidence,
            }
          : { kind: 'matched', customerId: first.id, rule: fake.caseOf ? 'case-number' : 'caller-id', evidence };
    const made = decisions.get(engagementId) ?? [];
    const linked = made.length > 0 ? made.at(-1) : match.kind === 'matched' ? match.customerId : null;
    const link = {
      customerId: linked ?? null,
      decidedBy: made.length > 0 ? 'agent' : 'match',
      canUndo: made.length > 0,
    } as const;
    const isOpen = match.kind === 'ambiguous' && link.customerId === null;
    const linkedCustomer = people.find((one) => one.id === linked) ?? null;
    return fakeView({ engagementId, match, link, card: linkedCustomer, candidates: isOpen ? matching : [] });
  }

  function answer(path: string, body: unknown): unknown {
    if (fake.isDown) {
      fake.refusals += 1;
      throw new ApiError('unavailable', 'down', { status: 503, requestId: 'r-1' });
    }
    if (path === '/api/customers/search') return { understoodAs: 'name', customers: people, more: false, sources: [] };
    const [, engagementId = '', verb] = /^\/api\/engagements\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const made = decisions.get(engagementId) ?? [];
    if (verb === 'view') facts.set(engagementId, (body as { facts: EngagementFacts }).facts);
    if (verb === 'link') decisions.set(engagementId, [...made, (body as { customerId: string }).customerId]);
    if (verb === 'unlink') decisions.set(engagementId, [...made, null]);
    if (verb === 'undo') decisions.set(engagementId, made.slice(0, -1));
    if (verb === 'reveal') {
      fake.reasons.push(body);
      return { phones: ['(415) 555-0101'], emails: [] };
    }
    return view(engagementId);
  }

  const api = createFakeApi(async (path, body) => answer(path, body));
  return Object.assign(fake, { api });
}

/** The event stream of the server. */
function createFakeStream() {
  const listeners = new Set<() => void>();
  let emit = (_news: StreamEvent) => {};
  let state: LiveState = 'live';
  return {
    connection: {
      getState: () => state,
      subscribe(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onEvent(listener: (news: StreamEvent) => void) {
        emit = listener;
        return () => {};
      },
    },
    become(next: LiveState) {
      state = next;
      act(() => {
        for (const listener of listeners) listener();
      });
    },
    push: (data: EngagementView) => act(() => emit({ type: 'engagement', id: 1, data })),
  };
}

function openPanel({ zoom = createFakeZoom(), server = createFakeServer(), retries = false } = {}) {
  const queryClient = createQueryClient();
  if (!retries) {
    queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  }
  const feed = createSdkFeed(zoom.host);
  const views = createEngagementViews({ api: server.api, queryClient });
  const stream = createFakeStream();
  const { connection } = stream;
  const opened: string[] = [];
  const liveEngagements = createLiveEngagements(connection, views);
  feed.onObserved(views.observe);
  feed.start();
  render(
    <QueryClientProvider client={queryClient}>
      <App
        feed={feed}
        views={views}
        connection={connection}
        liveEngagements={liveEngagements}
        api={server.api}
        openUrl={(url) => opened.push(url)}
      />
    </QueryClientProvider>,
  );
  return { zoom, server, views, stream, opened };
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

test('panel › a call of a known customer › shows the card and the evidence behind one button', async () => {
  const { zoom } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  const main = screen.getByRole('main');
  expect([main.dataset.engagementId, main.dataset.state]).toEqual(['E-1', 'ready']);
  expect(screen.getByText('Customer: Ann Lee, Northwind').getAttribute('role')).toBe('status');
  expect(screen.queryByRole('region', { name: 'Why this match' })).toBeNull();
  press('Why?');
  const why = await screen.findByRole('region', { name: 'Why this match' });
  expect(within(why).getByText('4155550101')).toBeDefined();
  expect(document.activeElement).toBe(document.body);
});

test('panel › two customers on one number › none is linked until the agent chooses; u undoes', async () => {
  const { zoom } = openPanel();
  zoom.ring('E-1', '+14155550102');
  await heading('Who is calling?');
  expect(screen.getAllByRole('button', { name: 'Choose' })).toHaveLength(2);
  fireEvent.keyDown(document.body, { key: '2' });
  await heading('Cat Reed');
  fireEvent.keyDown(document.body, { key: 'u' });
  await heading('Who is calling?');
});

test('panel › digits typed into the search › link nobody', async () => {
  const { zoom } = openPanel();
  zoom.ring('E-1', '+14155550102');
  await heading('Who is calling?');
  press('Search customers');
  const box = await screen.findByRole('searchbox');
  expect(document.activeElement).toBe(box);
  fireEvent.keyDown(box, { key: '1' });
  fireEvent.keyDown(document.body, { key: '1', ctrlKey: true });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Who is calling?');
});

test('panel › no match › says whom Zoom knows; a result can be chosen, and not this person, and undone', async () => {
  const { zoom } = openPanel();
  zoom.ring('E-1', '+14155550199');
  await heading('+14155550199');
  expect(screen.getByRole('main').dataset.match).toBe('none');
  const box = screen.getByRole<HTMLInputElement>('searchbox');
  expect(box.value).toBe('');
  fireEvent.change(box, { target: { value: 'bob' } });
  press('Search');
  const results = await screen.findByRole('list', { name: 'Search results' });
  fireEvent.click(within(results).getAllByRole('button', { name: 'Choose' })[1] as HTMLElement);
  await heading('Bob Stone');
  press('Not this person?');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Bob Stone');
  fireEvent.click(await screen.findByRole('button', { name: 'Nobody of these' }));
  await heading('+14155550199');
  press('Undo');
  await heading('Bob Stone');
});

test('panel › a switch between engagements › keeps their state, drops revealed values', async () => {
  const { zoom, server } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  press('Why?');
  press('Reveal');
  const dialog = await screen.findByRole('dialog');
  fireEvent.click(within(dialog).getByRole('radio', { name: 'Something else' }));
  fireEvent.click(within(dialog).getByRole('button', { name: 'Reveal' }));
  expect(within(dialog).getByRole('alert').textContent).toContain('Please give a reason.');
  fireEvent.change(within(dialog).getByRole('textbox'), { target: { value: 'Courier asks' } });
  fireEvent.click(within(dialog).getByRole('button', { name: 'Reveal' }));
  await screen.findByText('(415) 555-0101');
  expect(server.reasons).toEqual([{ customerId: 'C-1', reason: 'other', note: 'Courier asks' }]);

  zoom.ring('E-2', '+14155550102');
  await heading('Who is calling?');
  expect(screen.getByRole('list', { name: 'Other conversations' })).toBeDefined();
  zoom.bringToFront('E-1');
  await heading('Ann Lee');
  expect(screen.getByRole('region', { name: 'Why this match' })).toBeDefined();
  expect(screen.queryByText('(415) 555-0101')).toBeNull();
});

test('panel › the magnifier clicked twice › takes nobody away', async () => {
  const { zoom } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  const magnifier = screen.getByRole('button', { name: 'Search customers' });
  fireEvent.doubleClick(magnifier);
  fireEvent.click(magnifier);
  fireEvent.click(magnifier);
  expect(screen.queryByRole('searchbox')).toBeNull();
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Ann Lee');
});

test('panel › a newer match › is offered', async () => {
  const { zoom, server, views } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  server.caseOf = cat;
  act(() => views.request('E-1'));
  await screen.findByText('The case number the caller entered belongs to Cat Reed.');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Ann Lee');
  press('Show');
  await heading('Cat Reed');
});

test('panel › the server is down › says so beside the number, and Retry requests again', async () => {
  const server = createFakeServer();
  server.isDown = true;
  const { zoom } = openPanel({ server });
  zoom.ring('E-1', '+14155550101');
  await heading('+14155550101');
  expect(screen.getByRole('main').dataset.state).toBe('error');
  server.isDown = false;
  press('Retry');
  await heading('Ann Lee');
});

test('panel › the server is down for a moment › requests again by itself', async () => {
  const server = createFakeServer();
  server.isDown = true;
  const { zoom } = openPanel({ server, retries: true });
  zoom.ring('E-1', '+14155550101');
  await waitFor(() => expect(server.refusals).toBe(1));
  server.isDown = false;
  await heading('Ann Lee');
});

test('panel › a refresh fails › the card stays and the failure is noted', async () => {
  const { zoom, server, views } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  server.isDown = true;
  act(() => views.request('E-1'));
  await screen.findByText('We could not refresh this. What you see may be old.');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Ann Lee');
});

test('panel › outside Zoom › says where to open it', async () => {
  openPanel({ zoom: createFakeZoom({ kind: 'outside' }) });
  await heading('Open Deskside in Zoom Contact Center');
});

test('panel › an old client › names the update, and the search works', async () => {
  const missing = ['getEngagementContext', 'getEngagementStatus'] as const;
  openPanel({ zoom: createFakeZoom({ kind: 'ready', clientVersion: '5.17.0', missing }) });
  await heading('Update Zoom so customers appear automatically');
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'bob' } });
  press('Search customers');
  const results = await screen.findByRole('list', { name: 'Search results' });
  fireEvent.click(within(results).getAllByRole('button', { name: 'Show' })[1] as HTMLElement);
  await waitFor(() =>
    expect(screen.getAllByRole('heading', { level: 1 }).map((one) => one.textContent)).toEqual(['Bob Stone']),
  );
  expect(screen.queryByRole('button', { name: 'Reveal' })).toBeNull();
});

test('panel › a view pushed before Zoom’s event › the card is there at once', async () => {
  const server = createFakeServer();
  server.isDown = true;
  const { zoom, stream } = openPanel({ server });
  stream.push(matchedView('C-1', { card: ann, record: fakeRecord({ phase: 'ringing' }) }));
  zoom.ring('E-1', '+14155550101');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Ann Lee');
  expect(screen.getByRole('main').dataset.state).toBe('ready');
  await waitFor(() => expect(server.refusals).toBe(1));
});

test('panel › pushes during a call › update hold, mute and timeline, keep the customer', async () => {
  const { zoom, stream } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  expect(screen.queryByRole('region', { name: 'This call' })).toBeNull();
  const now = Date.now();
  const hold = { count: 1, totalMs: 0, since: now - 42_000 };
  const timeline = [fakeEntry('answered', now - 60_000, { agent: 'Mina' }), fakeEntry('hold', now - 42_000)];
  stream.push(matchedView('C-3', { card: cat, record: fakeRecord({ phase: 'active', hold, mute: hold, timeline }) }));
  await screen.findByTitle('muted');
  expect(document.querySelector('.strip-hold')?.textContent).toMatch(/On hold 00:4[2-9]/);
  press('This call');
  const lines = within(await screen.findByRole('region', { name: 'This call' })).getAllByRole('listitem');
  expect(lines.map((line) => line.querySelector('.timeline-words')?.textContent)).toEqual(['On hold', 'Answered Mina']);
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Ann Lee');
  stream.push(matchedView('C-1', { card: ann, record: fakeRecord({ phase: 'wrap-up', timeline }) }));
  await screen.findByText('wrap-up');
  expect(screen.queryByTitle('muted')).toBeNull();
});

test.each([
  ['catching-up', 'Reconnecting…'],
  ['offline', 'offline'],
  ['absent', 'Not updating'],
] as const)('panel › the stream is %s › is said in words', async (state, words) => {
  const { zoom, stream } = openPanel();
  zoom.ring('E-1', '+14155550101');
  await heading('Ann Lee');
  stream.become(state);
  expect(screen.getByText(words)).toBeDefined();
});

test('panel › a client without focus › shows the newest engagement, and another that the agent chooses', async () => {
  const missing = ['getEngagementContext', 'getEngagementStatus'] as const;
  const { stream } = openPanel({ zoom: createFakeZoom({ kind: 'ready', clientVersion: '6.5.0', missing }) });
  await heading('Update Zoom so customers appear automatically');
  stream.push(matchedView('C-1', { engagementId: 'E-1', card: ann, facts: { startTime: 1, channel: 'voice' } }));
  await heading('Ann Lee');
  expect(screen.getByText(/choose the conversation you are in/)).toBeDefined();
  stream.push(matchedView('C-2', { engagementId: 'E-2', card: bob, facts: { startTime: 2, channel: 'chat' } }));
  await heading('Bob Stone');
  fireEvent.click(screen.getByRole('button', { name: 'Voice Ann Lee' }));
  await heading('Ann Lee');
  fireEvent.click(screen.getByRole('button', { name: 'Chat Bob Stone' }));
  await heading('Bob Stone');
  stream.push(matchedView('C-2', { engagementId: 'E-2', card: bob, record: fakeRecord({ phase: 'ended' }) }));
  await heading('Ann Lee');
});
