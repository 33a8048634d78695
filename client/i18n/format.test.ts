// @vitest-environment happy-dom

import { expect, test } from 'vitest';
import { cityOf, formatAge, formatDuration, formatRelative, formatTime } from './format.ts';

const noon = Date.UTC(2026, 10, 20, 12);

test('the clock runs on past an hour and never below zero', () => {
  expect(formatDuration(252_000)).toBe('04:12');
  expect(formatDuration(3_852_000)).toBe('1:04:12');
  expect(formatDuration(-5)).toBe('00:00');
});

test('ages are one narrow unit', () => {
  expect([8_000, 200_000, 7_300_000, 200_000_000].map((age) => formatAge(noon - age, noon))).toEqual([
    '8s',
    '3m',
    '2h',
    '2d',
  ]);
  expect(formatAge(noon + 5_000, noon)).toBe('0s');
});

test('times are relative under an hour and dates after', () => {
  expect(formatRelative(noon - 5 * 60_000, noon)).toBe('5 min. ago');
  expect(formatRelative(Date.UTC(2026, 9, 2, 12), noon)).toMatch(/Oct 2|2 Oct/);
  expect(formatRelative(Date.UTC(2024, 9, 2, 12), noon)).toMatch(/2024/);
});

test('local time is told in the customer’s zone, and an unknown zone gives none', () => {
  expect(formatTime(noon, 'Asia/Ho_Chi_Minh')).toBe('19:00');
  expect(formatTime(noon, 'Mars/Olympus')).toBeNull();
  expect(cityOf('Asia/Ho_Chi_Minh')).toBe('Ho Chi Minh');
});
