import { describe, expect, test } from 'vitest';
import type { EngagementEventKind } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { listNamed, nobodyInvolved } from './involvement.ts';
import { reduceEvents } from './reduce-events.ts';

type Line = [kind: EngagementEventKind, agent?: string, ...others: string[]];

/** A second apart, in the order given. */
const createEvents = (lines: Line[], fields: Partial<EngagementEvent> = {}): EngagementEvent[] =>
  lines.map(([kind, agent, ...others], index) => ({
    engagementId: 'E-1',
    key: `${index}`,
    at: 1_000 * (index + 1),
    origin: 'webhook',
    kind,
    facts: {},
    ...(agent && { agent: { id: agent } }),
    ...(others.length > 0 && { others: others.map((id) => ({ id })) }),
    ...fields,
  }));

const fold = (...lines: Line[]) => reduceEvents(createEvents(lines));
const whereIs = (...lines: Line[]) => {
  const { record, facts } = fold(...lines);
  return [record.phase, facts.assignedAgentId];
};

const answered: Line[] = [['started'], ['queued'], ['ringing', 'A'], ['answered', 'A']];

test('state machine › no events › has no phase', () => {
  expect(reduceEvents([]).record.phase).toBeNull();
  expect(reduceEvents([])).toMatchObject({ startedAt: null, endedAt: null, involvement: nobodyInvolved, facts: {} });
});

describe('engagement', () => {
  test.each<[string, Line[], ...(string | undefined)[]]>([
    ['started › is queued', [['started']], 'queued', undefined],
    ['first event of any kind › is queued', [['other']], 'queued', undefined],
    ['ringing › is ringing', [['started'], ['ringing', 'A']], 'ringing', undefined],
    [
      'declined › is queued',
      [
        ['ringing', 'A'],
        ['declined', 'A'],
      ],
      'queued',
      undefined,
    ],
    [
      'missed › is queued',
      [
        ['ringing', 'A'],
        ['missed', 'A'],
      ],
      'queued',
      undefined,
    ],
    [
      'withdrawn › is queued',
      [
        ['ringing', 'A'],
        ['withdrawn', 'A'],
      ],
      'queued',
      undefined,
    ],
    [
      'one of two ringing agents declines › still rings',
      [
        ['ringing', 'A'],
        ['ringing', 'B'],
        ['declined', 'A'],
      ],
      'ringing',
      undefined,
    ],
    ['answered › is active', answered, 'active', 'A'],
    [
      'rang several agents, one answered › stops ringing the others',
      [['ringing', 'B'], ...answered, ['left', 'A']],
      'wrap-up',
      'A',
    ],
    ['agent left › is in wrap-up', [...answered, ['left', 'A'], ['wrap-up-started', 'A']], 'wrap-up', 'A'],
    ['wrap-up ended › stays in wrap-up', [...answered, ['left', 'A'], ['wrap-up-ended', 'A']], 'wrap-up', 'A'],
    ['ended › is ended', [...answered, ['ended']], 'ended', 'A'],
    ['ended without an answer › is ended', [['started'], ['consumer-left'], ['ended']], 'ended', undefined],
    ['events after the end › stays ended', [...answered, ['ended'], ['answered', 'B'], ['ringing', 'B']], 'ended', 'A'],
    ['hold after a lost answer › is active', [['started'], ['hold', 'A']], 'active', 'A'],
    ['keypad input after a lost answer › is active', [['started'], ['dtmf', 'A']], 'active', 'A'],
    ['only a left event › is in wrap-up', [['started'], ['left', 'A']], 'wrap-up', 'A'],
    ['late unmute after leaving › stays in wrap-up', [...answered, ['left', 'A'], ['unmuted', 'A']], 'wrap-up', 'A'],
    ['agent who left answers again › is active', [...answered, ['left', 'A'], ['answered', 'A']], 'active', 'A'],
    ['rings a second agent › stays active', [...answered, ['ringing', 'B']], 'active', 'A'],
    ['two agents answered › the first is assigned', [...answered, ['ringing', 'B'], ['answered', 'B']], 'active', 'A'],
    [
      'first of two agents left › the second is assigned',
      [...answered, ['answered', 'B'], ['left', 'A']],
      'active',
      'B',
    ],
    [
      'monitoring › changes nothing',
      [...answered, ['monitor-started', 'A', 'S'], ['monitor-ended', 'A', 'S']],
      'active',
      'A',
    ],
    ['takeover › the supervisor is assigned', [...answered, ['takeover', 'A', 'S']], 'active', 'S'],
    [
      'supervisor leaves after a takeover › is in wrap-up',
      [...answered, ['takeover', 'A', 'S'], ['left', 'S']],
      'wrap-up',
      'S',
    ],
    [
      'takeover without the previous agent › the assigned agent leaves',
      [...answered, ['takeover', 'S'], ['left', 'S']],
      'wrap-up',
      'S',
    ],
  ])('%s', (_, lines, phase, assigned) => {
    expect(whereIs(...lines)).toEqual([phase, assigned]);
  });
});

