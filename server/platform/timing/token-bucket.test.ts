import { describe, expect, it } from 'vitest';
import { createTokenBucket, createTokenBuckets } from './token-bucket.ts';

const now = 1_790_000_000_000;

describe('token bucket', () => {
  it('burst and more › takes the burst at once, then one each interval', () => {
    const bucket = createTokenBucket({ perSecond: 1, burst: 3 });
    const takenAt = (ms: number) => bucket.tryTake(now + ms);
    expect([takenAt(0), takenAt(0), takenAt(0), takenAt(0)]).toEqual([true, true, true, false]);
    expect([takenAt(999), takenAt(1_000), takenAt(1_000)]).toEqual([false, true, false]);
  });

  it('a long pause › refills to the burst and not beyond it', () => {
    const bucket = createTokenBucket({ perSecond: 1, burst: 2 });
    const later = now + 3_600_000;
    expect([bucket.tryTake(later), bucket.tryTake(later), bucket.tryTake(later)]).toEqual([true, true, false]);
  });

  it('a request that costs ten › takes ten or nothing', () => {
    const bucket = createTokenBucket({ perSecond: 1, burst: 12 });
    expect(bucket.tryTake(now, 10)).toBe(true);
    expect(bucket.tryTake(now, 10)).toBe(false);
    expect([bucket.tryTake(now), bucket.tryTake(now), bucket.tryTake(now)]).toEqual([true, true, false]);
    expect(bucket.tryTake(now + 9_999, 10)).toBe(false);
    expect(bucket.tryTake(now + 10_000, 10)).toBe(true);
  });

  it('a cost above the burst › is refused even after a long pause', () => {
    expect(createTokenBucket({ perSecond: 1, burst: 3 }).tryTake(now, 4)).toBe(false);
  });

  it('reserve without a burst › spreads requests evenly in their order', () => {
    const bucket = createTokenBucket({ perSecond: 4, burst: 1 });
    expect([bucket.reserve(now), bucket.reserve(now), bucket.reserve(now)]).toEqual([0, 250, 500]);
    expect(bucket.reserve(now + 10_000)).toBe(0);
  });

  it('readyAt › takes nothing; take at a later time makes others wait for it', () => {
    const bucket = createTokenBucket({ perSecond: 2, burst: 1 });
    expect(bucket.readyAt()).toBeLessThanOrEqual(now);
    bucket.take(now + 1_000);
    expect(bucket.readyAt()).toBe(now + 1_500);
  });
});

describe('token buckets', () => {
  it('two keys › have a bucket each', () => {
    const buckets = createTokenBuckets({ perSecond: 1, burst: 1 });
    expect([buckets.tryTake('a', now), buckets.tryTake('a', now), buckets.tryTake('b', now)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('many keys › forgets full buckets and keeps those in use', () => {
    const buckets = createTokenBuckets({ perSecond: 1, burst: 1 });
    const later = now + 60_000;
    for (let key = 0; key < 998; key += 1) buckets.tryTake(String(key), now);
    buckets.tryTake('in use', later);
    for (let key = 0; key < 1_000; key += 1) buckets.tryTake(`new ${key}`, later);
    expect(buckets.tryTake('in use', later)).toBe(false);
    expect(buckets.tryTake('0', later)).toBe(true);
  });
});
