import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createRateLimits } from './rate-limits.ts';

let now: number;
beforeEach(() => {
  now = 1_000_000;
});
const clock = () => now;

/** The wait of an admitted turn, in ms; undefined if it is not admitted. */
const take = (limits: ReturnType<typeof createRateLimits>, names = ['default']) => {
  const turn = limits.admit(names);
  return turn.kind === 'admitted' ? turn.waitMs : undefined;
};

/** The times of the admitted turns, each requested the given ms after the one before. */
const takeAfter = (limits: ReturnType<typeof createRateLimits>, gaps: number[]) =>
  gaps.flatMap((gap) => {
    now += gap;
    const waitMs = take(limits);
    return waitMs === undefined ? [] : [now + waitMs];
  });

describe('rate limit', () => {
  test('burst used up › one request at a time', () => {
    const limits = createRateLimits({ default: { perSecond: 2, burst: 3 } }, clock);
    expect(Array.from({ length: 8 }, () => take(limits))).toEqual([0, 0, 0, 500, 1_000, 1_500, 2_000, undefined]);
    expect(limits.admit(['default'])).toEqual({ kind: 'rejected', retryAt: now + 2_500 });
  });

  test('idle › refills up to its burst', () => {
    const limits = createRateLimits({ default: { perSecond: 1, burst: 2 } }, clock);
    expect([take(limits), take(limits)]).toEqual([0, 0]);
    now += 60_000;
    expect([take(limits), take(limits), take(limits)]).toEqual([0, 0, 1_000]);
  });

  test('several limits › a turn in all or in none', () => {
    const limits = createRateLimits(
      { default: { perSecond: 100, burst: 2 }, search: { perSecond: 0.1, burst: 1 } },
      clock,
    );
    expect(take(limits, ['default', 'search'])).toBe(0);
    expect(take(limits, ['default', 'search'])).toBeUndefined();
    expect([take(limits), take(limits)]).toEqual([0, 10]);
  });

  test('turn waits for one limit › counts in the others when it comes', () => {
    const limits = createRateLimits(
      { default: { perSecond: 10, burst: 1 }, search: { perSecond: 1, burst: 1 } },
      clock,
    );
    expect([take(limits, ['default', 'search']), take(limits, ['default', 'search'])]).toEqual([0, 1_000]);
    now += 1_000;
    expect(take(limits)).toBe(100);
  });

  test('vendor’s pause › nothing before its time, then at most the burst', () => {
    const limits = createRateLimits({ default: { perSecond: 1, burst: 1 }, search: { perSecond: 1, burst: 1 } }, clock);
    limits.pauseUntil('search', now + 5_000);
    limits.pauseUntil('search', now + 3_000);
    expect(limits.admit(['default', 'search'])).toEqual({ kind: 'rejected', retryAt: now + 5_000 });
    expect(take(limits)).toBe(0);
    now += 5_000;
    expect([take(limits, ['search']), take(limits, ['search'])]).toEqual([0, 1_000]);
  });

  test('window › its requests at once, then the next when the first leaves it', () => {
    const limits = createRateLimits({ default: { max: 3, windowMs: 1_000 } }, clock);
    expect([take(limits), take(limits)]).toEqual([0, 0]);
    now += 400;
    expect([take(limits), take(limits), take(limits), take(limits)]).toEqual([0, 600, 600, 1_000]);
  });

  test('optional request › only with room for another one, never waits', () => {
    const rates = { default: { perSecond: 1, burst: 100 }, search: { max: 3, windowMs: 1_000 } };
    const limits = createRateLimits(rates, clock);
    const admit = () => limits.admit(['default', 'search'], { isOptional: true });
    expect([admit().kind, admit().kind]).toEqual(['admitted', 'admitted']);
    expect(admit().kind).toBe('rejected');
    expect(take(limits, ['default', 'search'])).toBe(0);
    now += 1_000;
    expect(admit()).toEqual({ kind: 'admitted', waitMs: 0 });
  });

  test('optional request after the vendor’s pause › not for a minute', () => {
    const limits = createRateLimits({ search: { max: 3, windowMs: 1_000 } }, clock);
    limits.pauseUntil('search', now + 1_000);
    now += 1_000;
    expect(take(limits, ['search'])).toBe(0);
    now += 59_999;
    expect(limits.admit(['search'], { isOptional: true }).kind).toBe('rejected');
    now += 1;
    expect(limits.admit(['search'], { isOptional: true }).kind).toBe('admitted');
  });

  test('name without a rate › can be paused, others go on', () => {
    const limits = createRateLimits({ default: { perSecond: 100, burst: 10 } }, clock);
    limits.pauseUntil('write', now + 5_000);
    expect(limits.admit(['default', 'write'])).toEqual({ kind: 'rejected', retryAt: now + 5_000 });
    expect(take(limits, ['default', 'read'])).toBe(0);
    now += 5_000;
    expect(take(limits, ['default', 'write'])).toBe(0);
  });

  test('unknown name › no limit', () => {
    expect(take(createRateLimits({}, clock))).toBe(0);
  });

  test('any sequence › never more than the window allows', () => {
    fc.assert(
      fc.property(
        fc.record({ max: fc.integer({ min: 1, max: 9 }), windowMs: fc.integer({ min: 1, max: 2_000 }) }),
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 100 }),
        (rate, gaps) => {
          const limits = createRateLimits({ default: rate }, clock);
          const turns = takeAfter(limits, gaps);
          turns.slice(rate.max).forEach((turn, index) => {
            expect(turn - (turns[index] ?? 0)).toBeGreaterThanOrEqual(rate.windowMs);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  test('any sequence › never more than burst and rate', () => {
    fc.assert(
      fc.property(
        fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 20 }) }),
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 200 }),
        (rate, gaps) => {
          const limits = createRateLimits({ default: rate }, clock);
          const turns = takeAfter(limits, gaps);
          turns.forEach((from, index) => {
            turns.slice(index).forEach((until, more) => {
              expect(more + 1).toBeLessThanOrEqual(rate.burst + ((until - from + 2) * rate.perSecond) / 1_000);
            });
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});