describe('conference', () => {
  const joined: Line[] = [...answered, ['conference-invited', 'A', 'B'], ['conference-joined', 'A', 'B']];

  test.each<[string, Line[], string, string]>([
    ['second agent joined › the first stays assigned', joined, 'active', 'A'],
    ['first agent left › the second is assigned', [...joined, ['left', 'A']], 'active', 'B'],
    ['second agent left › the first stays', [...joined, ['conference-left', 'A', 'B']], 'active', 'A'],
    ['both left › is in wrap-up', [...joined, ['conference-left', 'A', 'B'], ['left', 'A']], 'wrap-up', 'A'],
    ...(['declined', 'missed', 'canceled'] as const).map((how): [string, Line[], string, string] => [
      `${how}, then the agent left › is in wrap-up`,
      [...answered, ['conference-invited', 'A', 'B'], [`conference-${how}`, 'A', 'B'], ['left', 'A']],
      'wrap-up',
      'A',
    ]),
  ])('%s', (_, lines, phase, assigned) => {
    expect(whereIs(...lines)).toEqual([phase, assigned]);
  });

  test('agent joined › is a dated fact', () => {
    expect(fold(...answered).facts.isConference).toBeUndefined();
    expect(fold(...joined).facts.isConference).toBe(true);
  });
});

describe('transfer', () => {
  const started: Line[] = [...answered, ['transfer-started', 'A', 'B'], ['transfer-queued', 'A', 'B']];
  const ringing: Line[] = [...started, ['transfer-ringing', 'A', 'B']];
  const alone: Line[] = [...started, ['left', 'A']];

  test.each<[string, Line[], string, string]>([
    ['started › the sender stays', started, 'active', 'A'],
    ['sender left › is queued', alone, 'queued', 'A'],
    ['rings the receiver › is ringing', [...alone, ['transfer-ringing', 'A', 'B']], 'ringing', 'A'],
    ['accepted › the receiver is assigned', [...ringing, ['transfer-accepted', 'A', 'B']], 'active', 'B'],
    [
      'accepted without completion › is over',
      [...ringing, ['transfer-accepted', 'A', 'B'], ['left', 'B']],
      'wrap-up',
      'B',
    ],
    [
      'completed without acceptance › the receiver is assigned',
      [...ringing, ['transfer-completed', 'A', 'B']],
      'active',
      'B',
    ],
    [
      'sender left another agent in it › counts as accepted',
      [...started, ['answered', 'B'], ['left', 'A']],
      'active',
      'B',
    ],
    ['declined › returns to the sender', [...ringing, ['transfer-declined', 'A', 'B']], 'active', 'A'],
    ['missed › returns to the sender', [...ringing, ['transfer-missed', 'A', 'B']], 'active', 'A'],
    ['canceled › returns to the sender', [...ringing, ['transfer-canceled', 'A', 'B']], 'active', 'A'],
    ['missed after the sender left › the sender rejoins', [...alone, ['transfer-missed', 'A', 'B']], 'active', 'A'],
    [
      'missed after the sender began to wrap up › is queued',
      [...alone, ['wrap-up-started', 'A'], ['transfer-missed', 'A', 'B']],
      'queued',
      'A',
    ],
    [
      'declined, then the sender left › stops ringing',
      [...ringing, ['transfer-declined', 'A', 'B'], ['left', 'A']],
      'wrap-up',
      'A',
    ],
  ])('%s', (_, lines, phase, assigned) => {
    expect(whereIs(...lines)).toEqual([phase, assigned]);
  });

  const transferred = (how: string, ...after: Line[]) => {
    const begun = createEvents([...ringing, ['transfer-accepted', 'A', 'B'], ...after], { mode: how });
    return reduceEvents(begun).record.phase;
  };

  test('accepted › a cold one removes the sender, a warm one does not', () => {
    expect(transferred('cold', ['left', 'B'])).toBe('wrap-up');
    expect(transferred('warm', ['left', 'B'])).toBe('active');
    expect(transferred('warm', ['transfer-completed', 'A', 'B'], ['left', 'B'])).toBe('wrap-up');
  });

  test('to a flow or a number › is queued until an agent answers', () => {
    const toFlow: EngagementEvent[] = createEvents([...answered, ['transfer-started', 'A'], ['transfer-accepted']]).map(
      (event) => ({ ...event, to: 'Night desk' }),
    );
    expect(reduceEvents(toFlow).record).toMatchObject({ phase: 'queued', handOver: { from: 'A' } });
    const answeredThere = createEvents([['answered', 'B']], { at: 60_000, key: 'there' });
    expect(reduceEvents([...toFlow, ...answeredThere]).record.phase).toBe('active');
  });

  test.each([
    ['sender', 'A', 'queued'],
    ['receiver', 'B', 'active'],
  ])('flow names only the %s › the phase is correct', (_, agent, phase) => {
    const { record } = fold(...answered, ['transfer-completed', agent]);
    expect([record.phase, record.handOver?.from]).toEqual([phase, 'A']);
  });

  test('accepted › hands over earlier notes, disposition and hold time', () => {
    const lines = createEvents([
      ...answered,
      ['hold', 'A'],
      ['note', 'A'],
      ['disposition', 'A'],
      ['transfer-started', 'A', 'B'],
    ]);
    const accepted = createEvents([['transfer-accepted', 'A', 'B']], { at: 20_000, key: 'accepted', mode: 'warm' });
    const later = createEvents([['note', 'B']], { at: 30_000, key: 'later', text: 'Written after it' });
    const transferred = lines.map((line) => ({
      ...line,
      facts: line.kind === 'transfer-started' ? { queueName: 'Support' } : {},
      ...(line.kind === 'note' && { text: 'Wants a refund' }),
      ...(line.kind === 'disposition' && { text: 'Billing question' }),
    }));
    const { record, facts } = reduceEvents([...later, ...accepted, ...transferred]);
    expect(record.handOver).toEqual({
      at: 20_000,
      from: 'A',
      fromQueue: 'Support',
      mode: 'warm',
      notes: [{ at: 6_000, agent: 'A', text: 'Wants a refund' }],
      disposition: 'Billing question',
      heldMs: 15_000,
    });
    expect(facts).toMatchObject({ isTransfer: true, transferType: 'warm', transferFromAgentId: 'A' });
  });

  test('accepted by the sender leaving › has a hand-over and is over', () => {
    const { record } = fold(...started, ['answered', 'B'], ['left', 'A'], ['left', 'B']);
    expect([record.phase, record.handOver?.from]).toEqual(['wrap-up', 'A']);
  });

  test('second transfer › replaces the first hand-over', () => {
    const second: Line[] = [
      ['transfer-started', 'B', 'C'],
      ['transfer-accepted', 'B', 'C'],
    ];
    const { record } = fold(...ringing, ['transfer-accepted', 'A', 'B'], ...second);
    expect(record.handOver?.from).toBe('B');
  });
});

