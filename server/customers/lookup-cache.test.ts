import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { createStartLookup, type Lookup } from './lookup.ts';
import { createLookupCache, type LookupCache } from './lookup-cache.ts';
import { noOwnNumbers, type OwnNumbers } from './own-numbers.ts';

const agent = { account: 'main', uid: 'agent-1' };
const ann = { id: 'C-1', name: 'Ann Lee', phones: [{ raw: '020 7946 0001', value: '+442079460001' }] };
const call: EngagementFacts = { channel: 'voice', consumers: [{ number: '+442079460001' }] };

let now: number;
let linked: string[];
let own: OwnNumbers;
let sources: FakeSource[];
let cache: LookupCache;

function open(...opened: FakeSource[]) {
  sources = opened;
  for (const source of sources) source.put(ann);
  const startLookup = createStartLookup({
    findSeenBefore: async () => linked,
    clock: () => now,
    reportFailure: () => {},
    deadlineMs: 200,
    firstResultDeadlineMs: 50,
    batchWindowMs: 1,
  });
  const sourcesFor = ({ queueId }: EngagementFacts) => (queueId === 'sales' ? sources.slice(0, 1) : sources);
  cache = createLookupCache({
    startLookup,
    sourcesFor,
    ownNumbersOf: () => own,
    clock: () => now,
    notifyLateResult: () => {},
  });
}

const clock = () => now;
const request = (facts = call) => cache.find(agent, 'E-1', { facts, isOwn: false, cachePolicy: 'revalidate' });
const countCalls = async (work: () => Promise<unknown>) => {
  const before = sources.map(({ calls }) => calls);
  await work();
  return sources.map(({ calls }, index) => calls - (before[index] ?? 0));
};

beforeEach(() => {
  now = 5_000;
  linked = [];
  own = noOwnNumbers;
});
afterEach(() => vi.useRealTimers());

describe('cached look-up', () => {
  it('the sources are unchanged › serves requests for 30 s', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }), createFakeSource({ id: 'crm', clock }));
    const first = await request();
    now += 30_000;
    expect(await countCalls(request)).toEqual([0, 0]);
    expect((await request()).snapshot).toBe(first.snapshot);
    now += 1;
    expect(await countCalls(request)).toEqual([2, 2]);
  });

  it('the number becomes own › is not looked up any more', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    expect((await request()).snapshot.sources[0]?.state).toBe('found');
    own = { has: (e164) => e164 === '+442079460001', revision: 1 };
    const { snapshot } = await request();
    expect(snapshot.identifiers).toMatchObject([{ normalized: null, notLookedUp: 'own-number' }]);
    expect(snapshot.sources[0]?.state).toBe('not-found');
    expect(await countCalls(request)).toEqual([0]);
  });

  it('a number without a country becomes own › is not looked up any more', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1, country: 'GB' }));
    const national = { channel: 'voice', consumers: [{ number: '020 7946 0001' }] };
    expect((await request(national)).snapshot.sources[0]?.state).toBe('found');
    own = { has: (e164) => e164 === '+442079460001', revision: 1 };
    const { snapshot } = await request(national);
    expect(snapshot.identifiers).toMatchObject([{ normalized: null, notLookedUp: 'own-number' }]);
    const second = await request({ ...national, flowNumber: '+442079460002' });
    expect(second.snapshot.identifiers).toMatchObject([{ notLookedUp: 'own-number' }]);
  });

  it('the flow number of the engagement calls › is not looked up', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1, country: 'GB' }));
    for (const number of ['+442079460001', '020 7946 0001']) {
      const facts = { channel: 'voice', direction: 'inbound', flowNumber: '442079460001', consumers: [{ number }] };
      const { snapshot } = await request(facts);
      expect(snapshot.identifiers).toMatchObject([{ normalized: null, notLookedUp: 'own-number' }]);
      expect(snapshot.sources[0]?.state).toBe('not-found');
    }
  });

  it('the version of a source has risen › is made again', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    await request();
    const [directory] = sources;
    if (directory) directory.version = 2;
    expect(await countCalls(request)).toEqual([2]);
    expect(await countCalls(request)).toEqual([0]);
  });

  it('the version of a source is not known › is made again', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    const [directory] = sources;
    if (directory) directory.version = undefined;
    await request();
    expect(await countCalls(request)).toEqual([2]);
  });

  it('a source without versions found nothing › serves requests for 10 s', async () => {
    open(createFakeSource({ id: 'crm', clock }));
    sources[0]?.delete('C-1');
    await request();
    now += 10_000;
    expect(await countCalls(request)).toEqual([0]);
    now += 1;
    expect(await countCalls(request)).toEqual([1]);
  });

  it('a source has failed › is made again', async () => {
    open(createFakeSource({ id: 'crm', clock }));
    const [crm] = sources;
    if (crm) crm.state = 'unavailable';
    await request();
    expect(await countCalls(request)).toEqual([1]);
  });

  it('another process links the consumer › is made again', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    const known = { channel: 'voice', consumers: [{ number: '+442079460001', id: 'zc-1' }] };
    await request(known);
    expect(await countCalls(() => request(known))).toEqual([0]);
    linked = ['directory:C-1'];
    expect(await countCalls(() => request(known))).toEqual([2]);
  });

  it('the queue has other sources › is made again', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }), createFakeSource({ id: 'crm', clock }));
    await request();
    const sales = { ...call, queueId: 'sales' };
    expect(await countCalls(() => request(sales))).toEqual([2, 0]);
    expect((await request(sales)).snapshot.sources.map(({ source }) => source.id)).toEqual(['directory']);
    const options = { facts: sales, isOwn: false, cachePolicy: 'use-cached' } as const;
    expect((await cache.find(agent, 'E-1', options)).snapshot.sources).toHaveLength(1);
  });

  it('two requests come at once › are one look-up', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    await request();
    now += 30_001;
    expect(await countCalls(() => Promise.all([request(), request()]))).toEqual([2]);
  });

  it('nothing happens for an hour › is dropped', async () => {
    vi.useFakeTimers({ now });
    now = 5_000;
    open(createFakeSource({ id: 'directory', clock: Date.now, version: 1 }));
    const found = request();
    await vi.advanceTimersByTimeAsync(10);
    await found;
    expect(cache.count()).toBe(1);
    now += 60 * 60_000 + 100;
    await vi.advanceTimersByTimeAsync(60 * 60_000 + 100);
    expect(cache.count()).toBe(0);
  });
});

