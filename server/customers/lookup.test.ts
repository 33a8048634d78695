import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toCard } from './card.ts';
import { listIdentifiers } from './engagement-identifiers.ts';
import { evaluateLookup } from './evaluate-lookup.ts';
import { createFakeSource } from './fake-source.ts';
import { createStartLookup, type LookupOptions } from './lookup.ts';
import { noOwnNumbers } from './own-numbers.ts';

const ann = { phones: [{ raw: '020 7946 0001', value: '+442079460001' }] };
const call = (number: string) => ({ channel: 'voice', consumers: [{ number }] });

/** Timers run in their order without waiting, so a busy machine changes nothing. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => void vi.useRealTimers());

function prepare({ country, seen = [] }: { country?: string; seen?: string[] } = {}) {
  const directory = createFakeSource({ id: 'directory', label: 'Directory', ...(country && { country }) });
  const crm = createFakeSource({ id: 'crm', label: 'CRM' });
  const failures: unknown[] = [];
  const start = createStartLookup({
    findSeenBefore: async () => seen,
    clock: () => 6_000,
    reportFailure: (error) => void failures.push(error),
    deadlineMs: 150,
    firstResultDeadlineMs: 60,
    batchWindowMs: 5,
  });
  return {
    directory,
    crm,
    failures,
    start: (facts: object, options?: LookupOptions) =>
      start(
        {
          account: 'main',
          facts,
          identifiers: listIdentifiers(facts),
          ownNumbers: noOwnNumbers,
          sources: [directory, crm],
        },
        options,
      ),
  };
}

async function evaluate({ start }: ReturnType<typeof prepare>, facts: object) {
  const lookup = start(facts);
  await lookup.settled;
  return evaluateLookup(lookup.read());
}

/** The identifiers; somebody is found by them in the end. */
async function expectNoPreview({ start }: ReturnType<typeof prepare>, facts: object) {
  const lookup = start(facts);
  let hadPreview = false;
  lookup.subscribe(() => {
    hadPreview ||= lookup.read().sources.some(({ records }) => records.some(({ isPreview }) => isPreview));
  });
  await lookup.settled;
  expect(evaluateLookup(lookup.read()).match).toMatchObject({ kind: 'matched' });
  expect(hadPreview).toBe(false);
  return lookup.read().identifiers;
}

describe('look-up over several sources', () => {
  test('number matches exactly › the customer is found, with source and stored form', async () => {
    const parts = prepare();
    parts.directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
    expect((await evaluate(parts, call('+44 20 7946 0001'))).match).toEqual({
      kind: 'matched',
      customerId: 'directory:C-1',
      rule: 'caller-id',
      evidence: [
        {
          kind: 'phone',
          origin: 'caller-id',
          raw: '+44 20 7946 0001',
          normalized: '+442079460001',
          hits: [
            { customerId: 'directory:C-1', customerName: 'Ann Lee', source: 'directory', stored: '020 7946 0001' },
          ],
          sharedBy: 1,
        },
      ],
    });
  });

  test('same customer in two sources › is merged, with the hits of both', async () => {
    const parts = prepare();
    parts.directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
    parts.crm.put({ id: '7', name: 'Lee, Ann', ...ann });
    const { match, customers } = await evaluate(parts, call('+442079460001'));
    expect(match).toMatchObject({
      kind: 'matched',
      customerId: 'directory:C-1',
      evidence: [{ sharedBy: 1, hits: [{ source: 'directory' }, { source: 'crm' }] }],
    });
    expect(customers).toMatchObject([{ mergedBy: ['phone'], records: [{ id: 'directory:C-1' }, { id: 'crm:7' }] }]);
  });

  test('two sources have two customers › is ambiguous in either order', async () => {
    const parts = prepare();
    parts.directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
    parts.crm.put({ id: '7', name: 'Bao Lee', ...ann });
    expect((await evaluate(parts, call('+442079460001'))).match).toMatchObject({
      kind: 'ambiguous',
      customerIds: ['directory:C-1', 'crm:7'],
      sharedBy: 2,
    });
  });

  test('national number › is read in the country of the first source that has one', async () => {
    for (const [country, kind] of [
      ['GB', 'matched'],
      ['US', 'none'],
    ] as const) {
      const parts = prepare({ country });
      parts.crm.put({ id: '7', ...ann });
      expect((await evaluate(parts, call('020 7946 0001'))).match.kind).toBe(kind);
      expect((await evaluate(parts, call('+020 7946 0001'))).match.kind).toBe(kind);
    }
  });

  test('number is withheld › no source is queried', async () => {
    const parts = prepare();
    expect((await evaluate(parts, call('anonymous'))).match).toMatchObject({
      kind: 'none',
      evidence: [{ notLookedUp: 'withheld', hits: [] }],
    });
    expect(parts.directory.calls + parts.crm.calls).toBe(0);
  });

  test('consumer was linked before › is a candidate, after all other identifiers', async () => {
    const parts = prepare({ seen: ['crm:7', 'gone:1', 'crm:deleted'] });
    parts.crm.put({ id: '7', name: 'Ann Lee' });
    const chat = { channel: 'messaging', source: 'messaging_webChat', consumers: [{ id: 'consumer-1' }] };
    expect((await evaluate(parts, chat)).match).toMatchObject({
      kind: 'ambiguous',
      customerIds: ['crm:7'],
      sharedBy: 1,
      rule: 'seen-before',
      evidence: [{ kind: 'consumer', sharedBy: 1, hits: [{ customerName: 'Ann Lee' }] }],
    });
    const stranger = prepare();
    expect((await evaluate(stranger, chat)).match).toEqual({ kind: 'none', evidence: [] });
  });

  test('name is an e-mail › is masked', async () => {
    const parts = prepare();
    parts.directory.put({ id: 'C-9', name: 'ann@northwind.example', ...ann });
    const { match } = await evaluate(parts, call('+442079460001'));
    expect(JSON.stringify(match)).not.toContain('northwind');
  });
});

