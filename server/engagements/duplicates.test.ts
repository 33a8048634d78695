import { describe, expect, test } from 'vitest';
import type { EngagementEvent } from '../events.ts';
import { reduceEvents } from './reduce-events.ts';

const at0 = 1_790_000_000_000;
let count = 0;
const answeredEvent = (at: number, more: Partial<EngagementEvent> = {}): EngagementEvent => ({
  engagementId: 'E-1',
  key: `${++count}`,
  at: at0 + at,
  origin: 'webhook',
  kind: 'note',
  facts: {},
  agent: { id: 'A' },
  ...more,
});

const lines = (...events: EngagementEvent[]) =>
  reduceEvents(events).record.timeline.map((entry) => events.findIndex(({ key }) => key === entry.id));

describe('timeline duplicates', () => {
  const byMail = { agent: { email: 'mina@deskside.example' } };

  test.each<[string, EngagementEvent[], number[]]>([
    [
      'flow event within a minute › is removed',
      [answeredEvent(0), answeredEvent(60_000, { origin: 'flow', ...byMail })],
      [0],
    ],
    ['earlier flow event › is removed', [answeredEvent(30_000), answeredEvent(0, { origin: 'flow', ...byMail })], [0]],
    [
      'flow event after more than a minute › is shown',
      [answeredEvent(0), answeredEvent(60_001, { origin: 'flow', ...byMail })],
      [0, 1],
    ],
    [
      'event of another kind › is shown',
      [answeredEvent(0), answeredEvent(1, { origin: 'flow', kind: 'left' })],
      [0, 1],
    ],
    [
      'REST event of the same agent within 5 s › is removed',
      [answeredEvent(0), answeredEvent(5_000, { origin: 'rest' })],
      [0],
    ],
    ['REST event after more than 5 s › is shown', [answeredEvent(0), answeredEvent(5_001, { origin: 'rest' })], [0, 1]],
    [
      'REST event with the same text, at any time › is removed',
      [answeredEvent(0, { text: 'one' }), answeredEvent(90_000, { origin: 'rest', text: 'one' })],
      [0],
    ],
    [
      'REST event of another agent › is shown',
      [answeredEvent(0), answeredEvent(1, { origin: 'rest', agent: { id: 'B' } })],
      [0, 1],
    ],
    ['two Zoom events › both are shown', [answeredEvent(0), answeredEvent(1)], [0, 1]],
    [
      'two REST events › both are shown',
      [answeredEvent(0, { origin: 'rest' }), answeredEvent(1, { origin: 'rest' })],
      [0, 1],
    ],
    [
      'another text › is shown',
      [answeredEvent(0, { text: 'one' }), answeredEvent(1, { origin: 'rest', text: 'two' })],
      [0, 1],
    ],
    [
      'second end, at any time › is removed',
      [answeredEvent(0, { kind: 'ended' }), answeredEvent(90_000, { kind: 'ended' })],
      [0],
    ],
    [
      'end from a flow before Zoom’s › one is removed',
      [answeredEvent(90_000, { kind: 'ended' }), answeredEvent(0, { kind: 'ended', origin: 'flow' })],
      [0],
    ],
    [
      'second start, at any time › is removed',
      [answeredEvent(0, { kind: 'started' }), answeredEvent(900_000, { kind: 'started', origin: 'flow' })],
      [0],
    ],
    [
      'second queue entry within 5 s › is removed',
      [answeredEvent(0, { kind: 'queued' }), answeredEvent(900, { kind: 'queued' })],
      [0],
    ],
    [
      'second queue entry after more than 5 s › is shown',
      [answeredEvent(0, { kind: 'queued' }), answeredEvent(9_000, { kind: 'queued' })],
      [0, 1],
    ],
    [
      'answer by an agent in the engagement › is removed',
      [answeredEvent(0, { kind: 'answered' }), answeredEvent(9_000, { kind: 'answered' })],
      [0],
    ],
  ])('%s', (_, events, expected) => {
    expect(lines(...events)).toEqual(expected);
  });

  test('duplicate › its facts are merged', () => {
    const consumers = [{ number: '+14155550101' }];
    const { facts } = reduceEvents([answeredEvent(0), answeredEvent(1, { origin: 'flow', facts: { consumers } })]);
    expect(facts.consumers).toEqual(consumers);
  });
});

test('timeline › edited note › both versions are shown', () => {
  const { record } = reduceEvents([
    answeredEvent(0, { text: 'Calls back' }),
    answeredEvent(9, { text: 'Calls back at five' }),
  ]);
  expect(record.timeline.map(({ text }) => text)).toEqual(['Calls back', 'Calls back at five']);
});

test('record › two dispositions › the newest wins, both are shown', () => {
  const choose = (at: number, text: string) => answeredEvent(at, { kind: 'disposition', text });
  const { record } = reduceEvents([choose(9, 'Solved'), choose(0, 'Open')]);
  expect(record.disposition).toBe('Solved');
  expect(record.timeline.map(({ text }) => text)).toEqual(['Open', 'Solved']);
});

test('state machine › flow events › count only while Zoom names no agent', () => {
  const byFlow = [
    answeredEvent(0, { origin: 'flow', kind: 'answered', agent: { email: 'mina@deskside.example' } }),
    answeredEvent(900_000, { origin: 'flow', kind: 'left', agent: { email: 'mina@deskside.example' } }),
  ];
  expect(reduceEvents(byFlow.slice(0, 1)).record.phase).toBe('active');
  expect(reduceEvents(byFlow).record.phase).toBe('wrap-up');
  const ringing = answeredEvent(1_000, { kind: 'ringing' });
  expect(reduceEvents([ringing, ...byFlow.slice(0, 1)]).record.phase).toBe('active');
  const byZoom = [answeredEvent(0, { kind: 'answered' }), answeredEvent(800_000, { kind: 'left' })];
  expect(reduceEvents([...byFlow.slice(0, 1), ...byZoom]).record.phase).toBe('wrap-up');
});

test('timeline › keypad input › is counted without the digits', () => {
  const { record } = reduceEvents([answeredEvent(0, { kind: 'dtmf', digits: 4 })]);
  expect(record.timeline[0]).toMatchObject({ kind: 'dtmf', digits: 4, agent: 'A' });
});
