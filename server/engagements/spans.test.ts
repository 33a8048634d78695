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
    ['is none at first', [], { count: 0, totalMs: 0, since: null }],
    [
      'is from hold to unhold',
      [
        [1, 'hold', 'A'],
        [4, 'unhold', 'A'],
      ],
      { count: 1, totalMs: 3_000, since: null },
    ],
    ['lasts while it is not taken off', [[1, 'hold', 'A']], { count: 1, totalMs: 0, since: 1_000 }],
    [
      'counts a second hold within one as one',
      [
        [1, 'hold', 'A'],
        [2, 'hold', 'A'],
        [4, 'unhold', 'A'],
      ],
      { count: 1, totalMs: 3_000, since: null },
    ],
    ['counts an unhold alone as nothing', [[4, 'unhold', 'A']], { count: 0, totalMs: 0, since: null }],
    [
      'ends when that agent leaves',
      [
        [1, 'hold', 'A'],
        [3, 'left', 'A'],
      ],
      { count: 1, totalMs: 2_000, since: null },
    ],
    [
      'lasts when another leaves',
      [
        [1, 'hold', 'A'],
        [3, 'left', 'B'],
      ],
      { count: 1, totalMs: 0, since: 1_000 },
    ],
    [
      'ends with the engagement',
      [
        [1, 'hold', 'A'],
        [6, 'ended'],
      ],
      { count: 1, totalMs: 5_000, since: null },
    ],
    [
      'begins no more after leaving',
      [
        [1, 'left', 'A'],
        [2, 'hold', 'A'],
      ],
      { count: 0, totalMs: 0, since: null },
    ],
    [
      'of two agents at once is not twice as long',
      [
        [1, 'hold', 'A'],
        [2, 'hold', 'B'],
        [4, 'unhold', 'A'],
        [6, 'unhold', 'B'],
      ],
      { count: 2, totalMs: 5_000, since: null },
    ],
    [
      'of nobody named is the one’s who has it',
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

  test('is not that on mute', () => {
    const { hold, mute } = fold([1, 'muted', 'A'], [2, 'hold', 'A'], [3, 'unmuted', 'A'], [6, 'unhold', 'A']);
    expect(mute).toEqual({ count: 1, totalMs: 2_000, since: null });
    expect(hold).toEqual({ count: 1, totalMs: 4_000, since: null });
  });
});
