import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EngagementEventKind, engagementEventKinds } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { addEvents, inOrder, maxEvents, maxVariableBytes } from './event-set.ts';
import { deliveryOf, history } from './fake-history.ts';
import { reduceEvents } from './reduce-events.ts';

const event = (key: string, at: number, more: Partial<EngagementEvent> = {}): EngagementEvent => ({
  engagementId: 'E-1',
  key,
  at,
  origin: 'webhook',
  kind: 'message',
  facts: {},
  ...more,
});

describe('event set', () => {
  test('nothing new › returns the same array', () => {
    const known = addEvents([], [event('a', 1), event('b', 2)]);
    expect(addEvents(known, structuredClone(known))).toBe(known);
    expect(addEvents(known, [])).toBe(known);
  });

  test('one key twice › higher precedence wins, then the earlier, in any order of arrival', () => {
    const variants = [
      event('a', 3, { origin: 'flow' }),
      event('a', 1, { origin: 'rest' }),
      event('a', 2),
      event('a', 2, { text: 'other' }),
    ];
    const limited = fc
      .shuffledSubarray(variants, { minLength: 4 })
      .map((all) => all.reduce<EngagementEvent[]>((known, one) => addEvents(known, [one]), []));
    fc.assert(
      fc.property(limited, (known) => {
        expect(known).toEqual(addEvents([], variants));
      }),
    );
    expect(addEvents([], variants)).toMatchObject([{ origin: 'webhook', at: 2 }]);
  });

  test('same event by webhook and socket › changes nothing', () => {
    const known = addEvents([], [event('a', 1)]);
    expect(addEvents(known, [event('a', 1, { origin: 'socket' })])).toBe(known);
    const bySocket = addEvents([], [event('a', 1, { origin: 'socket' })]);
    expect(addEvents(bySocket, [event('a', 1)])).toBe(bySocket);
  });

  test('any initial order › is sorted the same', () => {
    const mixed = ['é', 'z', 'a', 'Z'].map((key) => event(key, 1));
    expect(inOrder(mixed).map(({ key }) => key)).toEqual(['Z', 'a', 'z', 'é']);
  });
});

