import { expect, test } from 'vitest';
import { engagementEventKinds, type TimelineEntry } from '#contract/engagements.ts';
import { composeTimeline, type TimelineItem } from './compose-timeline.ts';
import { fakeEntry } from './fake-view.ts';
import { formatLine, lineAgent } from './timeline-messages.ts';

/** As an agent reads it, newest first. */
const read = (...timeline: TimelineEntry[]) =>
  composeTimeline({ timeline, gaps: [] }).map((item) =>
    'line' in item ? [formatLine(item.line), lineAgent(item.line)].filter(Boolean).join(' · ') : 'gap',
  );

const mina = { agent: 'Mina' };
const bo = { agent: 'Bo' };

test('timeline › hold and unhold › one line with the duration, per agent', () => {
  expect(
    read(
      fakeEntry('hold', 0, mina),
      fakeEntry('muted', 1_000, mina),
      fakeEntry('hold', 2_000, bo),
      fakeEntry('unhold', 72_000, mina),
      fakeEntry('unmuted', 73_000, mina),
      fakeEntry('hold', 80_000, mina),
    ),
  ).toEqual(['On hold · Mina', 'On hold · Bo', 'Muted 01:12 · Mina', 'On hold 01:12 · Mina']);
});

test('timeline › an end without a beginning › a line of its own', () => {
  expect(read(fakeEntry('unhold', 1, mina))).toEqual(['Off hold · Mina']);
});

test('timeline › consecutive messages or keys › one line with their number', () => {
  expect(
    read(
      fakeEntry('message', 1, mina),
      fakeEntry('message', 2, mina),
      fakeEntry('message', 3),
      fakeEntry('dtmf', 4, { digits: 1, ...mina }),
      fakeEntry('dtmf', 5, { digits: 4, ...mina }),
    ),
  ).toEqual(['5 keys pressed · Mina', '1 message', '2 messages · Mina']);
});

test('timeline › ringing and its result › the result only', () => {
  expect(
    read(
      fakeEntry('queued', 1, { queue: 'Billing' }),
      fakeEntry('ringing', 2, bo),
      fakeEntry('missed', 3, bo),
      fakeEntry('ringing', 4, mina),
      fakeEntry('dequeued', 5_001),
      fakeEntry('answered', 5_002, mina),
      fakeEntry('other', 5_003, { text: 'engagement_survey_status' }),
    ),
  ).toEqual(['Answered · Mina', 'Not answered · Bo', 'Waited 00:05 in Billing']);
});

test('timeline › a wait in a queue › one line with the duration, per queue', () => {
  const claims = { queue: 'Claims' };
  expect(read(fakeEntry('queued', 0), fakeEntry('ended', 60_000))).toEqual(['Ended', 'Waited 01:00']);
  expect(read(fakeEntry('queued', 0, { queue: 'Billing' }), fakeEntry('queued', 9_000, claims))).toEqual([
    'Waiting in Claims',
    'Waited 00:09 in Billing',
  ]);
  expect(read(fakeEntry('queued', 0, claims), fakeEntry('dequeued', 3_000), fakeEntry('ended', 9_000))).toEqual([
    'Ended',
    'Waited 00:03 in Claims',
  ]);
});

test('timeline › wrap-up and its end › one line', () => {
  const ended = fakeEntry('wrap-up-ended', 35_000, mina);
  expect(read(fakeEntry('wrap-up-started', 0, mina), ended)).toEqual(['Wrap-up 00:35 · Mina']);
  expect(read(ended)).toEqual(['Wrap-up done · Mina']);
});

test('timeline › two events for one occurrence › one line, in either order', () => {
  const to = { ...mina, to: 'Bo' };
  const begun = fakeEntry('transfer-started', 0, { ...to, mode: 'warm', queue: 'Billing' });
  const again = fakeEntry('queued', 1, { queue: 'Billing' });
  const pairs = [
    [fakeEntry('ringing', 2, bo), fakeEntry('transfer-ringing', 2, to)],
    [fakeEntry('answered', 9, bo), fakeEntry('transfer-accepted', 9, to)],
    [fakeEntry('left', 9, mina), fakeEntry('wrap-up-started', 9, mina)],
  ] as const;
  for (const turn of [
    ([one, other]: (typeof pairs)[number]) => [one, other],
    ([a, b]: (typeof pairs)[number]) => [b, a],
  ])
    expect(read(begun, again, ...pairs.flatMap(turn))).toEqual([
      'Wrap-up · Mina',
      'Bo took the call',
      'Warm transfer to Bo · Mina',
    ]);
  expect(read(begun, again, ...pairs[0])).toEqual(['Ringing Bo', 'Warm transfer to Bo · Mina']);
  expect(read(begun, fakeEntry('declined', 5, bo), fakeEntry('transfer-declined', 6, to))).toEqual([
    'Transfer declined by Bo',
    'Warm transfer to Bo · Mina',
  ]);
});

