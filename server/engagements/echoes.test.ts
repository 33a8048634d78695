import { describe, expect, test } from 'vitest';
import type { EngagementStatement } from '../events.ts';
import { foldStatements } from './fold-statements.ts';

const at0 = 1_790_000_000_000;
let count = 0;
const said = (at: number, more: Partial<EngagementStatement> = {}): EngagementStatement => ({
  ...{ engagementId: 'E-1', key: `${++count}`, at: at0 + at, by: 'zoom', kind: 'note', facts: {}, agent: { id: 'A' } },
  ...more,
});

const lines = (...statements: EngagementStatement[]) =>
  foldStatements(statements).record.timeline.map((entry) => statements.findIndex(({ key }) => key === entry.id));

describe('what is told twice stands once', () => {
  const byMail = { agent: { email: 'mina@deskside.example' } };

  test.each<[string, EngagementStatement[], number[]]>([
    ['a flow’s post within a minute', [said(0), said(60_000, { by: 'flow', ...byMail })], [0]],
    ['a flow’s post that came before', [said(30_000), said(0, { by: 'flow', ...byMail })], [0]],
    ['not a flow’s post after more than a minute', [said(0), said(60_001, { by: 'flow', ...byMail })], [0, 1]],
    ['not of another kind', [said(0), said(1, { by: 'flow', kind: 'left' })], [0, 1]],
    ['REST’s of the same agent within 5 s', [said(0), said(5_000, { by: 'rest' })], [0]],
    ['not REST’s after more than 5 s', [said(0), said(5_001, { by: 'rest' })], [0, 1]],
    ['REST’s in the same words, whenever', [said(0, { text: 'one' }), said(90_000, { by: 'rest', text: 'one' })], [0]],
    ['not REST’s of another agent', [said(0), said(1, { by: 'rest', agent: { id: 'B' } })], [0, 1]],
    ['not two of Zoom’s own', [said(0), said(1)], [0, 1]],
    ['not two of REST’s', [said(0, { by: 'rest' }), said(1, { by: 'rest' })], [0, 1]],
    ['not another text', [said(0, { text: 'one' }), said(1, { by: 'rest', text: 'two' })], [0, 1]],
    ['an end, whenever', [said(0, { kind: 'ended' }), said(90_000, { kind: 'ended' })], [0]],
    ['an end that a flow saw sooner', [said(90_000, { kind: 'ended' }), said(0, { kind: 'ended', by: 'flow' })], [0]],
    ['a beginning, whenever', [said(0, { kind: 'started' }), said(900_000, { kind: 'started', by: 'flow' })], [0]],
    ['an entry into a queue within 5 s', [said(0, { kind: 'queued' }), said(900, { kind: 'queued' })], [0]],
    ['not another entry', [said(0, { kind: 'queued' }), said(9_000, { kind: 'queued' })], [0, 1]],
    ['an answer of who is in it', [said(0, { kind: 'answered' }), said(9_000, { kind: 'answered' })], [0]],
  ])('%s', (_, statements, kept) => {
    expect(lines(...statements)).toEqual(kept);
  });

  test('but its facts still count', () => {
    const consumers = [{ number: '+14155550101' }];
    const { facts } = foldStatements([said(0), said(1, { by: 'flow', facts: { consumers } })]);
    expect(facts.consumers).toEqual(consumers);
  });
});

test('a note that was edited stands twice', () => {
  const { record } = foldStatements([said(0, { text: 'Calls back' }), said(9, { text: 'Calls back at five' })]);
  expect(record.timeline.map(({ text }) => text)).toEqual(['Calls back', 'Calls back at five']);
});

test('the newest disposition counts, and each is shown', () => {
  const choose = (at: number, text: string) => said(at, { kind: 'disposition', text });
  const { record } = foldStatements([choose(9, 'Solved'), choose(0, 'Open')]);
  expect(record.disposition).toBe('Solved');
  expect(record.timeline.map(({ text }) => text)).toEqual(['Open', 'Solved']);
});

test('a flow moves an engagement only while Zoom itself names nobody', () => {
  const byFlow = [
    said(0, { by: 'flow', kind: 'answered', agent: { email: 'mina@deskside.example' } }),
    said(900_000, { by: 'flow', kind: 'left', agent: { email: 'mina@deskside.example' } }),
  ];
  expect(foldStatements(byFlow.slice(0, 1)).record.phase).toBe('active');
  expect(foldStatements(byFlow).record.phase).toBe('wrap-up');
  const ringing = said(1_000, { kind: 'ringing' });
  expect(foldStatements([ringing, ...byFlow.slice(0, 1)]).record.phase).toBe('active');
  const byZoom = [said(0, { kind: 'answered' }), said(800_000, { kind: 'left' })];
  expect(foldStatements([...byFlow.slice(0, 1), ...byZoom]).record.phase).toBe('wrap-up');
});

test('keys are counted, and which were pressed is not in a statement at all', () => {
  const { record } = foldStatements([said(0, { kind: 'dtmf', digits: 4 })]);
  expect(record.timeline[0]).toMatchObject({ kind: 'dtmf', digits: 4, agent: 'A' });
});