describe('failed source', () => {
  test.each(['unauthenticated', 'forbidden', 'rate-limited', 'unavailable', 'invalid'] as const)(
    'one source is %s › leaves the others unchanged, and is named',
    async (state) => {
      const parts = prepare();
      parts.directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
      parts.crm.state = state;
      const lookup = parts.start(call('+442079460001'));
      await lookup.settled;
      expect(evaluateLookup(lookup.read()).match).toMatchObject({ kind: 'matched', customerId: 'directory:C-1' });
      expect(lookup.read().sources).toMatchObject([{ state: 'found' }, { state, fetchedAt: null }]);
    },
  );

  test('no other source has a hit › the match is unavailable, with the evidence', async () => {
    const parts = prepare();
    parts.crm.state = 'forbidden';
    expect((await evaluate(parts, call('+442079460001'))).match).toMatchObject({
      kind: 'unavailable',
      evidence: [{ normalized: '+442079460001', hits: [] }],
    });
  });

  test.each([
    ['broken', 'reported as a fault of ours', 1],
    ['hanging', 'given up at the deadline', 0],
  ] as const)('source is %s › is %s', async (state, _, faults) => {
    const parts = prepare();
    parts.crm.state = state;
    const lookup = parts.start(call('+442079460001'));
    await lookup.settled;
    expect(lookup.read().sources[1]).toMatchObject({ state: 'unavailable' });
    expect(parts.failures).toHaveLength(faults);
  });

  test('earlier look-up had its answer › the earlier answer stays, with its age', async () => {
    const parts = prepare();
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    const before = parts.start(call('+442079460001'));
    await before.settled;
    parts.crm.state = 'unavailable';
    const again = parts.start(call('+442079460001'), { previous: before.read() });
    expect(again.read().sources[1]).toMatchObject({ state: 'pending', fetchedAt: 5_000, records: [{ id: '7' }] });
    await again.settled;
    expect(again.read().sources[1]).toMatchObject({ state: 'unavailable', fetchedAt: 5_000, records: [{ id: '7' }] });
  });
});