describe('event set over 2,000 events', () => {
  const many = (count: number, kind: EngagementEventKind, from = 0) =>
    Array.from({ length: count }, (_, index) => event(`${kind}-${from + index}`, 1_000 * (from + index), { kind }));
  const call = [
    ...many(1, 'started'),
    ...many(1_900, 'dtmf', 1),
    ...many(300, 'hold', 5_000),
    ...many(1, 'ended', 9_000),
  ];

  test('over the limit › the oldest minor events are removed first', () => {
    const limited = addEvents([], call);
    expect(limited).toHaveLength(maxEvents);
    const count = (kind: EngagementEventKind) => limited.filter((one) => one.kind === kind).length;
    expect([count('started'), count('hold'), count('dtmf'), count('ended')]).toEqual([1, 300, 1_698, 1]);
    expect(limited.some(({ key }) => key === 'dtmf-1')).toBe(false);
    expect(reduceEvents(limited).record.phase).toBe('ended');
    expect(reduceEvents(limited).record.timeline).toHaveLength(300);
  });

  test('any order of arrival › same selection, repeats of removed events change nothing', () => {
    fc.assert(
      fc.property(deliveryOf(call), (batches) => {
        const known = batches.reduce<EngagementEvent[]>((before, batch) => addEvents(before, batch), []);
        expect(inOrder(known)).toEqual(inOrder(addEvents([], call)));
        expect(addEvents(known, call.slice(0, 5))).toBe(known);
      }),
      { numRuns: 5 },
    );
  }, 60_000);
});

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('event set of a long chat', () => {
  const ann = { id: 'consumer-1', displayName: 'Ann Lee' };
  const facts = { channel: 'messaging', source: 'web_chat', queueName: 'Support', consumers: [ann] };
  const message = (index: number, more: Partial<EngagementEvent> = {}) =>
    event(`0123456789abcdef0123456789abcdef0123456789-${index}`, 1_000 * index, {
      facts,
      others: [{ id: 'u-1', name: 'Mina Roy' }],
      ...more,
    });
  const chat = [
    event('start', 0, { kind: 'started', facts: { channel: 'messaging' } }),
    message(1),
    message(2, { agent: { id: 'u-9' } }),
    message(3, { facts: { ...facts, consumers: [{ ...ann, email: 'ann@northwind.example' }] } }),
    ...Array.from({ length: 500 }, (_, index) => message(10 + index)),
    event('end', 2_000_000, { kind: 'ended' }),
  ];

  test('503 messages › the newest 300 are stored, and the record is the same', () => {
    const stored = addEvents([], chat);
    expect(stored.length).toBeLessThan(310);
    expect(bytesOf(stored)).toBeLessThan(130_000);
    expect(reduceEvents(stored)).toEqual(reduceEvents(chat));
    expect(Object.keys(reduceEvents(stored).involvement.agents).sort()).toEqual(['u-1', 'u-9']);
  });

  test('any order of arrival › the same record, and a removed message that comes again changes nothing', () => {
    fc.assert(
      fc.property(deliveryOf(chat), (batches) => {
        const stored = batches.reduce<EngagementEvent[]>((known, batch) => addEvents(known, batch), []);
        expect(reduceEvents(stored).record).toEqual(reduceEvents(chat).record);
        expect(reduceEvents(stored).involvement).toEqual(reduceEvents(chat).involvement);
        expect(reduceEvents(stored).facts).toEqual(reduceEvents(chat).facts);
        expect(addEvents(stored, chat.slice(20, 25))).toBe(stored);
      }),
      { numRuns: 2 },
    );
  }, 60_000);

  test('histories with many messages › the same record', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat({ max: 2_000_000 }), { minLength: 320, maxLength: 400 }), (one, times) => {
        const begin = one.events[0]?.at ?? 0;
        const messages = times.map((at, index) => event(`m-${index}`, begin + at));
        const all = [...one.events, ...messages];
        expect(JSON.stringify(reduceEvents(addEvents([], all)))).toBe(JSON.stringify(reduceEvents(all)));
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

describe('event set with large variables', () => {
  const variable = (name: string, value: string) => ({ id: name, name, value });
  const post = (index: number, variables: ReturnType<typeof variable>[]) =>
    event(`post-${index}`, 1_000 * index, { origin: 'flow', kind: 'other', facts: { flowName: 'Main', variables } });
  const fill = (index: number) =>
    Array.from({ length: 60 }, (_, each) => variable(`v${each}`, `${index} `.repeat(1_300)));

  test('60 posts of 240 kB › the newest values are stored', () => {
    const posts = Array.from({ length: 60 }, (_, index) => post(index, fill(10 + index)));
    const stored = posts.reduce<EngagementEvent[]>((known, one) => addEvents(known, [one]), []);
    expect(bytesOf(stored)).toBeLessThan(2 * maxVariableBytes);
    const { facts, factsAt, record } = reduceEvents(stored);
    expect(facts.variables).toEqual(fill(69));
    expect(factsAt['variables/v0']).toBe(59_000);
    expect(record.timeline).toHaveLength(60);
    expect(addEvents(stored, posts.slice(0, 3))).toBe(stored);
  });

  test('one value again and again › has the date of its first report, and outranks a late one in between', () => {
    const posts = Array.from({ length: 5 }, (_, index) => post(10 + index, fill(7)));
    const stored = addEvents([], [post(1, fill(6)), ...posts]);
    expect(reduceEvents(stored).factsAt).toMatchObject({ 'variables/v0': 10_000 });
    const late = addEvents(stored, [post(12.5, [variable('v0', 'late')])]);
    expect(reduceEvents(late).facts.variables?.find(({ name }) => name === 'v0')?.value).toBe('7 '.repeat(1_300));
  });

  test('ever other variables › the newest are stored, within the limit', () => {
    const posts = Array.from({ length: 10 }, (_, index) =>
      post(
        index,
        fill(index).map(({ name, value }) => variable(`${name}-${index}`, value)),
      ),
    );
    const stored = addEvents([], posts);
    const names = reduceEvents(stored).facts.variables?.map(({ name }) => name) ?? [];
    expect(bytesOf(stored)).toBeLessThan(2 * maxVariableBytes);
    expect(names).toContain('v59-9');
    expect(names).not.toContain('v0-0');
  });
});

test('event set › same millisecond › every kind has a rank', () => {
  const all = engagementEventKinds.map((kind) => event(kind, 1, { kind }));
  const ordered = inOrder(all).map(({ kind }) => kind);
  expect(new Set(ordered).size).toBe(engagementEventKinds.length);
  expect([ordered[0], ordered.at(-1)]).toEqual(['started', 'ended']);
});
