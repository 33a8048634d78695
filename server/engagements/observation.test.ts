import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { composeHistory } from './fake-engagement.ts';
import { script } from './fake-history.ts';
import { type DatedFacts, mergeFacts } from './merge-facts.ts';
import { addObservation, createNewsFinder, joinObservation, noFacts, normalizeObservation } from './observation.ts';
import { reduceEvents } from './reduce-events.ts';

const fromPanel = (...reports: [at: number, facts: EngagementFacts][]): DatedFacts =>
  reports.reduce((known, [at, facts]) => addObservation(known, normalizeObservation(facts), at), noFacts);
const fromZoom = (...reports: [at: number, facts: EngagementFacts][]): DatedFacts =>
  mergeFacts(reports.map(([at, facts]) => ({ at, facts })));

test.each([
  ['messaging_sms', 'sms'],
  ['messaging_webChat', 'web_chat'],
  ['messaging_inAppChat', 'in_app_chat'],
  ['messaging_whatsapp', 'whatsapp'],
  ['messaging_facebook', 'facebook_messenger'],
  ['video_webVideo', 'web_video'],
  ['video_inAppVideo', 'in_app_video'],
  ['web_chat', 'web_chat'],
  ['', ''],
])('observation › SDK source %s › becomes %s', (source, expected) => {
  expect(normalizeObservation({ source }).source).toBe(expected);
});

describe('observation', () => {
  test('card numbers › are redacted, and a repeat is equal', () => {
    const facts = {
      consumers: [{ number: '4111111111111111', id: 'c', displayName: 'Ann, 4111 1111 1111 1111' }],
      variables: [
        { id: 'v', name: 'global_custom.Custom.card', value: '4111-1111-1111-1111 12/27' },
        { id: 'w', name: 'global_custom.Custom.ani', value: '4111111111111111' },
      ],
    };
    const known = fromPanel([1, facts]);
    expect(known.facts).toMatchObject({
      consumers: [{ number: '[card number]', id: 'c', displayName: 'Ann, [card number]' }],
      variables: [{ value: '[card number] 12/27' }, { value: '[card number]' }],
    });
    expect(addObservation(known, normalizeObservation(facts), 2)).toBe(known);
  });

  test('card numbers in names, ids and queues › are redacted, phones and ids of Zoom stay', () => {
    const { facts } = fromPanel([
      1,
      {
        queueName: 'Pay 4111111111111111',
        consumers: [{ id: '4111111111111111' }, { id: 'aB4111111111111111-_cdE', number: '4915112345676' }],
        variables: [
          { id: 'v', name: 'card 4111111111111111', value: '1' },
          { id: 'w', name: 'payment_id', value: 'Card-4111-1111-1111-1111' },
          { id: 'x', name: 'receipt_url', value: 'https://pay.example/4111111111111111' },
          { id: 'y', name: 'a.b.ani', value: '4915112345676' },
        ],
      },
    ]);
    expect(facts).toEqual({
      queueName: 'Pay [card number]',
      consumers: [{}, { id: 'aB4111111111111111-_cdE', number: '4915112345676' }],
      variables: [
        { id: 'v', name: 'card [card number]', value: '1' },
        { id: 'w', name: 'payment_id', value: 'Card-[card number]' },
        { id: 'x', name: 'receipt_url', value: 'https://pay.example/[card number]' },
        { id: 'y', name: 'a.b.ani', value: '4915112345676' },
      ],
    });
  });

  test('repeated value › returns the same object', () => {
    const once = fromPanel([1, { state: 'active', source: 'messaging_sms' }]);
    expect(addObservation(once, { state: 'active', source: 'sms' }, 9)).toBe(once);
    const later = addObservation(once, { state: 'inactive', source: 'sms' }, 9);
    expect(later.factsAt).toMatchObject({ state: 9, source: 1 });
  });

  test('variables › are dated separately', () => {
    const variable = (name: string, value: string) => ({ id: name, name, value });
    const own = fromPanel(
      [1, { variables: [variable('case', 'CS-1')] }],
      [5, { variables: [variable('case', 'CS-1'), variable('tier', 'Gold')] }],
    );
    const zoom = fromZoom([3, { variables: [variable('case', 'CS-2'), variable('tier', 'Silver')] }]);
    expect(joinObservation(zoom, own).variables?.map(({ value }) => value)).toEqual(['CS-2', 'Gold']);
  });
});

