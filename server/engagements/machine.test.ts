import { describe, expect, test } from 'vitest';
import type { EntryKind } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { reduceEvents } from './reduce-events.ts';

type Line = [kind: EntryKind, agent?: string, ...others: string[]];

/** A second apart, in the order given. */
const tell = (lines: Line[], told: Partial<EngagementEvent> = {}): EngagementEvent[] =>
  lines.map(([kind, agent, ...others], at) => ({
    engagementId: 'E-1',
    key: `${at}`,
    at: 1_000 * (at + 1),
    origin: 'webhook',
    kind,
    facts: {},
    ...(agent && { agent: { id: agent } }),
    ...(others.length > 0 && { others: others.map((id) => ({ id })) }),
    ...told,
  }));

const fold = (...lines: Line[]) => reduceEvents(tell(lines));
const whereIs = (...lines: Line[]) => {
  const { record, facts } = fold(...lines);
  return [record.phase, facts.assignedAgentId];
};

const answered: Line[] = [['started'], ['queued'], ['ringing', 'A'], ['answered', 'A']];

test('nothing said is no phase', () => {
  expect(reduceEvents([]).record.phase).toBeNull();
  expect(reduceEvents([])).toMatchObject({ startedAt: null, endedAt: null, agents: [], facts: {} });
});

describe('an engagement', () => {
  test.each<[string, Line[], ...(string | undefined)[]]>([
    ['begins in the queue', [['started']], 'queued', undefined],
    ['begins with whatever is heard first', [['other']], 'queued', undefined],
    ['rings', [['started'], ['ringing', 'A']], 'ringing', undefined],
    [
      'waits again when nobody takes it',
      [
        ['ringing', 'A'],
        ['declined', 'A'],
      ],
      'queued',
      undefined,
    ],
    [
      'waits again when the agent was too slow',
      [
        ['ringing', 'A'],
        ['missed', 'A'],
      ],
      'queued',
      undefined,
    ],
    [
      'waits again when it is withdrawn',
      [
        ['ringing', 'A'],
        ['withdrawn', 'A'],
      ],
      'queued',
      undefined,
    ],
    [
      'rings on at another',
      [
        ['ringing', 'A'],
        ['ringing', 'B'],
        ['declined', 'A'],
      ],
      'ringing',
      undefined,
    ],
    ['is answered', answered, 'active', 'A'],
    ['is answered once for all it rang at', [['ringing', 'B'], ...answered, ['left', 'A']], 'wrap-up', 'A'],
    ['is wrapped up', [...answered, ['left', 'A'], ['wrap-up-started', 'A']], 'wrap-up', 'A'],
    ['stays so after that', [...answered, ['left', 'A'], ['wrap-up-ended', 'A']], 'wrap-up', 'A'],
    ['ends', [...answered, ['ended']], 'ended', 'A'],
    ['ends though nobody answered', [['started'], ['consumer-left'], ['ended']], 'ended', undefined],
    ['stays ended', [...answered, ['ended'], ['answered', 'B'], ['ringing', 'B']], 'ended', 'A'],
    ['is active for one who holds, though the answer was lost', [['started'], ['hold', 'A']], 'active', 'A'],
    ['is active for one who presses keys', [['started'], ['dtmf', 'A']], 'active', 'A'],
    ['is over for one who is only heard to leave', [['started'], ['left', 'A']], 'wrap-up', 'A'],
    ['is not begun again by a late unmute', [...answered, ['left', 'A'], ['unmuted', 'A']], 'wrap-up', 'A'],
    ['is answered again by one who had left', [...answered, ['left', 'A'], ['answered', 'A']], 'active', 'A'],
    ['rings at a second while the first is in it', [...answered, ['ringing', 'B']], 'active', 'A'],
    ['belongs to the first of two', [...answered, ['ringing', 'B'], ['answered', 'B']], 'active', 'A'],
    ['goes on with the second', [...answered, ['answered', 'B'], ['left', 'A']], 'active', 'B'],
    [
      'is not moved by who listens',
      [...answered, ['monitor-started', 'A', 'S'], ['monitor-ended', 'A', 'S']],
      'active',
      'A',
    ],
    ['is taken over', [...answered, ['takeover', 'A', 'S']], 'active', 'S'],
    ['is over when who took it over leaves', [...answered, ['takeover', 'A', 'S'], ['left', 'S']], 'wrap-up', 'S'],
    ['is taken over from whoever had it', [...answered, ['takeover', 'S'], ['left', 'S']], 'wrap-up', 'S'],
  ])('%s', (_, lines, phase, assigned) => {
    expect(whereIs(...lines)).toEqual([phase, assigned]);
  });
});

