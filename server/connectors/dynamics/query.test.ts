import { defaultParser } from '@odata/parser';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import type { PhoneNumber } from '../port/connector.ts';
import { listTurkishSpellings } from '../port/turkish-spellings.ts';
import {
  isOneOf,
  queryAgentByEmail,
  queryByAccount,
  queryByCase,
  queryByEmail,
  queryByEmailPrefix,
  queryByExactCase,
  queryByName,
  queryByPhone,
  toPhoneForms,
} from './query.ts';

const emails = ['emailaddress1', 'emailaddress2'];

/** Every builder that takes untrusted text. */
const builders: Record<string, (text: string) => string | undefined> = {
  queryByEmail: (text) => queryByEmail(text, emails),
  queryByEmailPrefix: (text) => queryByEmailPrefix(text, emails),
  queryByName: (text) => queryByName(text, 'fullname'),
  queryByCase: (text) => queryByCase(text, 'CAS-'),
  queryByExactCase,
  queryByAccount,
  queryAgentByEmail,
  queryByPhone: (text) => queryByPhone({ ...phone('+14155550101'), national: text, e164: `+1${text}` }, ['telephone1']),
};

function phone(e164: string): PhoneNumber {
  const parsed = parsePhoneNumberFromString(e164);
  if (!parsed) throw new Error(`${e164} is no number`);
  const { countryCallingCode: countryCode, nationalNumber: national, country } = parsed;
  return { e164, countryCode, national, country };
}

type Node = { type: string; raw: string; value: unknown };

/** A filter parsed by an independent grammar: its texts, and its structure without them. */
function read(filter: string): { structure: string; texts: string[] } {
  const texts: string[] = [];
  const walk = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(walk).join('');
    if (typeof value !== 'object' || value === null) return '';
    if (!isNode(value)) return Object.values(value).map(walk).join('');
    if (value.type === 'Literal' && value.raw.startsWith("'")) {
      texts.push(value.raw.slice(1, -1).replaceAll("''", "'"));
      return '(text)';
    }
    const inner = walk(value.value);
    return inner === '' ? `(${value.type} ${value.raw})` : `(${value.type}${inner})`;
  };
  const structure = walk(defaultParser.filter(filter));
  return { structure, texts };
}

function isNode(value: object): value is Node {
  return 'type' in value && 'raw' in value && typeof value.raw === 'string';
}

/** Untrusted text, rich in quotes, wildcards and operators. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom("'", "''", '%', '_', '[', ' or ', ' eq ', '1', 'a', '(', ')', ',', '@x.example', ' ', '\\'))
    .map((parts) => parts.join('')),
);

describe('Dynamics filter', () => {
  test.each(Object.entries(builders))('%s › keeps its structure for any text', (_name, build) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const filter = build(text);
        if (filter === undefined) return;
        const { structure, texts } = read(filter);
        expect(texts.length).toBeGreaterThan(0);
        // The structure does not depend on the text.
        const plain = filter.replace(/'(?:[^']|'')*'/g, "'x'");
        expect(structure).toBe(read(plain).structure);
        expect(plain.replaceAll("'x'", '')).toMatch(/^[\w ,()/]*$/);
      }),
      { numRuns: 500 },
    );
  });

  test('quotes in a text › are doubled', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const filter = queryByEmail(text, emails);
        if (filter !== undefined) expect(read(filter).texts).toEqual(emails.flatMap(() => listTurkishSpellings(text)));
      }),
    );
  });

  test('undoubled quote › is a syntax error', () => {
    expect(() => read("emailaddress1 eq 'o'brien@x.example'")).toThrow();
    expect(queryByEmail("o'hara@x.example", ['emailaddress1'])).toBe(
      "statecode eq 0 and (emailaddress1 eq 'o''hara@x.example')",
    );
  });

  test.each(['%', '_', 'a%', 'ann_lee', '[a-z]', 'a]', '%25@'])('wildcard in %s › pattern is rejected', (text) => {
    expect(queryByEmailPrefix(text, emails)).toBeUndefined();
    expect(queryByName(text, 'fullname')).toBeUndefined();
  });

  test('wildcards › only between digits of a phone number', () => {
    fc.assert(
      fc.property(hostileText, (national) => {
        const forms = toPhoneForms({ e164: `+1${national}`, countryCode: '1', national, country: 'US' });
        for (const form of forms) expect(form).toMatch(/^[\d ().%/-]+$/);
      }),
    );
  });

  test('ids › one condition each', () => {
    const id = '3e2b8f3a-1111-4111-8111-111111111111';
    expect(isOneOf('contactid', [id, id])).toBe(`contactid eq ${id} or contactid eq ${id}`);
    expect(read(isOneOf('contactid', [id])).texts).toEqual([]);
  });
});

describe('Dynamics phone spellings', () => {
  test('number › spellings of its country, at most sixteen', () => {
    expect(toPhoneForms(phone('+14155550101'))).toEqual([
      '4155550101',
      '415 555 0101',
      '415-555-0101',
      '415.555.0101',
      '415) 555 0101',
      '415) 555-0101',
      '415) 555.0101',
      '415)5550101',
      '415)555 0101',
      '415)555-0101',
      '415 5550101',
      '415 555-0101',
      '415-5550101',
      '415/5550101',
      '415/555 0101',
      '4%1%5%5%5%5%0%1%0%1',
    ]);
    const numbers = ['+442079460001', '+842838220000', '+4930123456', '+33123456789', '+551123456789', '+6560001234'];
    for (const number of numbers) expect(toPhoneForms(phone(number)).length).toBeLessThanOrEqual(16);
  });

  test.each([
    ['+442079460001', '+44 (0)20 7946 0001'],
    ['+442079460001', '(020) 7946 0001'],
    ['+842838220000', '028.3822.0000'],
    ['+842838220000', '(028) 3822 0000'],
    ['+4930123456', '030/123456'],
    ['+33123456789', '01 23 45 67 89'],
    ['+6560001234', '6000-1234'],
    ['+14155550101', 'tel:+1-415-555-0101;ext=7'],
  ])('%s stored as %s › is found without a wildcard', (e164, stored) => {
    const found = toPhoneForms(phone(e164)).filter((form) => !form.includes('%') && stored.includes(form));
    expect(found).not.toEqual([]);
  });
});

describe('Dynamics case numbers', () => {
  test.each(['1000', '01000', 'CAS-01000', 'CAS 1000', 'cas1000'])(
    '%s › matches numbers that begin with CAS-01000-',
    (keyed) => {
      expect(queryByCase(keyed, 'CAS-')).toBe(
        `ticketnumber eq '${keyed}' or ticketnumber eq 'CAS-01000' or startswith(ticketnumber,'CAS-01000-')`,
      );
    },
  );

  test.each(['CAS-01000-X1Y2Z3', 'INC-7', '12345678901', 'CAS-'])('%s › matches itself only', (keyed) => {
    expect(queryByCase(keyed, 'CAS-')).toBe(`ticketnumber eq '${keyed}'`);
  });

  test('account number › with and without leading zeros', () => {
    expect(queryByAccount('00778812')).toBe(
      "statecode eq 0 and (accountnumber eq '00778812' or accountnumber eq '778812')",
    );
  });
});
