// @vitest-environment happy-dom

import { expect, test } from 'vitest';
import { formatAge, formatDuration, formatRelative, formatTime } from './format.ts';

const noon = Date.UTC(2026, 10, 20, 12);

test('duration › over an hour or negative › 1:04:12 or 00:00', () => {
  expect(formatDuration(252_000)).toBe('04:12');
  expect(formatDuration(3_852_000)).toBe('1:04:12');
  expect(formatDuration(-5)).toBe('00:00');
});

test('age › seconds to days › one narrow unit', () => {
  expect([8_000, 200_000, 7_300_000, 200_000_000].map((age) => formatAge(noon - age, noon))).toEqual([
    '8s',
    '3m',
    '2h',
    '2d',
  ]);
  expect(formatAge(noon + 5_000, noon)).toBe('0s');
});

test('relative time › under an hour, after › relative, date', () => {
  expect(formatRelative(noon - 5 * 60_000, noon)).toBe('5 min. ago');
  expect(formatRelative(Date.UTC(2026, 9, 2, 12), noon)).toMatch(/Oct 2|2 Oct/);
  expect(formatRelative(Date.UTC(2024, 9, 2, 12), noon)).toMatch(/2024/);
});

test('local time › known and unknown zone › time, null', () => {
  expect(formatTime(noon, 'Asia/Ho_Chi_Minh')).toBe('19:00');
  expect(formatTime(noon, 'Mars/Olympus')).toBeNull();
});
