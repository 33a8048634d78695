import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toPhoneConditions, toShortPhoneConditions } from './phone-conditions.ts';
import {
  type Conditions,
  encodeQuery,
  isFieldPath,
  isPlainValue,
  keepMatches,
  queryIgnored,
  splitNameQuery,
} from './query.ts';
import { row } from './row.ts';

const rowOf = (fields: Record<string, string>) => row.parse(fields);
const equals = (field: string, value: string) => ({ field, operator: '=' as const, value });

/** Documented: `^` ends a condition, `^OR` joins one to the condition before it. */
function readQuery(query: string): string[][] {
  const all: string[][] = [];
  for (const part of query.split('^')) {
    if (/^OR(?!DERBY)/.test(part) && all.length > 0) all.at(-1)?.push(part.slice(2));
    else all.push([part]);
  }
  return all;
}

const traps = fc.constantFrom(
  '^',
  '^OR',
  '^NQ',
  '^EQ',
  '＾',
  '=',
  '!=',
  '<',
  '%',
  '*',
  '\n',
  '\r',
  '\u0000',
  '\u2028',
  '\ud800',
  ' ',
  'javascript:',
  'JavaScript :',
  'java\u0000script:',
  'j a v a s c r i p t:',
  'javascript：',
  'gs.getUserID()',
  'active=true',
  'ORDERBY',
  'LIKE',
  'IN',
  "'",
  '"',
  '\\',
  '&sysparm_limit=1',
  'ann',
  '_',
  '555',
  '@x.example',
);
const hostile = fc.oneof(
  fc.array(traps, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

describe('ServiceNow query for untrusted text', () => {
  test('any text › keeps the structure of the query', () => {
    const question = (text: string): Conditions => [
      [equals('email', text), { field: 'u_email_2', operator: 'STARTSWITH', value: text }],
      [{ field: 'name', operator: 'LIKE', value: text }],
    ];
    fc.assert(
      fc.property(hostile, (text) => {
        const query = encodeQuery(question(text), 'ORDERBYname');
        if (query === undefined) return;
        const read = [[`email=${text}`, `u_email_2STARTSWITH${text}`], [`nameLIKE${text}`], ['ORDERBYname']];
        expect(readQuery(query)).toEqual(read);
      }),
      { numRuns: 2_000 },
    );
  });

  test('sent text › has no script, separator or operator', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        if (!isPlainValue(text)) return;
        expect(text.normalize('NFKC').replace(/[\s\p{C}]/gu, '')).not.toMatch(/javascript:/i);
        expect(text).not.toMatch(/[\^\p{Cc}\p{Zl}\p{Zp}=<>!%*]/u);
      }),
      { numRuns: 2_000 },
    );
  });

  test('name › becomes words only', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const word of splitNameQuery(text)) expect(word).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*$/u);
      }),
    );
  });
});

test.each([
  'a^ORactive=true',
  'a^NQsys_idISNOTEMPTY',
  '^',
  '＾',
  'a\nb',
  'a\u0000',
  'a\u2028b',
  '\ud800',
  ' ',
  '',
  'javascript:gs.getUserID()',
  ' JAVASCRIPT:x',
  'java script:x',
  'java\u0000script:x',
  'java\u200bscript:x',
  'javascript：x',
  'x%',
  '*',
  'a=b',
  'a<b',
  'x'.repeat(2_000),
])('ServiceNow query › value %j › is rejected', (text) => {
  expect(isPlainValue(text)).toBe(false);
  expect(encodeQuery([[equals('email', text)]])).toBeUndefined();
});

test.each(["o'brien@x.example", 'a_b+c@x.example', 'Nguyễn', '+1 (415) 555-0101', 'CS0001001', 'javascript'])(
  'ServiceNow query › value %j › is accepted',
  (text) => {
    expect(encodeQuery([[equals('email', text)]])).toBe(`email=${text}`);
  },
);

test('ServiceNow query › no condition › is rejected', () => {
  expect(encodeQuery([])).toBeUndefined();
  expect(encodeQuery([[]])).toBeUndefined();
  expect(encodeQuery([[equals('active', 'true')], []])).toBeUndefined();
});

test.each(['account.rank_tier', 'u_tier'])('ServiceNow query › column %j › is valid', (path) => {
  expect(isFieldPath(path)).toBe(true);
});

test.each(['', 'phoneLIKE', 'phone^OR', 'a..b', 'a.b.c.d.e', 'ORDERBYname', 'a b', 'phone=', '1a'])(
  'ServiceNow query › column %j › is invalid',
  (path) => {
    expect(isFieldPath(path)).toBe(false);
  },
);