describe('news of a report', () => {
  const variable = (name: string, value: string) => ({ id: name, name, value });

  test('the same report again and again › is normalized once', () => {
    let normalizations = 0;
    const findNews = createNewsFinder((facts) => {
      normalizations += 1;
      return normalizeObservation(facts);
    });
    const report: EngagementFacts = { state: 'active', variables: [variable('digits', '1 '.repeat(2_000))] };
    const stored = fromPanel([1, report]);
    for (let count = 0; count < 40; count++) expect(findNews(stored, structuredClone(report))).toBeUndefined();
    expect(normalizations).toBe(1);
    expect(findNews(stored, { ...report, state: 'inactive' })?.facts.state).toBe('inactive');
    expect(findNews(fromPanel([1, { ...report, state: 'end' }]), report)?.facts.state).toBe('active');
  });

  test('a report of an unknown engagement without facts › is news', () => {
    expect(createNewsFinder()(undefined, {})?.facts).toEqual({});
  });

  test('one variable of many changes › counts the bytes of that variable', () => {
    const many = Array.from({ length: 50 }, (_, index) => variable(`v${index}`, 'é'.repeat(100)));
    const findNews = createNewsFinder();
    const all = findNews(undefined, { variables: many });
    expect(all?.bytes).toBeGreaterThan(50 * 200);
    const [first, ...rest] = many;
    const changed = findNews(fromPanel([1, { variables: many }]), {
      variables: [variable(first?.name ?? '', 'new'), ...rest],
    });
    expect(changed?.bytes).toBeLessThan(100);
  });
});

describe('joined observation', () => {
  test.each<[string, number, number, string]>([
    ['panel is newer › panel wins', 2, 1, 'panel'],
    ['Zoom is newer › Zoom wins', 1, 2, 'zoom'],
    ['same time › Zoom wins', 1, 1, 'zoom'],
  ])('%s', (_, panelAt, zoomAt, expected) => {
    const joined = joinObservation(
      fromZoom([zoomAt, { queueName: 'zoom' }]),
      fromPanel([panelAt, { queueName: 'panel' }]),
    );
    expect(joined.queueName).toBe(expected);
  });

  test('both sides have values › neither erases, consumers are merged', () => {
    const zoom = fromZoom([5, { flowName: 'Main', consumers: [{ number: '14155550101', id: 'c-1' }] }]);
    const own = fromPanel([9, { queueName: 'Support', consumers: [{ number: '+14155550101', displayName: 'Ann' }] }]);
    expect(joinObservation(zoom, own)).toEqual({
      flowName: 'Main',
      queueName: 'Support',
      consumers: [{ id: 'c-1', number: '+14155550101', displayName: 'Ann' }],
    });
  });

  test('channels differ › source of the winning channel', () => {
    const chat: EngagementFacts = { channel: 'messaging', source: 'messaging_webChat' };
    expect(joinObservation(fromZoom([2, { channel: 'voice' }]), fromPanel([1, chat]))).toEqual({
      channel: 'voice',
      source: '',
    });
    expect(joinObservation(fromZoom([1, { channel: 'voice' }]), fromPanel([2, chat])).source).toBe('web_chat');
    expect(joinObservation(fromZoom([2, { channel: 'messaging' }]), fromPanel([1, chat])).source).toBe('web_chat');
  });

  test.each<[string | undefined, string | undefined, string | undefined]>([
    ['end', 'active', 'end'],
    ['active', 'end', 'end'],
    ['active', 'inactive', 'inactive'],
    ['wrap-up', undefined, 'wrap-up'],
    [undefined, 'active', 'active'],
    [undefined, undefined, undefined],
  ])('Zoom’s state %s, panel’s state %s › %s, regardless of the dates', (theirs, ours, expected) => {
    const zoom: EngagementFacts = theirs === undefined ? {} : { state: theirs };
    const own: EngagementFacts = ours === undefined ? {} : { state: ours };
    expect(joinObservation(fromZoom([1, zoom]), fromPanel([2, own])).state).toBe(expected);
    expect(joinObservation(fromZoom([2, zoom]), fromPanel([1, own])).state).toBe(expected);
  });
});

test('observation › panel or Zoom first › same final state', () => {
  const interleaved = fc.tuple(script, fc.nat(), fc.boolean());
  fc.assert(
    fc.property(interleaved, ([one, between, isLast]) => {
      const { events, expected } = composeHistory(one);
      const folded = reduceEvents(events);
      // The panel sees the end state, at any time after it came about, or what stood at some time before.
      const before = reduceEvents(events.slice(0, 1 + (between % events.length)));
      const seen = isLast ? folded : before;
      const { consumers, channel, source } = seen.facts;
      const heardAt = (isLast ? events : events.slice(0, 1 + (between % events.length))).at(-1)?.at ?? 0;
      const own = fromPanel([
        heardAt,
        { ...(channel && { channel }), ...(source !== undefined && { source }), ...(consumers && { consumers }) },
      ]);
      const joined = joinObservation(folded, own);
      expect(joined.channel).toBe(expected.channel);
      expect(joined.source).toBe(folded.facts.source);
      expect(joined.consumers).toEqual(folded.facts.consumers);
    }),
    { numRuns: 1_000 },
  );
});
