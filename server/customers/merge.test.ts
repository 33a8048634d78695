import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreeOnName, findCustomer, listDistinct, mergeRecords, type SourcedRecord } from './merge.ts';
import type { IsOwnNumber } from './own-numbers.ts';

type Held = { phones?: string[]; emails?: string[] };

function record(source: string, id: string, name: string, { phones = [], emails = [] }: Held): SourcedRecord {
  const held = (values: string[]) => values.map((value) => ({ raw: value, value }));
  return {
    id: `${source}:${id}`,
    source: { id: source, label: source, fetchedAt: 0 },
    sensitive: [],
    record: {
      id,
      name,
      company: undefined,
      fields: {},
      cases: [],
      interactions: [],
      phones: held(phones),
      emails: held(emails),
    },
  };
}
const landline = { phones: ['+442079460001'] };
const noneIsOwn = () => false;
const groupsOf = (records: SourcedRecord[], isOwnNumber: IsOwnNumber = noneIsOwn) =>
  mergeRecords(records, isOwnNumber).map((one) => one.records.map(({ id }) => id));

describe('names of two records', () => {
  test.each([
    ['Ann Lee', 'ann  LEE'],
    ['Nguyễn Thị Ánh', 'Anh Nguyen Thi'],
    ['Weißflog, Clara', 'Clara Weissflog'],
    ['Ann Lee', 'Ann M. Lee'],
    ['Đạt', 'dat'],
    ['Ayşe Yıldız', 'Ayse Yildiz'],
    ['Guðrún Þórsdóttir', 'Gudrun Thorsdottir'],
  ])('%s and %s › agree', (one, other) => expect(agreeOnName(one, other)).toBe(true));

  test.each([
    ['Ann Lee', 'Bao Lee'],
    ['Ann', 'Ann Lee'],
    ['', ''],
    ['—', '—'],
    ['鈴木 結衣', 'Yui Suzuki'],
  ])('%j and %j › do not agree', (one, other) => expect(agreeOnName(one, other)).toBe(false));
});

describe('merged customer', () => {
  test('same name and number › records are merged', () => {
    const [person] = mergeRecords(
      [record('a', '1', 'Ann Lee', landline), record('b', '2', 'Lee Ann', landline)],
      noneIsOwn,
    );
    expect(person).toMatchObject({ id: 'a:1', mergedBy: ['phone'], records: [{ id: 'a:1' }, { id: 'b:2' }] });
  });

  test('same number, two names › records stay apart', () => {
    expect(groupsOf([record('a', '1', 'Eleanor W', landline), record('b', '2', 'Arthur W', landline)])).toHaveLength(2);
  });

  test('same name, both store the contact center’s number › records stay apart', () => {
    const own: IsOwnNumber = (e164) => e164 === '+442079460001';
    const both = [record('a', '1', 'Ann Lee', landline), record('b', '2', 'Ann Lee', landline)];
    expect(groupsOf(both, own)).toEqual([['a:1'], ['b:2']]);
    const phones = ['+442079460001', '+442079460002'];
    const further = [record('a', '1', 'Ann Lee', { phones }), record('b', '2', 'Ann Lee', { phones })];
    expect(groupsOf(further, own)).toEqual([['a:1', 'b:2']]);
  });

  test('same name, nothing in common › records stay apart', () => {
    expect(groupsOf([record('a', '1', 'Ann Lee', landline), record('b', '2', 'Ann Lee', {})])).toHaveLength(2);
  });

  test('same name and e-mail › records are merged by it', () => {
    const held = { emails: ['ann@northwind.example'] };
    const [person, ...others] = mergeRecords(
      [record('a', '1', 'Ann Lee', held), record('b', '2', 'Ann Lee', held)],
      noneIsOwn,
    );
    expect(others).toEqual([]);
    expect(person?.mergedBy).toEqual(['email']);
  });

  test('same name, both have a number that nobody could read › records stay apart', () => {
    const unread = (one: SourcedRecord) => ({
      ...one,
      record: { ...one.record, phones: [{ raw: 'ask reception', value: null }] },
    });
    expect(groupsOf([unread(record('a', '1', 'Ann Lee', {})), unread(record('b', '2', 'Ann Lee', {}))])).toEqual([
      ['a:1'],
      ['b:2'],
    ]);
  });

  test('no name in either › records stay apart', () => {
    expect(groupsOf([record('a', '1', '', landline), record('b', '2', '', landline)])).toEqual([['a:1'], ['b:2']]);
  });

  test('any of its records › finds the customer; another does not', () => {
    const customers = mergeRecords(
      [record('a', '1', 'Ann Lee', landline), record('b', '2', 'Ann Lee', landline), record('b', '3', 'Bo Orr', {})],
      noneIsOwn,
    );
    expect(findCustomer(customers, 'b:2')?.id).toBe('a:1');
    expect(findCustomer(customers, 'b:3')?.id).toBe('b:3');
    expect(findCustomer(customers, 'b:4')).toBeUndefined();
  });

  test('values of several records › each is listed once, as the last one writes it', () => {
    expect(
      listDistinct([
        { raw: '020 7946 0001', value: '+442079460001' },
        { raw: 'ask reception', value: null },
        { raw: '+44 20 7946 0001', value: '+442079460001' },
        { raw: 'ask reception', value: null },
      ]),
    ).toEqual(['+44 20 7946 0001', 'ask reception']);
  });

  test('one source has two of the name › records stay apart', () => {
    const all = [
      record('a', '1', 'John Smith', landline),
      record('a', '2', 'John Smith', landline),
      record('b', '3', 'John Smith', landline),
    ];
    expect(groupsOf(all)).toEqual([['a:1'], ['a:2'], ['b:3']]);
  });

  test('third record has both numbers › all are merged', () => {
    const all = [
      record('a', '1', 'Ann Lee', landline),
      record('b', '2', 'Ann Lee', { emails: ['ann@x.example'] }),
      record('c', '3', 'Ann Lee', { ...landline, emails: ['ann@x.example'] }),
    ];
    expect(groupsOf(all)).toEqual([['a:1', 'b:2', 'c:3']]);
  });

  test('records in any order › are merged alike, none lost or doubled', () => {
    const held = fc.record({
      source: fc.constantFrom('a', 'b', 'c'),
      name: fc.constantFrom('Ann Lee', 'Bao Tran', 'Ann M Lee'),
      phones: fc.subarray(['+1', '+2', '+3']),
      emails: fc.subarray(['x@x', 'y@y']),
    });
    fc.assert(
      fc.property(fc.array(held, { maxLength: 6 }), fc.nat(), (drawn, turn) => {
        const all = drawn.map(({ source, name, ...values }, index) => record(source, String(index), name, values));
        const turned = [...all.slice(turn % (all.length || 1)), ...all.slice(0, turn % (all.length || 1))];
        const sorted = (groups: string[][]) => groups.map((group) => group.toSorted().join()).toSorted();
        expect(sorted(groupsOf(all))).toEqual(sorted(groupsOf(turned)));
        expect(groupsOf(all).flat().toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      }),
    );
  });
});
