import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type FilterGroup,
  hasWords,
  queryByEmail,
  queryByEmailPrefix,
  queryByProperty,
  queryCompaniesByName,
  queryCompaniesByPhone,
  queryContactsByName,
  queryContactsByPhone,
} from './query.ts';

describe('whatever a caller says', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[*?a-z@'" .\\{}[\]$^|&;:()-]{0,40}$/),
  );
  const builders: [string, (text: string) => FilterGroup[] | undefined][] = [
    ['a name', queryContactsByName],
    ['a company', queryCompaniesByName],
    ['an e-mail', queryByEmail],
    ['the beginning of an e-mail', queryByEmailPrefix],
    ['an account number', (value) => queryByProperty('customer_number', value)],
  ];

  test.each(builders)('as %s stays within HubSpot’s bounds, its wildcards ours alone', (_what, build) => {
    fc.assert(
      fc.property(text, (said) => {
        const groups = build(said) ?? [];
        const filters = groups.flatMap((group) => group.filters);
        expect(groups.length).toBeLessThanOrEqual(5);
        expect(groups.every((group) => group.filters.length >= 1 && group.filters.length <= 6)).toBe(true);
        expect(filters.length).toBeLessThanOrEqual(18);
        for (const { propertyName, value, ...rest } of filters) {
          expect(Object.keys(rest)).toEqual(['operator']);
          expect(propertyName).toMatch(/^[a-z][a-z0-9_]*$/);
          // One star, the last: the one that makes it a beginning.
          expect(value).toMatch(/^[^*?]+\*?$/);
          if (rest.operator === 'EQ') expect(value).not.toContain('*');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('as digits stays within HubSpot’s bounds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{4,13}$/), (national) => {
        for (const build of [queryContactsByPhone, queryCompaniesByPhone]) {
          const groups = build({ e164: `+1${national}`, national });
          expect(groups.length).toBeLessThanOrEqual(5);
          expect(groups.every(({ filters }) => filters.length >= 1 && filters.length <= 6)).toBe(true);
          const values = groups.flatMap(({ filters }) => filters.map(({ value }) => value));
          expect(values.every((value) => /^(\+\d+|\*?\d+(\.\d+)*)$/.test(value))).toBe(true);
        }
      }),
    );
  });
});

describe('a search', () => {
  test('for a number is made of the calculated properties and the raw ones', () => {
    expect(queryContactsByPhone({ e164: '+14155550101', national: '4155550101' })).toEqual([
      group('hs_searchable_calculated_phone_number', 'CONTAINS_TOKEN', '*4155550101'),
      group('hs_searchable_calculated_mobile_number', 'CONTAINS_TOKEN', '*4155550101'),
      group('phone', 'EQ', '+14155550101'),
      group('mobilephone', 'EQ', '+14155550101'),
    ]);
  });

  test('for a company’s number knows its groups', () => {
    const said = queryCompaniesByPhone({ e164: '+442079460001', national: '2079460001' });
    expect(said.map(({ filters }) => filters.map(({ value }) => value))).toEqual([
      ['+442079460001'],
      ['*2079460001'],
      ['*20', '7946', '0001'],
      ['*20.7946.0001'],
    ]);
  });

  test('for an e-mail with a star is not made', () => {
    expect(queryByEmail('*@northwind.example')).toBeUndefined();
    expect(queryByEmailPrefix('*@north')).toBeUndefined();
    expect(queryByEmailPrefix('')).toBeUndefined();
  });

  test('for two words divides them over first and last name in every way', () => {
    const said = queryContactsByName('Ann Lee')?.map(({ filters }) =>
      filters.map(({ propertyName, value }) => `${propertyName} ${value}`),
    );
    expect(said).toEqual([
      ['lastname Ann*', 'lastname Lee*'],
      ['firstname Ann*', 'lastname Lee*'],
      ['firstname Ann*', 'firstname Lee*'],
      ['firstname Lee*', 'lastname Ann*'],
    ]);
  });

  test.each([
    ['Aoife O’Brien', 'o’brien', true],
    ['Zoë Müller', 'muller zoe', true],
    ['Ann Lee', 'ann le', true],
    ['Ann Lee', 'nn lee', false],
    ['Ann Lee', '*', false],
  ])('%s is meant by %s: %s', (name, said, isMeant) => {
    expect(hasWords(name, said)).toBe(isMeant);
  });
});

function group(propertyName: string, operator: string, value: string) {
  return { filters: [{ propertyName, operator, value }] };
}
