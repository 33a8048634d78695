import { isQueryValid, parseQuery } from '@jetstreamapp/soql-parser-js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PhoneNumber } from '../port/connector.ts';
import { found } from '../port/outcome.ts';
import { createApi } from './api.ts';
import { readExpression } from './fake-sosl.ts';
import { findByAccount, findByCase, findByEmail, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import { findInIndex, quote, quoteBeginning, toNameTerms, toPhonePattern, toPhoneTerms } from './query.ts';
import { createRecordKinds } from './record-kinds.ts';

const kinds = createRecordKinds({ fields: {}, phoneFields: [], emailFields: ['Contact.Second__c'], leads: 'search' });

/** Every query that is sent while a connector asks; answered with nothing. */
function listen() {
  const sent: string[] = [];
  const keep = (target: string) => sent.push(new URL(target, 'http://x').searchParams.get('q') ?? target);
  const api = createApi(
    {
      async ask({ query, json }, schema) {
        if (query?.q !== undefined) sent.push(String(query.q));
        const { compositeRequest = [] } = (json ?? {}) as { compositeRequest?: { url: string; referenceId: string }[] };
        for (const { url } of compositeRequest) keep(url);
        const fields = [{ name: 'Subject', createable: true }];
        const body = { records: [{ attributes: { type: 'X' }, Id: '003000000000001AAA' }], fields };
        const compositeResponse = compositeRequest.map(({ referenceId }) => ({
          referenceId,
          httpStatusCode: 200,
          body,
        }));
        return found(schema.parse({ records: [], searchRecords: [], compositeResponse, id: '1' }));
      },
    },
    'v66.0',
  );
  return { parts: { api, kinds }, sent };
}

/** A query with its texts taken out: what is left is its structure. */
function structureOf(soql: string): unknown {
  return JSON.parse(JSON.stringify(parseQuery(soql)), (_name, value) =>
    typeof value === 'string' && value.startsWith("'") ? '<text>' : value,
  );
}

/** All that is asked on behalf of one text of a stranger. */
async function ask(text: string): Promise<string[]> {
  const { parts, sent } = listen();
  await findByEmail(text, 10, parts);
  await findByCase(text, 10, parts);
  await findByAccount(text, 10, parts);
  await search({ kind: 'email-prefix', text: `a${text}` }, 10, parts);
  await logActivity(
    {
      key: text,
      engagementId: text,
      channel: 'voice',
      direction: 'inbound',
      startedAt: 0,
      endedAt: 1,
      subject: text,
      notes: text,
      customerId: '003000000000001AAA',
      caseNumber: text,
      agent: { name: text, email: text },
    },
    { taskStatus: 'Completed', linkTemplate: '{id}' },
    parts,
  );
  return sent.filter((query) => query.startsWith('SELECT'));
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...`'"\\%_*?^{}()[]&|!~:+-,;=<> \n\r\t\0`, 'OR', 'AND', 'x', '1', '\ud800'),
    maxLength: 30,
  }),
  fc.constantFrom("' OR Id != '", "\\' OR Name LIKE '%", "x') OR (IsClosed = false", "'; DELETE", '\\', "\\\\'", "'\\"),
);

describe('SOQL', () => {
  test('is SOQL to a public parser, and of one structure whatever a stranger says', async () => {
    const plain = (await ask('plain')).map(structureOf);
    expect(plain.length).toBeGreaterThan(9);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const queries = await ask(text);
        expect(queries.filter((query) => !isQueryValid(query))).toEqual([]);
        // Digits ask for a case in two forms.
        const isCaseNumber = /^\d{1,7}$/.test(text);
        if (!isCaseNumber) expect(queries.map(structureOf)).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  test('holds a text as it was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const held = quote(text).slice(1, -1).replace(/\\(.)/g, '$1');
        expect(held).toBe(text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd'));
      }),
    );
    expect(quote("O'Brien\\")).toBe("'O\\'Brien\\\\'");
  });

  test('takes no wildcard from a stranger', () => {
    expect(quoteBeginning('100%_a')).toBe("'100\\%\\_a%'");
  });
});

describe('SOSL', () => {
  test('is of one structure whatever name an agent types', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const terms = toNameTerms(text);
        fc.pre(terms.length > 0);
        const sosl = findInIndex(terms, 'AND', 'NAME', [{ kind: 'Contact', fields: ['Id'] }], 5);
        const [, inside = ''] = /^FIND \{([^{}]*)\} IN NAME FIELDS RETURNING Contact\(Id LIMIT 5\)$/.exec(sosl) ?? [];
        expect(readExpression(inside).terms).toHaveLength(terms.length);
        for (const term of terms) expect(term).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}]+\*$|^"(and|or|not)"$/iu);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['Ann Lee', ['Ann*', 'Lee*']],
    ["O'Brien", ['Brien*']],
    ['Anh Nguyễn', ['Anh*', 'Nguyễn*']],
    ['or not', ['"or"', '"not"']],
    ['J. *', []],
  ])('asks for the words of the name %s', (text, terms) => {
    expect(toNameTerms(text)).toEqual(terms);
  });
});

describe('a phone number is searched for', () => {
  const american: PhoneNumber = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
  const british: PhoneNumber = { e164: '+442079460001', countryCode: '44', national: '2079460001', country: 'GB' };

  test('with its country and without, in a row and in groups', () => {
    expect(toPhoneTerms(american)).toEqual(['4155550101', '14155550101', '"415 555 0101"']);
  });

  test('with its trunk prefix too', () => {
    expect(toPhoneTerms(british)).toEqual([
      '2079460001',
      '442079460001',
      '02079460001',
      '"20 7946 0001"',
      '"020 7946 0001"',
    ]);
  });

  test('digit by digit where fields are read through', () => {
    expect(toPhonePattern(american)).toBe("'%4%1%5%5%5%5%0%1%0%1%'");
    expect(toPhonePattern(british)).toBe("'%2%0%7%9%4%6%0%0%0%1%'");
  });
});
