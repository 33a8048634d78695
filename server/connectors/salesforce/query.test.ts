import { isQueryValid, parseQuery } from '@jetstreamapp/soql-parser-js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PhoneNumber } from '../port/connector.ts';
import { found } from '../port/outcome.ts';
import { createApi } from './api.ts';
import { readExpression } from './fake-sosl.ts';
import { findByAccount, findByCase, findByEmail, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import type { Settings } from './parts.ts';
import { findInIndex, quote, quoteBeginning, toNameTerms, toPhonePattern, toPhoneTerms } from './query.ts';
import { createRecordKinds } from './record-kinds.ts';

const settings: Settings = {
  apiVersion: 'v66.0',
  phoneSearch: 'thorough',
  leads: 'search',
  fields: {},
  phoneFields: [],
  emailFields: ['Contact.Second__c'],
  taskStatus: 'Completed',
  linkTemplate: '{id}',
};
const kinds = createRecordKinds(settings);

/** Records every query; each answer is empty. */
function recordQueries() {
  const sent: string[] = [];
  const record = (target: string) => sent.push(new URL(target, 'http://x').searchParams.get('q') ?? target);
  const api = createApi(
    {
      async request({ query, json }, schema) {
        if (query?.q !== undefined) sent.push(String(query.q));
        const { compositeRequest = [] } = (json ?? {}) as { compositeRequest?: { url: string; referenceId: string }[] };
        for (const { url } of compositeRequest) record(url);
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
  const description = found({ fields: [{ name: 'Subject', createable: true }] });
  return { parts: { api, settings, kinds, describeTask: async () => description }, sent };
}

/** The parsed query with every text literal replaced. */
function structureOf(soql: string): unknown {
  return JSON.parse(JSON.stringify(parseQuery(soql)), (_name, value) =>
    typeof value === 'string' && value.startsWith("'") ? '<text>' : value,
  );
}

/** Every query sent for one untrusted text. */
async function collectQueries(text: string): Promise<string[]> {
  const { parts, sent } = recordQueries();
  await findByEmail({ email: text, limit: 10, mailbox: undefined }, () => parts);
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
  test('any untrusted text › parses as SOQL with an unchanged structure', async () => {
    const plain = (await collectQueries('plain')).map(structureOf);
    expect(plain.length).toBeGreaterThan(9);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const queries = await collectQueries(text);
        expect(queries.filter((query) => !isQueryValid(query))).toEqual([]);
        // A numeric case number is queried in two forms.
        const isCaseNumber = /^\d{1,7}$/.test(text);
        // So is an address with an i.
        const isTurkish = /i.*@/s.test(text);
        if (!isCaseNumber && !isTurkish) expect(queries.map(structureOf)).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  test('quoted text › unescapes to the original text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const unescaped = quote(text).slice(1, -1).replace(/\\(.)/g, '$1');
        expect(unescaped).toBe(text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd'));
      }),
    );
    expect(quote("O'Brien\\")).toBe("'O\\'Brien\\\\'");
  });

  test('text with wildcards › is escaped', () => {
    expect(quoteBeginning('100%_a')).toBe("'100\\%\\_a%'");
  });
});

describe('SOSL', () => {
  test('any name › keeps the structure of the query', () => {
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
  ])('name %s › becomes prefix terms', (text, terms) => {
    expect(toNameTerms(text)).toEqual(terms);
  });
});

describe('phone number query', () => {
  const american: PhoneNumber = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
  const british: PhoneNumber = { e164: '+442079460001', countryCode: '44', national: '2079460001', country: 'GB' };

  test('number › with and without country code, in a row and in groups', () => {
    expect(toPhoneTerms(american)).toEqual(['4155550101', '14155550101', '"415 555 0101"']);
  });

  test('number of a country with a trunk prefix › with the prefix too', () => {
    expect(toPhoneTerms(british)).toEqual([
      '2079460001',
      '442079460001',
      '02079460001',
      '"20 7946 0001"',
      '"020 7946 0001"',
    ]);
  });

  test('scan pattern › allows anything between the digits', () => {
    expect(toPhonePattern(american.national)).toBe("'%4%1%5%5%5%5%0%1%0%1%'");
    expect(toPhonePattern(british.national)).toBe("'%2%0%7%9%4%6%0%0%0%1%'");
  });
});
