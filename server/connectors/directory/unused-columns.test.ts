import { describe, expect, it } from 'vitest';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { createUnusedColumns } from './unused-columns.ts';

const identifiers: IdentifierReader = {
  parsePhone: (raw) => ({ kind: 'phone', e164: raw, country: undefined }),
  listFormerNumbers: () => [],
  splitEmails: (cell: string) => [cell],
  isFoldedEmail: () => false,
  toMailbox: (email: string) => email,
  splitPhones: (cell) => [cell],
  normalizeEmail: (raw) => (/^\S+@\S+\.\S+$/.test(raw) ? raw : null),
  normalizeCaseNumber: (raw) => raw,
};

function findUnused(name: string, values: string[]) {
  const columns = createUnusedColumns(identifiers, 'US');
  for (const [index, value] of values.entries()) columns.add(index + 2, { [name]: value });
  return columns.list();
}

describe('fields that look like identifiers', () => {
  it.each([
    ['Kontakt', ['(202) 555-0107', '202.555.0108', 'see notes'], 'phone', 2],
    ['HomePhone', ['2025550107'], 'phone', 1],
    ['Fax', ['+1 202 555 0106', ''], 'phone', 1],
    ['Order', ['+84 912 345 671'], 'phone', 1],
    ['Contact2', ['n/a', 'ann@x.example'], 'email', 1],
  ] as const)('%s with %j › are named', (name, values, kind, count) => {
    expect(findUnused(name, [...values])).toMatchObject([{ name, kind, count, values: values.length }]);
  });

  it('the first such value › gives the line', () => {
    expect(findUnused('Kontakt', ['-', '202.555.0108', '202.555.0109'])[0]?.line).toBe(3);
  });

  it.each([
    ['Order number', ['2025550107', '2025550108']],
    ['accountNumber', ['7788120012']],
    ['CaseID', ['2025550107']],
    ['Birthday', ['1980-01-02', '02.01.1980', '2/1/1980']],
    ['Created', ['2026-11-20 09:00:00']],
    ['Revenue', ['1 250 000.00', '1.250.000,00', '1250000.5']],
    ['Seats', ['1234567', '12']],
    ['Plan', ['Gold 2025550107 a']],
    ['Notes', ['call 202 555 0107', 'a', 'b', 'mail ann@x.example']],
    ['Mixed', ['202 555 0107', 'b', 'c']],
  ])('%s with %j › are not', (name, values) => {
    expect(findUnused(name, values)).toEqual([]);
  });
});
