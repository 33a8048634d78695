import { expect, test } from 'vitest';
import { findOnlyZone, isTimeZone } from './time-zone.ts';

test('time zone of a country › one zone, several, or unknown › is the only zone or undefined', () => {
  expect(findOnlyZone('JP')).toBe('Asia/Tokyo');
  expect(findOnlyZone('us')).toBeUndefined();
  expect(findOnlyZone('no country')).toBeUndefined();
});

test('time zone of a country › renamed city › has its present name', () => {
  expect(findOnlyZone('VN')).toBe('Asia/Ho_Chi_Minh');
  expect(findOnlyZone('IN')).toBe('Asia/Kolkata');
  expect(isTimeZone('Asia/Ho_Chi_Minh')).toBe(true);
});