describe('look-ups of one engagement', () => {
  const colleague = { account: 'main', uid: 'agent-2' };
  const claim = (facts: EngagementFacts) =>
    cache.find(colleague, 'E-1', { facts, isOwn: false, cachePolicy: 'revalidate' });

  it('a colleague’s panel reports another caller › the first look-up still serves', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    const first = await request();
    await claim({ channel: 'voice', consumers: [{ number: '+442079460999' }] });
    expect(await countCalls(request)).toEqual([0]);
    expect((await request()).snapshot).toBe(first.snapshot);
  });

  it('the name of a crafted variable reads like two variables › is another look-up, which refresh does not pass on', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    const withVariables = (...named: [name: string, value: string][]): EngagementFacts => ({
      ...call,
      variables: named.map(([name, value]) => ({ id: name, name, value })),
    });
    const genuine = withVariables(['g.case', 'CS1042'], ['h.case', 'CS2000']);
    const crafted = withVariables(['g.case CS1042\ncase flow h.case', 'CS2000']);
    await claim(crafted);
    const readRaw = async () => (await request(genuine)).snapshot.identifiers.map(({ raw }) => raw);
    expect(await readRaw()).toEqual(['CS1042', 'CS2000', '+442079460001']);
    await cache.refresh(colleague, 'E-1', { facts: crafted, isOwn: false, source: undefined });
    await cache.refresh(agent, 'E-1', { facts: genuine, isOwn: false, source: undefined });
    expect(await readRaw()).toEqual(['CS1042', 'CS2000', '+442079460001']);
  });

  it('the same normalized number in another spelling › neither inherits the other’s evidence', async () => {
    open(createFakeSource({ id: 'directory', clock, version: 1 }));
    await claim({ channel: 'voice', consumers: [{ number: 'sip:+442079460001@evil.example' }] });
    const { snapshot } = await request();
    expect(snapshot.identifiers.map(({ raw }) => raw)).toEqual(['+442079460001']);
  });
});

describe('late results', () => {
  it('the last source answers soon after another › are one notification, at once', async () => {
    vi.useFakeTimers({ now });
    let hasSettled = false;
    const listeners: (() => void)[] = [];
    const lookup: Lookup = {
      read: () => ({ identifiers: [], sources: [], isOwnNumber: () => false }),
      ready: Promise.resolve(),
      settled: new Promise(() => {}),
      hasSettled: () => hasSettled,
      isCurrent: async () => false,
      subscribe: (listener) => void listeners.push(listener),
    };
    const notifyLateResult = vi.fn();
    cache = createLookupCache({
      startLookup: () => lookup,
      sourcesFor: () => [],
      ownNumbersOf: () => own,
      clock,
      notifyLateResult,
    });
    await request();
    const report = () => {
      for (const listener of listeners) listener();
    };
    report();
    vi.advanceTimersByTime(1);
    expect(notifyLateResult).not.toHaveBeenCalled();
    hasSettled = true;
    report();
    vi.advanceTimersByTime(0);
    expect(notifyLateResult.mock.calls).toEqual([['main', 'E-1', ['agent-1']]]);
    vi.advanceTimersByTime(1_000);
    expect(notifyLateResult).toHaveBeenCalledTimes(1);
  });
});
