import { describe, expect, test } from 'vitest';
import type { EngagementEvent } from '../events.ts';
import { reduceEvents } from './reduce-events.ts';

type Line = [at: number, kind: EngagementEvent['kind'], agent?: string];

const fold = (...lines: Line[]) => {
  const answered: Line[] = [
    [0, 'answered', 'A'],
    [0, 'answered', 'B'],
  ];
  const events = [...answered, ...lines].map(
    ([at, kind, agent], index): EngagementEvent => ({
      engagementId: 'E-1',
      key: `${index}`,
      at: at * 1_000,
      origin: 'webhook',
      kind,
      facts: {},
      ...(agent && { agent: { id: agent } }),
    }),
  );
  return reduceEvents(events).record;
};

describe('time on hold', () => {
  test.each<[string, Line[], { count: number; totalMs: number; since: number | null }]>([
    ['no events › none', [], { count: 0, totalMs: 0, since: null }],
    [
      'hold and unhold › the time between',
      [
        [1, 'hold', 'A'],
        [4, 'unhold', 'A'],
      ],
      { count: 1, totalMs: 3_000, since: null },
    ],
    ['hold without unhold › lasts', [[1, 'hold', 'A']], { count: 1, totalMs: 0, since: 1_000 }],
    [
      'second hold within a hold › counts once',
      [
        [1, 'hold', 'A'],
        [2, 'hold', 'A'],
        [4, 'unhold', 'A'],
      ],
      { count: 1, totalMs: 3_000, since: null },
    ],
    ['unhold without hold › is ignored', [[4, 'unhold', 'A']], { count: 0, totalMs: 0, since: null }],
    [
      'agent leaves › ends',
      [
        [1, 'hold', 'A'],
        [3, 'left', 'A'],
      ],
      { count: 1, totalMs: 2_000, since: null },
    ],
    [
      'another agent leaves › lasts',
      [
        [1, 'hold', 'A'],
        [3, 'left', 'B'],
      ],
      { count: 1, totalMs: 0, since: 1_000 },
    ],
    [
      'engagement ends › ends',
      [
        [1, 'hold', 'A'],
        [6, 'ended'],
      ],
      { count: 1, totalMs: 5_000, since: null },
    ],
    [
      'hold after leaving › is ignored',
      [
        [1, 'left', 'A'],
        [2, 'hold', 'A'],
      ],
      { count: 0, totalMs: 0, since: null },
    ],
    [
      'two agents at once › overlap counts once',
      [
        [1, 'hold', 'A'],
        [2, 'hold', 'B'],
        [4, 'unhold', 'A'],
        [6, 'unhold', 'B'],
      ],
      { count: 2, totalMs: 5_000, since: null },
    ],
    [
      'unnamed agent › counts for the assigned one',
      [
        [1, 'hold'],
        [4, 'unhold'],
      ],
      { count: 1, totalMs: 3_000, since: null },
    ],
  ])('%s', (_, lines, hold) => {
    expect(fold(...lines).hold).toEqual(hold);
    expect(fold(...lines.toReversed()).hold).toEqual(hold);
  });

  test('mute › does not count', () => {
    const { hold, mute } = fold([1, 'muted', 'A'], [2, 'hold', 'A'], [3, 'unmuted', 'A'], [6, 'unhold', 'A']);
    expect(mute).toEqual({ count: 1, totalMs: 2_000, since: null });
    expect(hold).toEqual({ count: 1, totalMs: 4_000, since: null });
  });
});
