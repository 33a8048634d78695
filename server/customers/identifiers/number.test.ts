import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeCaseNumber } from './number.ts';

describe('case number', () => {
  test.each([
    ['CS-1042', 'CS-1042'],
    [' #cs-1042 ', 'CS-1042'],
    ['cs  1042', 'CS 1042'],
    ['ＣＳ－1042', 'CS-1042'],
    ['\u200ecs-1042\u0000', 'CS-1042'],
    ['', null],
    ['#', null],
    ['\u200b', null],
    ['--', null],
    ['a'.repeat(65), null],
    ['1'.repeat(100_000), null],
  ])('text %# › is normalized or rejected', (raw, expected) => {
    expect(normalizeCaseNumber(raw)).toBe(expected);
  });

  test('any text › never throws, and a result normalizes to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const number = normalizeCaseNumber(raw);
        if (number !== null) expect(normalizeCaseNumber(number)).toBe(number);
      }),
    );
  });
});

describe('number in a spreadsheet', () => {
  test.each([
    ['778812.0', '778812'],
    ['778,812', '778812'],
    ['7.78812E+05', '778812'],
    ['="00778812"', '00778812'],
    ["'00778812", '00778812'],
    // Digits are lost.
    ['7.78E+11', null],
    ['1E+05', null],
    // Numbers of their own.
    ['1E5', '1E5'],
    ['1042.5', '1042.5'],
    ['1.042', '1.042'],
    ['CS-1042.0', 'CS-1042.0'],
    ['CS–2042', 'CS-2042'],
    ['١٠٤٢', '1042'],
  ])('%s › is %s', (raw, expected) => {
    expect(normalizeCaseNumber(raw)).toBe(expected);
  });
});
