import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesAccountNumber, matchesCaseNumber, toKeypadForm } from './match-numbers.ts';

describe('case number match', () => {
  test.each([
    ['1042', '1042'],
    ['1042', '00001042'],
    ['00001042', '1042'],
    ['1042', 'CS0001042'],
    ['1042', 'CS-1042'],
    ['0001042', 'CS0001042'],
    ['CS1042', 'CS0001042'],
    ['CS-1042', 'CS0001042'],
    ['CS 1042', 'CS-1042'],
    ['CAS-01000', 'CAS-01000-X1Y2Z3'],
    ['01000', 'CAS-01000-X1Y2Z3'],
    ['1000', 'CAS-01000-X1Y2Z3'],
    ['0', '000'],
  ])('%s › matches %s', (keyed, stored) => {
    expect(matchesCaseNumber(keyed, stored)).toBe(true);
  });

  test.each([
    ['1042', '10420'],
    ['1042', '21042'],
    ['1042', '1042-7'],
    ['2026', '2026-1042'],
    ['1042', '2026-1042'],
    ['1042', 'CS21042'],
    ['1042', 'CS1042A'],
    ['1042', 'X1042Y'],
    ['3', 'CAS-01000-X1Y2Z3'],
    ['1', 'CAS-01000-X1Y2Z3'],
    ['CS1042', '1042'],
    ['S1042', 'CS1042'],
    ['INC1042', 'CS1042'],
    ['CAS', 'CAS-01000'],
    ['CAS-0100', 'CAS-01000-X1Y2Z3'],
    ['1042', ''],
    ['-', '-'],
    ['', ''],
  ])('%j › does not match %j', (keyed, stored) => {
    expect(matchesCaseNumber(keyed, stored)).toBe(false);
  });

  test('any number › matches itself with any padding, never the next one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.nat(6),
        fc.constantFrom('', 'CS', 'INC-', '#'),
        (number, zeros, prefix) => {
          const stored = `${prefix}${'0'.repeat(zeros)}${number}`;
          expect(matchesCaseNumber(String(number), stored)).toBe(true);
          expect(matchesCaseNumber(String(number + 1), stored)).toBe(false);
          expect(matchesCaseNumber(`1${number}`, stored)).toBe(false);
        },
      ),
    );
  });
});

test.each([
  ['CS-001042', '1042'],
  ['00001042', '1042'],
  ['CAS-01000-X1Y2Z3', '1000'],
  ['1042', '1042'],
  ['2026-1042', undefined],
  ['X1042Y', undefined],
  ['CASE', undefined],
  ['', undefined],
])('keypad form › %j › is %j', (stored, keyed) => {
  expect(toKeypadForm(stored)).toBe(keyed);
});

test('account number match › numbers that differ in padding alone › are equal', () => {
  expect(matchesAccountNumber('778812', '0778812')).toBe(true);
  expect(matchesAccountNumber('ACC-77', 'ACC77')).toBe(true);
  expect(matchesAccountNumber('778812', 'ACC778812')).toBe(false);
  expect(matchesAccountNumber('778812', '778812-1')).toBe(false);
  expect(matchesAccountNumber('', '')).toBe(false);
});