describe('late events', () => {
  test('end arrives first › is ended', () => {
    const [ended, ...before] = createEvents([...answered, ['ended']]).reverse();
    expect(reduceEvents(ended ? [ended] : []).record.phase).toBe('ended');
    expect(reduceEvents([...(ended ? [ended] : []), ...before])).toMatchObject({
      record: { phase: 'ended' },
      startedAt: 1_000,
      endedAt: 5_000,
      facts: { startTime: 1_000, acceptTime: 4_000, endTime: 5_000, state: 'end' },
    });
  });

  test('events after the end › are in the timeline and change nothing', () => {
    const known = createEvents([...answered, ['left', 'A'], ['wrap-up-started', 'A']], { key: '' }).map(
      (line, index) => ({
        ...line,
        key: `k${index}`,
        at: line.at + 86_400_000,
      }),
    );
    const late = createEvents([
      ['ringing', 'B'],
      ['missed', 'B'],
      ['muted', 'A'],
    ]);
    expect(reduceEvents(known).record).toMatchObject({ phase: 'wrap-up' });
    const { record, facts } = reduceEvents([...known, ...late.slice(0, 2)]);
    expect([record.phase, facts.assignedAgentId, record.timeline.length]).toEqual(['wrap-up', 'A', 8]);

    const ended = createEvents([...answered, ['ended'], ['hold', 'A'], ['answered', 'B']]);
    expect(reduceEvents(ended).record).toMatchObject({ phase: 'ended', hold: { count: 0 } });
    expect(reduceEvents(ended).record.timeline).toHaveLength(7);
  });

  test('same millisecond › are ordered by kind', () => {
    const lines = createEvents(
      [['ended'], ['left', 'A'], ['hold', 'A'], ['answered', 'A'], ['ringing', 'A'], ['started']],
      {
        at: 1_000,
      },
    );
    const kinds = reduceEvents(lines).record.timeline.map(({ kind }) => kind);
    expect(kinds).toEqual(['started', 'ringing', 'answered', 'hold', 'left', 'ended']);
  });
});

describe('agents concerned', () => {
  test('agents named by id › each once', () => {
    const { involvement } = fold(...answered, ['monitor-started', 'A', 'S'], ['transfer-started', 'A', 'B']);
    expect(listNamed(involvement)).toEqual(['A', 'B', 'S']);
  });

  test('name known from any event › replaces the id', () => {
    const named = createEvents([['started'], ['ringing', 'A'], ['answered', 'A']]).map((line) =>
      line.kind === 'answered' ? { ...line, agent: { id: 'A', name: 'Mina' } } : line,
    );
    const { record, facts } = reduceEvents(named);
    expect(record.timeline.map(({ agent }) => agent)).toEqual([undefined, 'Mina', 'Mina']);
    expect(facts.assignedAgentName).toBe('Mina');
  });
});
