import { describe, expect, it } from 'vitest';
import { readRetryAt } from './retry-after.ts';

const now = Date.UTC(2026, 10, 25, 9, 0, 0);
const minute = 60_000;
const limits = { minMs: 1_000, maxMs: 10 * minute, defaultMs: 10_000 };
const dayLimits = { minMs: 1_000, maxMs: 24 * 60 * minute, defaultMs: 1_000 };

const secondsOf = (headers: Record<string, string>, bounds = limits) =>
  (readRetryAt(new Headers(headers), now, bounds) - now) / 1_000;

describe('retry-after', () => {
  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '30' }, 30],
    ['seconds with a fraction', { 'retry-after': '1.5' }, 1.5],
    ['an HTTP date', { 'retry-after': 'Wed, 25 Nov 2026 09:02:00 GMT' }, 120],
    ['an ISO 8601 time', { 'retry-after': '2026-11-25T09:05:00Z' }, 300],
    ['a reset in seconds since 1970', { 'x-ratelimit-reset': String(now / 1_000 + 5) }, 5],
    ['a reset in milliseconds', { 'x-ratelimit-reset': String(now + 7_000) }, 7],
    ['both headers', { 'retry-after': '30', 'x-ratelimit-reset': String(now / 1_000 + 5) }, 30],
    ['nonsense beside a reset', { 'retry-after': 'later', 'x-ratelimit-reset': String(now / 1_000 + 5) }, 5],
    ['no header', {}, 10],
    ['an empty text', { 'retry-after': '' }, 10],
    ['nonsense', { 'retry-after': 'later' }, 10],
    ['a negative number', { 'retry-after': '-5' }, 10],
    ['a day without a time', { 'retry-after': '2026-11-25' }, 10],
    ['zero', { 'retry-after': '0' }, 1],
    ['a date in the past', { 'retry-after': 'Wed, 25 Nov 2020 09:02:00 GMT' }, 1],
    ['a week', { 'retry-after': '604800' }, 600],
    ['a number beyond all bounds', { 'retry-after': '9'.repeat(400) }, 600],
    ['the year 9999', { 'retry-after': 'Wed, 25 Nov 9999 09:02:00 GMT' }, 600],
  ])('%s › %o is %d s', (_name, headers, seconds) => {
    expect(secondsOf(headers)).toBe(seconds);
  });

  it('other limits › bound the same headers', () => {
    expect(secondsOf({ 'retry-after': '2026-11-25T10:00:00Z' }, dayLimits)).toBe(3_600);
    expect(secondsOf({ 'retry-after': '999999999' }, dayLimits)).toBe(86_400);
    expect(secondsOf({}, dayLimits)).toBe(1);
  });
});
