import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type FilterGroup,
  queryByEmail,
  queryByEmailInside,
  queryByEmailPrefix,
  queryByProperty,
  queryCompaniesByName,
  queryCompaniesByPhone,
  queryContactsByName,
  queryContactsByPhone,
} from './query.ts';

describe('HubSpot search for untrusted text', () => {
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

  test.each(builders)('%s › stays within HubSpot’s limits and adds no wildcard', (_name, build) => {
    fc.assert(
      fc.property(text, (untrusted) => {
        const groups = build(untrusted) ?? [];
        const filters = groups.flatMap((group) => group.filters);
        expect(groups.length).toBeLessThanOrEqual(5);
        expect(groups.every((group) => group.filters.length >= 1 && group.filters.length <= 6)).toBe(true);
        expect(filters.length).toBeLessThanOrEqual(18);
        for (const filter of filters) {
          expect(Object.keys(filter)).toHaveLength(3);
          expect(filter.propertyName).toMatch(/^[a-z][a-z0-9_]*$/);
          // Only the asterisks around the text, which let others stand beside it.
          for (const value of valuesOf(filter)) expect(value).toMatch(/^\*?[^*?]+\*?$/);
          if (filter.operator !== 'CONTAINS_TOKEN') expect(valuesOf(filter).join('')).not.toContain('*');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('digits › stay within HubSpot’s limits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{4,13}$/), (national) => {
        for (const build of [queryContactsByPhone, queryCompaniesByPhone]) {
          const formerNationals = [`4${national.slice(1)}`, '123'];
          const groups = build({ e164: `+1${national}`, national, countryCode: '1', country: 'US', formerNationals });
          expect(groups.length).toBeLessThanOrEqual(5);
          expect(groups.every(({ filters }) => filters.length >= 1 && filters.length <= 6)).toBe(true);
          const values = groups.flatMap(({ filters }) => filters.flatMap(valuesOf));
          expect(values.every((value) => /^(\+\d+|\*?\d+(\.\d+)*\*?)$/.test(value))).toBe(true);
        }
      }),
    );
  });
});

function valuesOf(filter: FilterGroup['filters'][number]): string[] {
  return filter.operator === 'IN' ? filter.values : [filter.value];
}

const us = { countryCode: '1', country: 'US' };

describe('HubSpot search filters', () => {
  test('contact phone › calculated and raw properties', () => {
    expect(queryContactsByPhone({ e164: '+14155550101', national: '4155550101', ...us })).toEqual([
      group('hs_searchable_calculated_phone_number', 'CONTAINS_TOKEN', '*4155550101*'),
      group('hs_searchable_calculated_mobile_number', 'CONTAINS_TOKEN', '*4155550101*'),
      group('phone', 'EQ', '+14155550101'),
      group('mobilephone', 'EQ', '+14155550101'),
      {
        filters: ['*415', '555', '0101*'].map((value) => {
          return { propertyName: 'phone', operator: 'CONTAINS_TOKEN', value };
        }),
      },
    ]);
  });

  test('company phone › groups of its country', () => {
    const divided = queryCompaniesByPhone({
      e164: '+442079460001',
      national: '2079460001',
      countryCode: '44',
      country: 'GB',
    });
    expect(divided.map(({ filters }) => filters.flatMap(valuesOf))).toEqual([
      ['+442079460001'],
      ['*2079460001*'],
      ['*20', '7946', '0001*'],
      ['*20.7946.0001*'],
    ]);
  });

  test('mailbox › its other addresses, within the limit of groups', () => {
    const mailbox = { local: 'ann', domains: ['gmail.com', 'googlemail.com'] };
    expect(queryByEmail('ann@gmail.com')).toEqual([group('email', 'EQ', 'ann@gmail.com')]);
    expect(queryByEmailInside('ann@gmail.com', mailbox)).toEqual([
      group('email', 'CONTAINS_TOKEN', '*ann@gmail.com*'),
      group('hs_additional_emails', 'CONTAINS_TOKEN', '*ann@gmail.com*'),
      group('email', 'CONTAINS_TOKEN', 'a*n*n*@g*mail.com'),
      group('hs_additional_emails', 'CONTAINS_TOKEN', 'a*n*n*@g*mail.com'),
    ]);
  });

  test('e-mail with an asterisk › is rejected', () => {
    expect(queryByEmail('*@northwind.example')).toBeUndefined();
    expect(queryByEmailPrefix('*@north')).toBeUndefined();
    expect(queryByEmailPrefix('')).toBeUndefined();
  });

  test('two words › every split over first and last name', () => {
    const divided = queryContactsByName('Ann Lee')?.map(({ filters }) =>
      filters.map((filter) => `${filter.propertyName} ${valuesOf(filter)}`),
    );
    expect(divided).toEqual([
      ['lastname Ann*', 'lastname Lee*'],
      ['firstname Ann*', 'lastname Lee*'],
      ['firstname Ann*', 'firstname Lee*'],
      ['firstname Lee*', 'lastname Ann*'],
    ]);
  });
});

function group(propertyName: string, operator: string, value: string) {
  return { filters: [{ propertyName, operator, value }] };
}