describe('ServiceNow answer verification', () => {
  const filterRows = (rows: Record<string, string>[], conditions: Conditions) =>
    keepMatches({ kind: 'found', value: rows.map(rowOf) }, conditions);

  test('rows › only matching ones remain', () => {
    const rows = [{ email: 'Ann@x.example ' }, { email: 'bo@x.example' }, {}];
    expect(filterRows(rows, [[equals('email', 'ann@x.example')]])).toEqual({
      kind: 'found',
      value: [rowOf(rows[0] ?? {})],
    });
  });

  test('no matching row › query was ignored', () => {
    expect(filterRows([{ email: 'bo@x.example' }], [[equals('email', 'ann@x.example')]])).toEqual(queryIgnored);
    expect(filterRows([{ name: 'Bo' }], [[equals('u_mail', 'ann@x.example')]])).toEqual(queryIgnored);
  });

  test('groups of conditions › AND of ORs', () => {
    const where: Conditions = [[equals('a', '1'), equals('b', '1')], [equals('c', '1')]];
    expect(filterRows([{ a: '0', b: '1', c: '1' }], where)).toMatchObject({ kind: 'found' });
    expect(filterRows([{ a: '1', b: '1', c: '0' }], where)).toEqual(queryIgnored);
  });

  test('underscore matched as a wildcard › not found', () => {
    const prefix: Conditions = [[{ field: 'email', operator: 'STARTSWITH', value: '_nn@' }]];
    expect(filterRows([{ email: 'ann@x.example' }], prefix)).toEqual({ kind: 'not-found' });
  });

  test('accents and letter case › are ignored', () => {
    const like: Conditions = [[{ field: 'name', operator: 'LIKE', value: 'muller' }]];
    expect(filterRows([{ name: 'Jörg MÜLLER' }], like)).toMatchObject({ kind: 'found' });
  });

  test.each([
    ['dang', 'Đặng Thị Hoa'],
    ['Đặng', 'DANG THI HOA'],
    ['lukasz', 'Łukasz Nowak'],
    ['strasse', 'Anna Straße'],
  ])('name %s › matches %s', (value, name) => {
    const like: Conditions = [[{ field: 'name', operator: 'LIKE', value }]];
    expect(filterRows([{ name }], like)).toMatchObject({ kind: 'found' });
  });

  test('names of Object.prototype › are not fields', () => {
    expect(filterRows([{}], [[equals('constructor', 'x')]])).toEqual(queryIgnored);
    expect(rowOf(JSON.parse('{"__proto__":"x"}')).get('toString')).toBeUndefined();
  });
});

describe('ServiceNow phone spellings', () => {
  const written = (national: string) =>
    [...toPhoneConditions(national, ['phone']), ...toShortPhoneConditions(national, ['phone'])].map(
      ({ value }) => value,
    );

  test.each(['5550101', '555-0101', '555 0101', '555.0101', '55 501 01', '5 55 01 01', '555 - 0101', '5 550 101'])(
    'spelling %s › is included',
    (text) => {
      expect(written('4155550101')).toContain(text);
    },
  );

  test('short number › fills the shapes from the end', () => {
    expect(written('12345')).toContain('12345');
    expect(written('12345')).toContain('1 2345');
    for (const text of written('12345')) expect(text.replace(/\D/g, '')).toBe('12345');
    for (const text of written('12345')) expect(text).toMatch(/^\d.*\d$/);
  });

  test.each([
    ['8923456710', '089/234567-10'],
    ['8923456710', '+49 89 23 45 67-10'],
    ['8923456710', '(089) 234 567–10'],
    ['892345670', '089/234567-0'],
    ['892345670', '089 2345 67-0'],
    ['89234567100', '+49 (0)89 / 234567-100'],
    ['421123450', '0421/12345-0'],
    ['421123456', '(0421) 1234-56'],
    ['44211234567', '04421 / 1234 - 567'],
    ['5121234567', '+43 512 12345/67'],
  ])('national number %s stored as %s › is included', (national, stored) => {
    expect(written(national).filter((text) => stored.includes(text))).not.toEqual([]);
  });

  test('any number › every spelling has its last seven digits, or five before a direct dial', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{4,14}$/), (national) => {
        const values = written(national);
        const digits = values.map((value) => value.replace(/\D/g, ''));
        expect(digits.filter((text) => text !== national.slice(-7) && text !== national.slice(-5))).toEqual([]);
        expect(encodeQuery([toPhoneConditions(national, ['phone'])])).toBeDefined();
      }),
    );
  });

  test('four columns › request line stays short', () => {
    const columns = Array.from({ length: 4 }, (_, index) => `u_mobile_phone_number_${index}`);
    const query = encodeQuery([toPhoneConditions('4155550101', columns)]) ?? '';
    expect(encodeURIComponent(query).length).toBeLessThan(8_000);
  });
});
