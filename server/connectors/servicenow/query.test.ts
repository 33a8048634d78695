import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitNameQuery } from './name-query.ts';
import { toPhoneConditions } from './phone-conditions.ts';
import { type Conditions, encodeQuery, isFieldPath, isPlainValue, keepAnswers, queryIgnored } from './query.ts';
import { row } from './row.ts';

const rowOf = (fields: Record<string, string>) => row.parse(fields);
const equals = (field: string, value: string) => ({ field, operator: '=' as const, value });

/** As the vendor documents it: `^` ends a condition, `^OR` joins one to the condition before it. */
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

describe('no text of a caller', () => {
  test('changes the structure of a query', () => {
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

  test('is sent with what the server would run, break at or read as an operator', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        if (!isPlainValue(text)) return;
        expect(text.normalize('NFKC').replace(/[\s\p{C}]/gu, '')).not.toMatch(/javascript:/i);
        expect(text).not.toMatch(/[\^\p{Cc}\p{Zl}\p{Zp}=<>!%*]/u);
      }),
      { numRuns: 2_000 },
    );
  });

  test('as a name becomes anything but words', () => {
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
])('a value such as %j is refused', (text) => {
  expect(isPlainValue(text)).toBe(false);
  expect(encodeQuery([[equals('email', text)]])).toBeUndefined();
});

test.each(["o'brien@x.example", 'a_b+c@x.example', 'Nguyễn', '+1 (415) 555-0101', 'CS0001001', 'javascript'])(
  'a value such as %j is taken',
  (text) => {
    expect(encodeQuery([[equals('email', text)]])).toBe(`email=${text}`);
  },
);

test('a question about nothing is not asked, for everybody would be its answer', () => {
  expect(encodeQuery([])).toBeUndefined();
  expect(encodeQuery([[]])).toBeUndefined();
  expect(encodeQuery([[equals('active', 'true')], []])).toBeUndefined();
});

test.each(['account.rank_tier', 'u_tier'])('%s is the name of a column', (path) => {
  expect(isFieldPath(path)).toBe(true);
});

test.each(['', 'phoneLIKE', 'phone^OR', 'a..b', 'a.b.c.d.e', 'ORDERBYname', 'a b', 'phone=', '1a'])(
  '%s is not the name of a column',
  (path) => {
    expect(isFieldPath(path)).toBe(false);
  },
);

describe('of an answer', () => {
  const ask = (rows: Record<string, string>[], conditions: Conditions) =>
    keepAnswers({ kind: 'found', value: rows.map(rowOf) }, conditions);

  test('only the rows that meet the question are kept', () => {
    const rows = [{ email: 'Ann@x.example ' }, { email: 'bo@x.example' }, {}];
    expect(ask(rows, [[equals('email', 'ann@x.example')]])).toEqual({ kind: 'found', value: [rowOf(rows[0] ?? {})] });
  });

  test('a page without any is no answer to the question', () => {
    expect(ask([{ email: 'bo@x.example' }], [[equals('email', 'ann@x.example')]])).toEqual(queryIgnored);
    expect(ask([{ name: 'Bo' }], [[equals('u_mail', 'ann@x.example')]])).toEqual(queryIgnored);
  });

  test('each condition must be met, by one of its alternatives', () => {
    const where: Conditions = [[equals('a', '1'), equals('b', '1')], [equals('c', '1')]];
    expect(ask([{ a: '0', b: '1', c: '1' }], where)).toMatchObject({ kind: 'found' });
    expect(ask([{ a: '1', b: '1', c: '0' }], where)).toEqual(queryIgnored);
  });

  test('an underscore that met any sign is nobody, and not a question passed over', () => {
    const prefix: Conditions = [[{ field: 'email', operator: 'STARTSWITH', value: '_nn@' }]];
    expect(ask([{ email: 'ann@x.example' }], prefix)).toEqual({ kind: 'not-found' });
  });

  test('accents and the case of letters do not make a row a wrong one', () => {
    const like: Conditions = [[{ field: 'name', operator: 'LIKE', value: 'muller' }]];
    expect(ask([{ name: 'Jörg MÜLLER' }], like)).toMatchObject({ kind: 'found' });
  });

  test('names that every object has are no fields', () => {
    expect(ask([{}], [[equals('constructor', 'x')]])).toEqual(queryIgnored);
    expect(rowOf(JSON.parse('{"__proto__":"x"}')).get('toString')).toBeUndefined();
  });
});

describe('a number is asked for in', () => {
  const written = (national: string) => toPhoneConditions(national, ['phone']).map(({ value }) => value);

  test.each(['5550101', '555-0101', '555 0101', '555.0101', '55 501 01', '5 55 01 01', '555 - 0101', '5 550 101'])(
    'the way %s',
    (text) => {
      expect(written('4155550101')).toContain(text);
    },
  );

  test('what there is of its last seven digits', () => {
    expect(written('12345')).toContain('12345');
    expect(written('12345')).toContain('1 2345');
    for (const text of written('12345')) expect(text.replace(/\D/g, '')).toBe('12345');
    for (const text of written('12345')) expect(text).toMatch(/^\d.*\d$/);
  });

  test('any way that meets all of seven digits, whatever the number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{4,14}$/), (national) => {
        const values = written(national);
        expect(values.every((value) => value.replace(/\D/g, '') === national.slice(-7))).toBe(true);
        expect(encodeQuery([toPhoneConditions(national, ['phone'])])).toBeDefined();
      }),
    );
  });

  test('four columns, and the request line stays short', () => {
    const columns = Array.from({ length: 4 }, (_, index) => `u_mobile_phone_number_${index}`);
    const query = encodeQuery([toPhoneConditions('4155550101', columns)]) ?? '';
    expect(encodeURIComponent(query).length).toBeLessThan(8_000);
  });
});
