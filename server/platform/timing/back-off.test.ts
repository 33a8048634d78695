import { describe, expect, it } from 'vitest';
import { createBackOff, scheduledDelay } from './back-off.ts';

const takeDelays = (count: number, parts: Parameters<typeof createBackOff>[0]) => {
  const backOff = createBackOff(parts);
  return Array.from({ length: count }, () => backOff.next());
};

describe('back-off', () => {
  it('without jitter › doubles up to its maximum', () => {
    expect(takeDelays(6, { firstMs: 250, maxMs: 5_000, jitter: 0 })).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000]);
  });

  it('full jitter › lies between 0 and the doubled delay', () => {
    expect(takeDelays(3, { firstMs: 100, maxMs: 1_000, random: () => 0 })).toEqual([0, 0, 0]);
    expect(takeDelays(3, { firstMs: 100, maxMs: 1_000, random: () => 0.5 })).toEqual([50, 100, 200]);
  });

  it('half jitter › never falls below half of the doubled delay', () => {
    expect(takeDelays(2, { firstMs: 100, maxMs: 1_000, jitter: 0.5, random: () => 0 })).toEqual([50, 100]);
  });

  it('reset › starts from the first delay again', () => {
    const backOff = createBackOff({ firstMs: 100, maxMs: 1_000, jitter: 0 });
    backOff.next();
    backOff.next();
    backOff.reset();
    expect(backOff.next()).toBe(100);
  });

  it('ten thousand failures › stays at its maximum', () => {
    expect(takeDelays(10_000, { firstMs: 1, maxMs: 60_000, jitter: 0 }).at(-1)).toBe(60_000);
  });
});

describe('scheduled delay', () => {
  const delays = [10_000, 20_000];

  it('each try › takes the next delay, spread by ± 10 %', () => {
    expect(scheduledDelay(delays, 1, { random: () => 0 })).toBe(9_000);
    expect(scheduledDelay(delays, 1, { random: () => 0.5 })).toBe(10_000);
    expect(scheduledDelay(delays, 2, { random: () => 1 })).toBeCloseTo(22_000);
  });

  it('more tries than delays › is undefined', () => {
    expect(scheduledDelay(delays, 3)).toBeUndefined();
  });
});
