import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listNumberKeys, matchesAccountNumber, matchesCaseNumber, toNumberKey } from './match-numbers.ts';

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
  ['case', 'CS-001042', ['CS 1042', '1042']],
  ['case', '00001042', ['1042']],
  ['case', 'CAS-01000-X1Y2Z3', ['CAS 1000', 'CAS 1000 X 1 Y 2 Z 3', '1000', '1000 X 1 Y 2 Z 3']],
  ['case', '2026-1042', ['2026 1042']],
  ['case', '497955-AIS', ['497955 AIS', '497955']],
  ['case', 'CASE', ['CASE']],
  ['case', '', []],
  ['account', 'NW-000801', ['NW 801', '801']],
  ['account', '778812-1', ['778812 1']],
] as const)('number keys › of %s %j › are %j', (kind, stored, keys) => {
  expect(listNumberKeys(kind, stored).toSorted()).toEqual(keys.toSorted());
});

test('number keys › of any two numbers › share one exactly where the numbers match', () => {
  const part = fc.oneof(fc.constantFrom('CS', 'A', '-', ' ', '–', '0', '00'), fc.nat(12).map(String));
  const number = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  const matches = { case: matchesCaseNumber, account: matchesAccountNumber };
  fc.assert(
    fc.property(fc.constantFrom('case' as const, 'account' as const), number, number, (kind, spoken, stored) => {
      const isFound = listNumberKeys(kind, stored).includes(toNumberKey(spoken));
      expect(isFound).toBe(matches[kind](spoken, stored));
    }),
  );
});

test('account number match › numbers that differ in padding, separators or a prefix alone › are equal', () => {
  expect(matchesAccountNumber('778812', '0778812')).toBe(true);
  expect(matchesAccountNumber('ACC-77', 'ACC77')).toBe(true);
  expect(matchesAccountNumber('NW–801', 'NW000801')).toBe(true);
  expect(matchesAccountNumber('778812', 'ACC778812')).toBe(true);
  expect(matchesAccountNumber('ACC778812', '778812')).toBe(false);
  expect(matchesAccountNumber('778812', 'ACC778812X')).toBe(false);
  expect(matchesAccountNumber('778812', '778812-1')).toBe(false);
  expect(matchesAccountNumber('', '')).toBe(false);
});
