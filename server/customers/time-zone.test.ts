import { expect, test } from 'vitest';
import { findOnlyZone, isTimeZone } from './time-zone.ts';

test('a country with one zone has it, and one with several has none', () => {
  expect(findOnlyZone('JP')).toBe('Asia/Tokyo');
  expect(findOnlyZone('us')).toBeUndefined();
  expect(findOnlyZone('no country')).toBeUndefined();
});

test('a city that was renamed is called as it is called today', () => {
  expect(findOnlyZone('VN')).toBe('Asia/Ho_Chi_Minh');
  expect(findOnlyZone('IN')).toBe('Asia/Kolkata');
  expect(isTimeZone('Asia/Ho_Chi_Minh')).toBe(true);
});
