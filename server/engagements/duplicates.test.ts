import { describe, expect, test } from 'vitest';
import type { EngagementEvent } from '../events.ts';
import { reduceEvents } from './reduce-events.ts';

const at0 = 1_790_000_000_000;
let count = 0;
const said = (at: number, more: Partial<EngagementEvent> = {}): EngagementEvent => ({
  ...{
    engagementId: 'E-1',
    key: `${++count}`,
    at: at0 + at,
    origin: 'webhook',
    kind: 'note',
    facts: {},
    agent: { id: 'A' },
  },
  ...more,
});

const lines = (...events: EngagementEvent[]) =>
  reduceEvents(events).record.timeline.map((entry) => events.findIndex(({ key }) => key === entry.id));

describe('what is told twice stands once', () => {
  const byMail = { agent: { email: 'mina@deskside.example' } };

  test.each<[string, EngagementEvent[], number[]]>([
    ['a flow’s post within a minute', [said(0), said(60_000, { origin: 'flow', ...byMail })], [0]],
    ['a flow’s post that came before', [said(30_000), said(0, { origin: 'flow', ...byMail })], [0]],
    ['not a flow’s post after more than a minute', [said(0), said(60_001, { origin: 'flow', ...byMail })], [0, 1]],
    ['not of another kind', [said(0), said(1, { origin: 'flow', kind: 'left' })], [0, 1]],
    ['REST’s of the same agent within 5 s', [said(0), said(5_000, { origin: 'rest' })], [0]],
    ['not REST’s after more than 5 s', [said(0), said(5_001, { origin: 'rest' })], [0, 1]],
    [
      'REST’s in the same words, whenever',
      [said(0, { text: 'one' }), said(90_000, { origin: 'rest', text: 'one' })],
      [0],
    ],
    ['not REST’s of another agent', [said(0), said(1, { origin: 'rest', agent: { id: 'B' } })], [0, 1]],
    ['not two of Zoom’s own', [said(0), said(1)], [0, 1]],
    ['not two of REST’s', [said(0, { origin: 'rest' }), said(1, { origin: 'rest' })], [0, 1]],
    ['not another text', [said(0, { text: 'one' }), said(1, { origin: 'rest', text: 'two' })], [0, 1]],
    ['an end, whenever', [said(0, { kind: 'ended' }), said(90_000, { kind: 'ended' })], [0]],
    [
      'an end that a flow saw sooner',
      [said(90_000, { kind: 'ended' }), said(0, { kind: 'ended', origin: 'flow' })],
      [0],
    ],
    ['a beginning, whenever', [said(0, { kind: 'started' }), said(900_000, { kind: 'started', origin: 'flow' })], [0]],
    ['an entry into a queue within 5 s', [said(0, { kind: 'queued' }), said(900, { kind: 'queued' })], [0]],
    ['not another entry', [said(0, { kind: 'queued' }), said(9_000, { kind: 'queued' })], [0, 1]],
    ['an answer of who is in it', [said(0, { kind: 'answered' }), said(9_000, { kind: 'answered' })], [0]],
  ])('%s', (_, events, kept) => {
    expect(lines(...events)).toEqual(kept);
  });

  test('but its facts still count', () => {
    const consumers = [{ number: '+14155550101' }];
    const { facts } = reduceEvents([said(0), said(1, { origin: 'flow', facts: { consumers } })]);
    expect(facts.consumers).toEqual(consumers);
  });
});

test('a note that was edited stands twice', () => {
  const { record } = reduceEvents([said(0, { text: 'Calls back' }), said(9, { text: 'Calls back at five' })]);
  expect(record.timeline.map(({ text }) => text)).toEqual(['Calls back', 'Calls back at five']);
});

test('the newest disposition counts, and each is shown', () => {
  const choose = (at: number, text: string) => said(at, { kind: 'disposition', text });
  const { record } = reduceEvents([choose(9, 'Solved'), choose(0, 'Open')]);
  expect(record.disposition).toBe('Solved');
  expect(record.timeline.map(({ text }) => text)).toEqual(['Open', 'Solved']);
});

test('a flow moves an engagement only while Zoom itself names nobody', () => {
  const byFlow = [
    said(0, { origin: 'flow', kind: 'answered', agent: { email: 'mina@deskside.example' } }),
    said(900_000, { origin: 'flow', kind: 'left', agent: { email: 'mina@deskside.example' } }),
  ];
  expect(reduceEvents(byFlow.slice(0, 1)).record.phase).toBe('active');
  expect(reduceEvents(byFlow).record.phase).toBe('wrap-up');
  const ringing = said(1_000, { kind: 'ringing' });
  expect(reduceEvents([ringing, ...byFlow.slice(0, 1)]).record.phase).toBe('active');
  const byZoom = [said(0, { kind: 'answered' }), said(800_000, { kind: 'left' })];
  expect(reduceEvents([...byFlow.slice(0, 1), ...byZoom]).record.phase).toBe('wrap-up');
});

test('keys are counted, and which were pressed is not in a event at all', () => {
  const { record } = reduceEvents([said(0, { kind: 'dtmf', digits: 4 })]);
  expect(record.timeline[0]).toMatchObject({ kind: 'dtmf', digits: 4, agent: 'A' });
});
