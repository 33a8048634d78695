import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EngagementEventKind, engagementEventKinds } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { addEvents, inOrder, maxEvents } from './event-set.ts';
import { deliveryOf } from './fake-history.ts';
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
  const chat = [
    ...many(1, 'started'),
    ...many(1_900, 'message', 1),
    ...many(300, 'hold', 5_000),
    ...many(1, 'ended', 9_000),
  ];

  test('over the limit › the oldest minor events are removed first', () => {
    const limited = addEvents([], chat);
    expect(limited).toHaveLength(maxEvents);
    const count = (kind: EngagementEventKind) => limited.filter((one) => one.kind === kind).length;
    expect([count('started'), count('hold'), count('message'), count('ended')]).toEqual([1, 300, 1_698, 1]);
    expect(limited.some(({ key }) => key === 'message-1')).toBe(false);
    expect(reduceEvents(limited).record.phase).toBe('ended');
    expect(reduceEvents(limited).record.timeline).toHaveLength(300);
  });

  test('any order of arrival › same selection, repeats of removed events change nothing', () => {
    fc.assert(
      fc.property(deliveryOf(chat), (batches) => {
        const known = batches.reduce<EngagementEvent[]>((before, batch) => addEvents(before, batch), []);
        expect(inOrder(known)).toEqual(inOrder(addEvents([], chat)));
        expect(addEvents(known, chat.slice(0, 5))).toBe(known);
      }),
      { numRuns: 5 },
    );
  }, 60_000);
});

test('event set › same millisecond › every kind has a rank', () => {
  const all = engagementEventKinds.map((kind) => event(kind, 1, { kind }));
  const ordered = inOrder(all).map(({ kind }) => kind);
  expect(new Set(ordered).size).toBe(engagementEventKinds.length);
  expect([ordered[0], ordered.at(-1)]).toEqual(['started', 'ended']);
});
