import { expect, test } from 'vitest';
import { readRetryAt } from './retry-after.ts';

const now = Date.UTC(2026, 10, 25, 9, 0, 0);

test.each<[string, string | undefined, number]>([
  ['seconds', '30', 30],
  ['seconds with a fraction', '1.5', 1.5],
  ['a date', 'Wed, 25 Nov 2026 09:02:00 GMT', 120],
  ['nothing', undefined, 10],
  ['an empty text', '', 10],
  ['nonsense', 'later', 10],
  ['a negative number', '-5', 10],
  ['a date without a day', '2026-11-25', 10],
  ['zero', '0', 1],
  ['the past', 'Wed, 25 Nov 2020 09:02:00 GMT', 1],
  ['a week', '604800', 600],
  ['a number beyond all bounds', '9'.repeat(400), 600],
  ['the end of time', 'Wed, 25 Nov 9999 09:02:00 GMT', 600],
])('Retry-After with %s (%s) is %d s', (_name, value, seconds) => {
  const headers = new Headers(value === undefined ? {} : { 'retry-after': value });
  expect(readRetryAt(headers, now)).toBe(now + seconds * 1_000);
});