test('timeline › another agent or time › a line of its own', () => {
  const accepted = fakeEntry('transfer-accepted', 60_000, { ...mina, to: 'Bo' });
  expect(read(fakeEntry('answered', 0, bo), accepted)).toEqual(['Bo took the call', 'Answered · Bo']);
  expect(read(fakeEntry('answered', 59_000, { agent: 'Cy' }), accepted)).toContain('Answered · Cy');
});

test('timeline › a queue after a transfer to a flow › is shown', () => {
  const begun = fakeEntry('transfer-started', 0, { ...mina, to: 'Night flow', queue: 'Billing' });
  expect(read(begun, fakeEntry('queued', 1, { queue: 'Claims' }))).toContain('Waiting in Claims');
});

test('timeline › a transfer › names receiver and mode', () => {
  const to = { ...mina, to: 'Bo' };
  expect(
    read(
      fakeEntry('transfer-started', 1, { ...to, mode: 'warm' }),
      fakeEntry('transfer-queued', 1, { ...mina, to: 'Claims' }),
      fakeEntry('transfer-ringing', 2, { ...mina, to: 'Cy' }),
      fakeEntry('transfer-declined', 2, { ...mina, to: 'Cy' }),
      fakeEntry('transfer-ringing', 3, to),
      fakeEntry('transfer-accepted', 3, to),
      fakeEntry('transfer-completed', 4, to),
      fakeEntry('transfer-started', 5, { ...bo, to: 'Claims', mode: 'cold' }),
      fakeEntry('transfer-ringing', 6, { ...bo, to: 'Di' }),
    ),
  ).toEqual([
    'Ringing Di',
    'Transfer to Claims · Bo',
    'Bo took the call',
    'Transfer declined by Cy',
    'Warm transfer to Bo · Mina',
  ]);
});

test('timeline › a conference › names each participant once', () => {
  expect(read(fakeEntry('conference-joined', 1, bo), fakeEntry('conference-left', 2, { ...mina, to: 'Bo' }))).toEqual([
    'Bo left the conference · Mina',
    'Bo joined',
  ]);
});

test('timeline › entries of the same time › the later one is first', () => {
  expect(read(fakeEntry('consumer-left', 1), fakeEntry('wrap-up-started', 1, mina))).toEqual([
    'Wrap-up · Mina',
    'Customer left',
  ]);
});

test('timeline › a gap › at its time, and first while it lasts', () => {
  const timeline = [fakeEntry('answered', 10), fakeEntry('ended', 30)];
  const items = composeTimeline({ timeline, gaps: [{ from: 20, until: 25 }] });
  const read = (items: TimelineItem[]) => items.map((item) => ('gap' in item ? 'gap' : item.line.kind));
  expect(read(items)).toEqual(['ended', 'gap', 'answered']);
  expect(read(composeTimeline({ timeline, gaps: [{ from: 5, until: null }] }))).toEqual(['gap', 'ended', 'answered']);
});

test('timeline › gaps less than a minute apart › are merged', () => {
  const read = (...gaps: { from: number; until: number | null }[]) =>
    composeTimeline({ timeline: [], gaps }).map((item) => 'gap' in item && [item.gap.from, item.gap.until]);
  const first = { from: 0, until: 10_000 };
  const second = { from: 40_000, until: 50_000 };
  expect(read(second, first)).toEqual([[0, 50_000]]);
  expect(read(first, { from: 2_000, until: 3_000 })).toEqual([[0, 10_000]]);
  expect(read(first, second, { from: 60_000, until: null })).toEqual([[0, null]]);
  expect(read({ from: 0, until: null }, second)).toEqual([[0, null]]);
  expect(read(first, { from: 70_000, until: 80_000 })).toHaveLength(2);
});

test('timeline › any entry, without names › has a text', () => {
  for (const kind of engagementEventKinds) {
    const words = formatLine({ ...fakeEntry(kind, 1), count: 1 });
    expect(words).not.toMatch(/timeline\.|{{|undefined/);
    expect(words).not.toBe('');
  }
});
