import { expect, test } from 'vitest';
import { entryKinds, type TimelineEntry } from '#contract/engagements.ts';
import { composeTimeline } from './compose-timeline.ts';
import { fakeEntry } from './fake-view.ts';
import { lineAgent, lineWords } from './timeline-words.ts';

/** As an agent reads it, newest first. */
const read = (...timeline: TimelineEntry[]) =>
  composeTimeline({ timeline, gaps: [] }).map((item) =>
    'line' in item ? [lineWords(item.line), lineAgent(item.line)].filter(Boolean).join(' · ') : 'gap',
  );

const mina = { agent: 'Mina' };
const bo = { agent: 'Bo' };

test('a hold and its end are one line that says how long, for each agent apart', () => {
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

test('an end whose beginning was not heard stands by itself', () => {
  expect(read(fakeEntry('unhold', 1, mina))).toEqual(['Off hold · Mina']);
});

test('messages in a row are counted, and so are keys', () => {
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

test('ringing is what became of it, and what says nothing to an agent is left out', () => {
  expect(
    read(
      fakeEntry('queued', 1, { queue: 'Billing' }),
      fakeEntry('ringing', 2, bo),
      fakeEntry('missed', 3, bo),
      fakeEntry('ringing', 4, mina),
      fakeEntry('dequeued', 5),
      fakeEntry('answered', 6, mina),
      fakeEntry('other', 7, { text: 'engagement_survey_status' }),
    ),
  ).toEqual(['Answered · Mina', 'Not answered · Bo', 'Waiting in Billing']);
});

test('a transfer says to whom and how', () => {
  const to = { ...mina, to: 'Bo' };
  expect(
    read(
      fakeEntry('transfer-started', 1, { ...to, how: 'warm' }),
      fakeEntry('transfer-queued', 1, { ...mina, to: 'Claims' }),
      fakeEntry('transfer-ringing', 2, { ...mina, to: 'Cy' }),
      fakeEntry('transfer-declined', 2, { ...mina, to: 'Cy' }),
      fakeEntry('transfer-ringing', 3, to),
      fakeEntry('transfer-accepted', 3, to),
      fakeEntry('transfer-completed', 4, to),
      fakeEntry('transfer-started', 5, { ...bo, to: 'Claims', how: 'cold' }),
      fakeEntry('transfer-ringing', 6, { ...bo, to: 'Di' }),
    ),
  ).toEqual([
    'Transfer rings at Di',
    'Transfer to Claims · Bo',
    'Transfer taken by Bo',
    'Transfer declined by Cy',
    'Warm transfer to Bo · Mina',
  ]);
});

test('who joins a conference is named once', () => {
  expect(read(fakeEntry('conference-joined', 1, bo), fakeEntry('conference-left', 2, { ...mina, to: 'Bo' }))).toEqual([
    'Bo left the conference · Mina',
    'Bo joined',
  ]);
});

test('of the same moment, what came later stands above', () => {
  expect(read(fakeEntry('left', 1, mina), fakeEntry('wrap-up-started', 1, mina))).toEqual([
    'Wrap-up began · Mina',
    'Left · Mina',
  ]);
});

test('a silence stands where it was', () => {
  const timeline = [fakeEntry('answered', 10), fakeEntry('ended', 30)];
  const items = composeTimeline({ timeline, gaps: [{ from: 20, until: 25 }] });
  expect(items.map((item) => ('gap' in item ? 'gap' : item.line.kind))).toEqual(['ended', 'gap', 'answered']);
});

test('whatever happens has words, also where nobody and nothing is named', () => {
  for (const kind of entryKinds) {
    const words = lineWords({ ...fakeEntry(kind, 1), count: 1 });
    expect(words).not.toMatch(/timeline\.|{{|undefined/);
    expect(words).not.toBe('');
  }
});