describe('a conference', () => {
  const joined: Line[] = [...answered, ['conference-invited', 'A', 'B'], ['conference-joined', 'A', 'B']];

  test.each<[string, Line[], string, string]>([
    ['leaves it to whom it belonged', joined, 'active', 'A'],
    ['goes on without the first', [...joined, ['left', 'A']], 'active', 'B'],
    ['goes on without the second', [...joined, ['conference-left', 'A', 'B']], 'active', 'A'],
    ['ends when both have left', [...joined, ['conference-left', 'A', 'B'], ['left', 'A']], 'wrap-up', 'A'],
    ...(['declined', 'missed', 'canceled'] as const).map((how): [string, Line[], string, string] => [
      `that is ${how} leaves nobody asked`,
      [...answered, ['conference-invited', 'A', 'B'], [`conference-${how}`, 'A', 'B'], ['left', 'A']],
      'wrap-up',
      'A',
    ]),
  ])('%s', (_, lines, phase, assigned) => {
    expect(whereIs(...lines)).toEqual([phase, assigned]);
  });

  test('is a fact from when somebody joined', () => {
    expect(fold(...answered).facts.isConference).toBeUndefined();
    expect(fold(...joined).facts.isConference).toBe(true);
  });
});

describe('a transfer', () => {
  const started: Line[] = [...answered, ['transfer-started', 'A', 'B'], ['transfer-queued', 'A', 'B']];
  const ringing: Line[] = [...started, ['transfer-ringing', 'A', 'B']];
  const alone: Line[] = [...started, ['left', 'A']];

  test.each<[string, Line[], string, string]>([
    ['leaves the sender in it', started, 'active', 'A'],
    ['lets the consumer wait when the sender leaves', alone, 'queued', 'A'],
    ['rings at the receiver', [...alone, ['transfer-ringing', 'A', 'B']], 'ringing', 'A'],
    ['gives it to the receiver', [...ringing, ['transfer-accepted', 'A', 'B']], 'active', 'B'],
    ['needs no completion', [...ringing, ['transfer-accepted', 'A', 'B'], ['left', 'B']], 'wrap-up', 'B'],
    ['is accepted by being completed', [...ringing, ['transfer-completed', 'A', 'B']], 'active', 'B'],
    ['is accepted by the sender leaving another in it', [...started, ['answered', 'B'], ['left', 'A']], 'active', 'B'],
    ['is the sender’s again when declined', [...ringing, ['transfer-declined', 'A', 'B']], 'active', 'A'],
    ['is the sender’s again when missed', [...ringing, ['transfer-missed', 'A', 'B']], 'active', 'A'],
    ['is the sender’s again when canceled', [...ringing, ['transfer-canceled', 'A', 'B']], 'active', 'A'],
    ['calls back a sender who had left', [...alone, ['transfer-missed', 'A', 'B']], 'active', 'A'],
    [
      'lets the consumer wait when the sender writes up already',
      [...alone, ['wrap-up-started', 'A'], ['transfer-missed', 'A', 'B']],
      'queued',
      'A',
    ],
    [
      'rings nowhere after it was declined',
      [...ringing, ['transfer-declined', 'A', 'B'], ['left', 'A']],
      'wrap-up',
      'A',
    ],
  ])('%s', (_, lines, phase, assigned) => {
    expect(whereIs(...lines)).toEqual([phase, assigned]);
  });

  const transferred = (how: string, ...after: Line[]) => {
    const begun = tell([...ringing, ['transfer-accepted', 'A', 'B'], ...after], { mode: how });
    return reduceEvents(begun).record.phase;
  };

  test('that is cold takes the sender out, one that is warm does not', () => {
    expect(transferred('cold', ['left', 'B'])).toBe('wrap-up');
    expect(transferred('warm', ['left', 'B'])).toBe('active');
    expect(transferred('warm', ['transfer-completed', 'A', 'B'], ['left', 'B'])).toBe('wrap-up');
  });

  test('to a flow or a number lets the consumer wait until somebody answers', () => {
    const toFlow: EngagementEvent[] = tell([...answered, ['transfer-started', 'A'], ['transfer-accepted']]).map(
      (event) => ({ ...event, to: 'Night desk' }),
    );
    expect(reduceEvents(toFlow).record).toMatchObject({ phase: 'queued', handOver: { from: 'A' } });
    const answeredThere = tell([['answered', 'B']], { at: 60_000, key: 'there' });
    expect(reduceEvents([...toFlow, ...answeredThere]).record.phase).toBe('active');
  });

  test.each([
    ['sender', 'A', 'queued'],
    ['receiver', 'B', 'active'],
  ])('of which a flow names the %s is understood', (_, agent, phase) => {
    const { record } = fold(...answered, ['transfer-completed', agent]);
    expect([record.phase, record.handOver?.from]).toEqual([phase, 'A']);
  });

  test('hands over what was said before it, and from whom', () => {
    const lines = tell([
      ...answered,
      ['hold', 'A'],
      ['note', 'A'],
      ['disposition', 'A'],
      ['transfer-started', 'A', 'B'],
    ]);
    const accepted = tell([['transfer-accepted', 'A', 'B']], { at: 20_000, key: 'accepted', mode: 'warm' });
    const later = tell([['note', 'B']], { at: 30_000, key: 'later', text: 'Written after it' });
    const said = lines.map((line) => ({
      ...line,
      facts: line.kind === 'transfer-started' ? { queueName: 'Support' } : {},
      ...(line.kind === 'note' && { text: 'Wants a refund' }),
      ...(line.kind === 'disposition' && { text: 'Billing question' }),
    }));
    const { record, facts } = reduceEvents([...later, ...accepted, ...said]);
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

  test('that is accepted by the sender leaving is handed over like any other, and is over', () => {
    const { record } = fold(...started, ['answered', 'B'], ['left', 'A'], ['left', 'B']);
    expect([record.phase, record.handOver?.from]).toEqual(['wrap-up', 'A']);
  });

  test('after another is the one that counts', () => {
    const second: Line[] = [
      ['transfer-started', 'B', 'C'],
      ['transfer-accepted', 'B', 'C'],
    ];
    const { record } = fold(...ringing, ['transfer-accepted', 'A', 'B'], ...second);
    expect(record.handOver?.from).toBe('B');
  });
});

describe('late and out of order', () => {
  test('an end that comes first is still the end', () => {
    const [ended, ...before] = tell([...answered, ['ended']]).reverse();
    expect(reduceEvents(ended ? [ended] : []).record.phase).toBe('ended');
    expect(reduceEvents([...(ended ? [ended] : []), ...before])).toMatchObject({
      record: { phase: 'ended' },
      startedAt: 1_000,
      endedAt: 5_000,
      facts: { startTime: 1_000, acceptTime: 4_000, endTime: 5_000, state: 'end' },
    });
  });

  test('what happened a day ago or after the end stands in the timeline and moves nothing', () => {
    const known = tell([...answered, ['left', 'A'], ['wrap-up-started', 'A']], { key: '' }).map((line, at) => ({
      ...line,
      key: `k${at}`,
      at: line.at + 86_400_000,
    }));
    const late = tell([
      ['ringing', 'B'],
      ['missed', 'B'],
      ['muted', 'A'],
    ]);
    expect(reduceEvents(known).record).toMatchObject({ phase: 'wrap-up' });
    const { record, facts } = reduceEvents([...known, ...late.slice(0, 2)]);
    expect([record.phase, facts.assignedAgentId, record.timeline.length]).toEqual(['wrap-up', 'A', 8]);

    const ended = tell([...answered, ['ended'], ['hold', 'A'], ['answered', 'B']]);
    expect(reduceEvents(ended).record).toMatchObject({ phase: 'ended', hold: { count: 0 } });
    expect(reduceEvents(ended).record.timeline).toHaveLength(7);
  });

  test('what happened in the same millisecond goes by what can only follow what', () => {
    const lines = tell([['ended'], ['left', 'A'], ['hold', 'A'], ['answered', 'A'], ['ringing', 'A'], ['started']], {
      at: 1_000,
    });
    const kinds = reduceEvents(lines).record.timeline.map(({ kind }) => kind);
    expect(kinds).toEqual(['started', 'ringing', 'answered', 'hold', 'left', 'ended']);
  });
});

describe('who is concerned', () => {
  test('is everybody who is named by id, once', () => {
    const { agents } = fold(...answered, ['monitor-started', 'A', 'S'], ['transfer-started', 'A', 'B']);
    expect(agents).toEqual(['A', 'B', 'S']);
  });

  test('stands by name where anybody has said the name', () => {
    const named = tell([['started'], ['ringing', 'A'], ['answered', 'A']]).map((line) =>
      line.kind === 'answered' ? { ...line, agent: { id: 'A', name: 'Mina' } } : line,
    );
    const { record, facts } = reduceEvents(named);
    expect(record.timeline.map(({ agent }) => agent)).toEqual([undefined, 'Mina', 'Mina']);
    expect(facts.assignedAgentName).toBe('Mina');
  });
});
