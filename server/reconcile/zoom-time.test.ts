import { expect, test } from 'vitest';
import { readZoomTime, toZoomTime } from './zoom-time.ts';

test('Zoom time › formatted › numeric offset, to the second, no Z', () => {
  expect(toZoomTime(Date.UTC(2026, 10, 25, 9, 8, 7, 654))).toBe('2026-11-25T09:08:07+00:00');
});

test.each([
  ['2026-11-25T09:08:07Z', Date.UTC(2026, 10, 25, 9, 8, 7)],
  ['2026-11-25T09:08:07.5z', Date.UTC(2026, 10, 25, 9, 8, 7, 500)],
  ['2026-11-25T09:08:07+02:00', Date.UTC(2026, 10, 25, 7, 8, 7)],
  ['2026-11-25T09:08:07-0130', Date.UTC(2026, 10, 25, 10, 38, 7)],
  ['2026-11-25T09:08:07', Date.UTC(2026, 10, 25, 9, 8, 7)],
  ['2026-11-25', undefined],
  ['2026-13-45T09:08:07Z', undefined],
  ['1999-11-25T09:08:07Z', undefined],
  ['soon', undefined],
  [1_790_000_000_000, undefined],
  [null, undefined],
])('Zoom time › parse %s › UTC unless a zone is given', (value, ms) => expect(readZoomTime(value)).toBe(ms));