describe('look-up in progress', () => {
  test('one source is slow › is ready with the quick one, and the rest follows', async () => {
    const parts = prepare();
    parts.directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    parts.crm.latencyMs = 40;
    const lookup = parts.start(call('+442079460001'));
    const heard: string[] = [];
    lookup.subscribe(() => {
      const { sources } = lookup.read();
      heard.push(sources.map(({ state, records: [one] }) => (one?.isPreview ? 'preview' : state)).join(' '));
    });
    await lookup.ready;
    expect(lookup.read().sources.map(({ state }) => state)).toEqual(['found', 'pending']);
    expect(lookup.hasSettled()).toBe(false);
    await lookup.settled;
    expect(heard).toEqual(['preview pending', 'found pending', 'found preview', 'found found']);
  });

  test('second source answers soon after the first › default window has both', async () => {
    vi.setTimerTickMode('manual');
    const directory = createFakeSource({ id: 'directory', label: 'Directory' });
    const crm = createFakeSource({ id: 'crm', label: 'CRM' });
    directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
    crm.put({ id: '7', name: 'Ann Lee', ...ann });
    const start = createStartLookup({ findSeenBefore: async () => [], clock: () => 6_000, reportFailure: () => {} });
    const facts = call('+442079460001');
    const request = {
      account: 'main',
      facts,
      identifiers: listIdentifiers(facts),
      ownNumbers: noOwnNumbers,
      sources: [directory, crm],
    };
    const readWhenReady = async (latencyMs: number) => {
      crm.latencyMs = latencyMs;
      const lookup = start(request);
      let states: string[] = [];
      lookup.ready.then(() => {
        states = lookup.read().sources.map(({ state }) => state);
      });
      await vi.advanceTimersByTimeAsync(1_000);
      return states;
    };
    // Two answers one after the other: the hits and their records.
    expect(await readWhenReady(10)).toEqual(['found', 'found']);
    expect(await readWhenReady(20)).toEqual(['found', 'pending']);
  });

  test('no hit yet › waits for the others up to the deadline of the first result', async () => {
    const parts = prepare();
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    parts.crm.latencyMs = 20;
    const lookup = parts.start(call('+442079460001'));
    await lookup.ready;
    expect(lookup.read().sources).toMatchObject([{ state: 'not-found' }, { records: [{ id: '7' }] }]);
    parts.crm.latencyMs = 100;
    const slow = parts.start(call('+442079460001'));
    await slow.ready;
    expect(slow.read().sources.map(({ state }) => state)).toEqual(['not-found', 'pending']);
    await slow.settled;
  });

  test('hits are known, records are not › shows previews with the rest as missing', async () => {
    const parts = prepare();
    const cases = [{ number: '00012', subject: 'Refund' }];
    parts.crm.put({ id: '7', name: 'Ann Lee', company: 'Lee Ltd', cases, ...ann });
    parts.crm.latencyMs = 40;
    const lookup = parts.start(call('+442079460001'));
    await lookup.ready;
    const { match, customers } = evaluateLookup(lookup.read());
    expect(match).toMatchObject({ kind: 'matched', customerId: 'crm:7', evidence: [{ sharedBy: 1 }] });
    const missing = ['cases', 'interactions', 'company'].map((part) => ({ part, state: 'pending' }));
    expect(customers.map((customer) => toCard(customer))).toMatchObject([
      { name: 'Ann Lee', phones: [{ masked: '•••• 0001' }], cases: [], records: [{ id: 'crm:7', missing }] },
    ]);
    await lookup.settled;
    expect(evaluateLookup(lookup.read()).customers.map((customer) => toCard(customer))).toMatchObject([
      { name: 'Ann Lee', company: 'Lee Ltd', cases: [{ number: '00012' }], records: [{ missing: [] }] },
    ]);
  });

  test('records cannot be read › previews stay beside the failure', async () => {
    const parts = prepare();
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    parts.crm.state = 'forgetful';
    const lookup = parts.start(call('+442079460001'));
    await lookup.settled;
    expect(lookup.read().sources[1]).toMatchObject({ state: 'unavailable', fetchedAt: 5_000 });
    const { match, customers } = evaluateLookup(lookup.read());
    expect(match).toMatchObject({ kind: 'matched', customerId: 'crm:7' });
    expect(customers.map((customer) => toCard(customer).records[0]?.missing[0])).toEqual([
      { part: 'cases', state: 'unavailable' },
    ]);
  });

  test('several customers share the number › previews merge no one by number alone', async () => {
    const parts = prepare();
    parts.directory.put({ id: 'C-1', name: 'Ann Lee', ...ann });
    for (const [id, name] of [
      ['7', 'Lee, Ann'],
      ['8', 'Bao Lee'],
    ] as const) {
      parts.crm.put({ id, name, ...ann });
    }
    parts.crm.latencyMs = 40;
    const lookup = parts.start(call('+442079460001'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(lookup.read().sources[1]).toMatchObject({
      state: 'pending',
      records: [{ isPreview: true }, { isPreview: true }],
    });
    const early = evaluateLookup(lookup.read());
    await lookup.settled;
    const late = evaluateLookup(lookup.read());
    expect(early.match).toEqual(late.match);
    expect(early.match).toMatchObject({ kind: 'ambiguous', customerIds: ['directory:C-1', 'crm:8'] });
  });

  test('several identifiers › shows no previews', async () => {
    const parts = prepare();
    const mobile = { raw: '07700 900001', value: '+447700900001' };
    parts.crm.put({ id: '7', name: 'Ann Lee', phones: [...ann.phones, mobile] });
    parts.crm.latencyMs = 20;
    const consumers = [{ number: '+442079460001' }, { number: '+447700900001' }];
    expect(await expectNoPreview(parts, { channel: 'voice', consumers })).toHaveLength(2);
  });

  test('only the record decides match or masking › shows no previews', async () => {
    for (const change of [
      (parts: ReturnType<typeof prepare>) => parts.crm.put({ id: '7', name: 'Ann Lee 07700 900001', ...ann }),
      (parts: ReturnType<typeof prepare>) => {
        parts.crm.assumedCountry = 'GB';
      },
    ]) {
      const parts = prepare();
      parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
      change(parts);
      await expectNoPreview(parts, call('+442079460001'));
    }
    const parts = prepare({ seen: ['directory:C-1'] });
    parts.directory.put({ id: 'C-1', name: 'Ann Lee' });
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    parts.crm.latencyMs = 20;
    await expectNoPreview(parts, { channel: 'voice', consumers: [{ number: '+442079460001', id: 'zc-1' }] });
  });

  test('record of an earlier preview never came › the new preview replaces it', async () => {
    const parts = prepare();
    parts.crm.state = 'forgetful';
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    const first = parts.start(call('+442079460001'));
    await first.settled;
    parts.crm.delete('7');
    parts.crm.put({ id: '8', name: 'Bao Lee', ...ann });
    const again = parts.start(call('+442079460001'), { previous: first.read() });
    await again.settled;
    expect(again.read().sources[1]).toMatchObject({ state: 'unavailable', records: [{ id: '8', isPreview: true }] });
  });

  test('default country is not known any more › the earlier identifiers stay', async () => {
    const parts = prepare({ country: 'GB' });
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    const first = parts.start(call('020 7946 0001'));
    await first.settled;
    parts.directory.defaultCountry = () => Promise.reject(new Error('The database is away'));
    const again = parts.start(call('020 7946 0001'), { previous: first.read(), freshness: 'fresh' });
    await again.settled;
    expect(evaluateLookup(again.read()).match).toMatchObject({ kind: 'matched', customerId: 'crm:7' });
  });

  test('number has a country code › does not wait for a default country', async () => {
    const parts = prepare({ country: 'GB' });
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    expect((await evaluate(parts, call('+44 Ann <tel:020 7946 0001>'))).match).toMatchObject({ kind: 'matched' });
    parts.directory.defaultCountry = () => new Promise(() => {});
    const lookup = parts.start(call('+44 20 7946 0001'));
    await lookup.settled;
    expect(evaluateLookup(lookup.read()).match).toMatchObject({ kind: 'matched' });
  });

  test('one source is refreshed › a source without an answer is queried too', async () => {
    const parts = prepare();
    parts.directory.state = 'unavailable';
    parts.crm.put({ id: '7', name: 'Ann Lee', ...ann });
    parts.crm.latencyMs = 30;
    const first = parts.start(call('+442079460001'));
    const options = { previous: first.read(), freshness: 'fresh', only: 'directory' } as const;
    const again = parts.start(call('+442079460001'), options);
    await again.settled;
    expect(again.read().sources.map(({ state }) => state)).toEqual(['unavailable', 'found']);
    expect(parts.crm.freshCalls).toBe(0);
    await first.settled;
  });

  test('one source is refreshed › only it is queried, bypassing all caches', async () => {
    const parts = prepare();
    const first = parts.start(call('+442079460001'));
    await first.settled;
    const before = parts.directory.calls;
    const options = { previous: first.read(), freshness: 'fresh', only: 'crm' } as const;
    await parts.start(call('+442079460001'), options).settled;
    expect(parts.directory.calls).toBe(before);
    expect(parts.crm.freshCalls).toBeGreaterThan(0);
  });
});
