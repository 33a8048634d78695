import { expect, test } from 'vitest';
import { readRetryAt } from './retry-after.ts';

const now = Date.UTC(2026, 10, 25, 9, 0, 0);

test.each<[string, Record<string, string>, number]>([
  ['seconds', { 'retry-after': '30' }, 30],
  ['a date by HTTP', { 'retry-after': 'Wed, 25 Nov 2026 09:02:00 GMT' }, 120],
  ['an ISO 8601 time, as on the daily limit', { 'retry-after': '2026-11-25T10:00:00Z' }, 3_600],
  ['the reset in seconds since 1970', { 'x-ratelimit-reset': String(now / 1_000 + 5) }, 5],
  ['the reset in milliseconds', { 'x-ratelimit-reset': String(now + 7_000) }, 7],
  ['both: Retry-After', { 'retry-after': '30', 'x-ratelimit-reset': String(now / 1_000 + 5) }, 30],
  ['nonsense beside a reset', { 'retry-after': 'later', 'x-ratelimit-reset': String(now / 1_000 + 5) }, 5],
  ['nothing: a second', {}, 1],
  ['nonsense: a second', { 'retry-after': 'later' }, 1],
  ['the past: a second', { 'retry-after': '2020-01-01T00:00:00Z' }, 1],
  ['zero: a second', { 'retry-after': '0' }, 1],
  ['a century: a day', { 'retry-after': '999999999' }, 86_400],
])('after a 429, %s', (_name, headers, seconds) => {
  expect(readRetryAt(new Headers(headers), now)).toBe(now + seconds * 1_000);
});
