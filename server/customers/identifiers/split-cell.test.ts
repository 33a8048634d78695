import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePhone } from './phone.ts';
import { splitEmails, splitPhones } from './split-cell.ts';

describe('cell of a file', () => {
  test.each([
    ['', undefined, []],
    ['415 555 0101', 'US', ['415 555 0101']],
    ['415 555 0101; 415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['415 555 0101|415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['415 555 0101\r\n415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['+14155550101 or +14155550102 & +442079460001', undefined, ['+14155550101', '+14155550102', '+442079460001']],
    ['415 555 0101,415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['38 22 00 00/38 22 00 01', 'DK', ['38 22 00 00', '38 22 00 01']],
    ['089 1234567 / 089 1234568', 'DE', ['089 1234567', '089 1234568']],
    ['+14155550101,+14155550102; +14155550103', undefined, ['+14155550101', '+14155550102', '+14155550103']],
    ['call evenings, 415 555 0101', 'US', ['call evenings', '415 555 0101']],
    ['evenings; 030/1234567', 'DE', ['evenings', '030/1234567']],
    // One number, however it is written.
    ['030/1234567', 'DE', ['030/1234567']],
    ['030 / 1234567', 'DE', ['030 / 1234567']],
    ['415 555 0101,,12#', 'US', ['415 555 0101,,12#']],
    ['415 555 0101;ext=12', 'US', ['415 555 0101;ext=12']],
    // No number at all: stays whole, for the report.
    ['ask, or look / it up', 'US', ['ask, or look / it up']],
    [';'.repeat(100_000), 'US', [';'.repeat(100_000)]],
  ])('cell %# › is split into its numbers as written', (cell, country, expected) => {
    expect(splitPhones(cell, country)).toEqual(expected);
  });

  test.each([',', ';', ' / ', '\n', ' or ', '/'])(
    'hundreds of numbers separated by %j › is split without backtracking',
    (separator) => {
      const cell = `12345678${separator}`.repeat(400).slice(0, 2_000);
      splitPhones(cell, 'US');
      const before = process.cpuUsage();
      for (let count = 0; count < 100; count++) splitPhones(cell, 'US');
      const { user, system } = process.cpuUsage(before);
      // µs of this process; some 20,000. Reading each number takes some 4,000,000.
      expect(user + system).toBeLessThan(1_500_000);
      expect(splitPhones(cell, 'US')).toEqual([cell.trim()]);
      expect(splitPhones(Array(20).fill('415 555 0101').join(separator), 'US')).toHaveLength(20);
    },
  );
});

describe('cell of several phones', () => {
  test.each([
    ['202-555-0162 ::: 202-555-0172', 'US', ['202-555-0162', '202-555-0172']],
    ['202-555-0166 home / 202-555-0176 cell', 'US', ['202-555-0166 home', '202-555-0176 cell']],
    ['Home 202-555-0166, cell 202-555-0176', 'US', ['Home 202-555-0166', 'cell 202-555-0176']],
    ['202-555-0162 - 202-555-0172', 'US', ['202-555-0162', '202-555-0172']],
    ['202-555-0162 – 202-555-0172', 'US', ['202-555-0162', '202-555-0172']],
    ['0912345678-0987654321', 'VN', ['0912345678', '0987654321']],
    ['202-555-0162 // 202-555-0172', 'US', ['202-555-0162', '202-555-0172']],
    ['2025550162 2025550172', 'US', ['2025550162', '2025550172']],
    ['+1 202 555 0162 +1 202 555 0172', undefined, ['+1 202 555 0162', '+1 202 555 0172']],
    ['202-555-0162；202-555-0172', 'US', ['202-555-0162', '202-555-0172']],
    ['0912 345 678 hoặc 0987 654 321', 'VN', ['0912 345 678', '0987 654 321']],
    // One number.
    ['089/234567-10', 'DE', ['089/234567-10']],
    ['089 234567 - 10', 'DE', ['089 234567 - 10']],
    ['84,912,345,674', 'VN', ['84,912,345,674']],
    ['202-555-0162 ext. 12', 'US', ['202-555-0162 ext. 12']],
  ])('%s in %s › is split into its numbers', (cell, country, expected) => {
    expect(splitPhones(cell, country)).toEqual(expected);
  });

  test('any cell › every piece is a part of it, in order', () => {
    const part = fc.constantFrom(
      '202-555-0162',
      '+442079460001',
      '(202) 555-0107 x12',
      'home',
      '030/1234567',
      '12',
      'Ann',
    );
    const separator = fc.constantFrom(' ::: ', ';', ' / ', '/', ', ', ' - ', '-', ' ', '\n', ' or ', ' + ', '.0 ');
    fc.assert(
      fc.property(fc.array(fc.tuple(part, separator), { minLength: 1, maxLength: 4 }), (parts) => {
        const cell = parts.flat().join('');
        let from = 0;
        for (const piece of splitPhones(cell, 'US')) {
          const at = cell.indexOf(piece, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + piece.length;
        }
      }),
    );
  });

  test('any two whole numbers with a separator › are both found, and no third', () => {
    const number = fc.integer({ min: 2_000_000_000, max: 2_999_999_999 }).map((digits) => `+1${digits}`);
    const separator = fc.constantFrom(' ::: ', ';', ' / ', ', ', ' - ', ' ', '\n', ' or ');
    fc.assert(
      fc.property(number, number, separator, (one, other, between) => {
        if (parsePhone(one).kind !== 'phone' || parsePhone(other).kind !== 'phone') return;
        expect(splitPhones(one + between + other, undefined)).toEqual([one, other]);
      }),
    );
  });
});

describe('cell of several e-mails', () => {
  test.each([
    ['', []],
    ['one@x.example', ['one@x.example']],
    ['one@x.example ::: two@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example; two@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example,two@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example/two@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example / two@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example two@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example\ntwo@y.example', ['one@x.example', 'two@y.example']],
    ['one@x.example or two@y.example', ['one@x.example', 'two@y.example']],
    ['home: one@x.example, work: two@y.example', ['home: one@x.example', 'work: two@y.example']],
    ['"Lee, Ann" <one@x.example>; two@y.example', ['"Lee, Ann" <one@x.example>', 'two@y.example']],
    ['Lee, Ann <one@x.example>, Bo <two@y.example>', ['Lee, Ann <one@x.example>', 'Bo <two@y.example>']],
    ['a/b@x.example', ['a/b@x.example']],
    ['ask, or look / it up', ['ask, or look / it up']],
    [';'.repeat(100_000), [';'.repeat(100_000)]],
  ])('%j › is split into its addresses', (cell, expected) => {
    expect(splitEmails(cell)).toEqual(expected);
  });
});
