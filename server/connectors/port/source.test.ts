import { beforeEach, describe, expect, test } from 'vitest';
import { identifierReaderForTests } from '../conformance/identifier-reader-for-tests.ts';
import type { Freshness } from './answer-cache.ts';
import type { Activity, Connector, ConnectorCustomer, CustomerSummary } from './connector.ts';
import { found, notFound, type Outcome } from './outcome.ts';
import { createSource, type SourceParts } from './source.ts';

let now: number;
let calls: string[];
let errors: unknown[];
let named: Outcome<CustomerSummary[]>;
let stored: Map<string, ConnectorCustomer>;
let connector: Connector;

const person = (id: string, phones: string[], emails: string[] = []): CustomerSummary => ({
  id,
  name: `Name of ${id}`,
  phones: phones.map((raw) => ({ raw })),
  emails: emails.map((raw) => ({ raw })),
});
const record = (id: string, more: Partial<ConnectorCustomer> = {}): ConnectorCustomer => ({
  ...person(id, []),
  company: undefined,
  fields: {},
  cases: [],
  interactions: [],
  ...more,
});

beforeEach(() => {
  now = Date.UTC(2026, 10, 25, 9);
  calls = [];
  errors = [];
  named = notFound;
  stored = new Map();
  const say = async (call: string) => {
    calls.push(call);
    return named;
  };
  connector = {
    findByPhone: ({ e164, national, countryCode, country }) =>
      say(`phone ${e164} ${countryCode} ${national} ${country}`),
    findByEmail: (email) => say(`email ${email}`),
    findByCase: async () => notFound,
    search: async () => found(['a', 'b', 'a', '', 'x'.repeat(257), 'c']),
    async readCustomers(ids) {
      calls.push(`read ${ids.join()}`);
      return found(ids.flatMap((id) => stored.get(id) ?? []).reverse());
    },
    logActivity: async () => found({ id: '1', isNew: true, url: 'javascript:alert(1)' }),
    check: async () => found({ missing: [] }),
  };
});

function open(changes: Partial<SourceParts> = {}) {
  return createSource({
    id: 'crm',
    label: 'CRM',
    settings: { sensitive: ['iban'] },
    connector,
    identifiers: identifierReaderForTests,
    clock: () => now,
    isLinkAllowed: (url) => new URL(url).host === 'crm.example',
    reportFailure: (error) => errors.push(error),
    ...changes,
  });
}
const findPhone = (source = open(), limit = 10, freshness: Freshness = 'cached') =>
  source.find('phone', '+14155550101', limit, freshness);

describe('whoever is named is verified', () => {
  test('the asked number in its parts, and who holds exactly it', async () => {
    named = found([
      person('ann', ['+1 212 555 0199', '+1 (415) 555-0101; +1 415 555 0177']),
      person('bo', ['+1 415 555 0102', '+49 14155550101', '0101']),
    ]);
    const hit = { customerId: 'ann', customerName: 'Name of ann', stored: '+1 (415) 555-0101; +1 415 555 0177' };
    expect(await findPhone()).toEqual({ kind: 'found', value: { hits: [hit], sharedBy: 1 }, fetchedAt: now });
    expect(calls).toEqual(['phone +14155550101 1 4155550101 US']);
  });

  test('when nobody is left there is none', async () => {
    named = found([person('bo', ['+1 415 555 0102'])]);
    expect(await findPhone()).toEqual({ kind: 'not-found', fetchedAt: now });
  });

  test('a number without a country is read in the source’s, or said to be assumed in the caller’s own', async () => {
    named = found([person('ann', ['415-555-0101'])]);
    expect(await findPhone()).toMatchObject({ value: { hits: [{ assumedCountry: 'US' }] } });
    const inUs = open({ settings: { country: 'US', sensitive: [] } });
    const answer = await findPhone(inUs);
    expect(answer).toMatchObject({ kind: 'found' });
    expect(answer).not.toHaveProperty('value.hits.0.assumedCountry');
    expect(await findPhone(open({ settings: { country: 'GB', sensitive: [] } }))).toMatchObject({ kind: 'not-found' });
    connector.defaultCountry = async () => 'GB';
    expect(await findPhone()).toMatchObject({ kind: 'not-found' });
  });

  test('a source that keeps the normalised form is believed', async () => {
    const phones = [{ raw: 'home', value: '+14155550101' }];
    named = found([{ ...person('ann', []), phones }]);
    expect(await findPhone()).toMatchObject({ value: { hits: [{ stored: 'home' }] } });
    named = found([{ ...person('ann', []), phones: [{ raw: '+14155550101', value: null }] }]);
    expect(await findPhone()).toMatchObject({ kind: 'not-found' });
  });

  test('a person met by two numbers is one hit, and named by as many as were asked for', async () => {
    named = found([
      person('ann', ['+14155550101', '+1 415 555 0101']),
      person('ann', ['415-555-0101']),
      ...['bo', 'cy', 'di'].map((id) => person(id, ['+14155550101'])),
    ]);
    const answer = await findPhone(open(), 2);
    expect(answer).toMatchObject({
      value: { hits: [{ customerId: 'ann', stored: '+14155550101' }, { customerId: 'bo' }], sharedBy: 4 },
    });
  });

  test('those beyond a list that is full are counted by the source', async () => {
    named = found(Array.from({ length: 50 }, (_, at) => person(`p${at}`, ['+14155550101'])));
    connector.countHits = async () => found(1_200);
    expect(await findPhone()).toMatchObject({ value: { sharedBy: 1_200 } });
    connector.countHits = async () => ({ kind: 'unavailable', reason: 'x' });
    expect(await findPhone()).toMatchObject({ kind: 'unavailable' });
  });

  test('of a million who are named it reads no more than a thousand', async () => {
    let read = 0;
    const counting = {
      ...identifierReaderForTests,
      splitPhones: (cell: string, country?: string) => {
        read += 1;
        return identifierReaderForTests.splitPhones(cell, country);
      },
    };
    const stranger = { id: 's', name: 'S', phones: [{ raw: '+1 415 555 0199' }], emails: [] };
    connector.findByPhone = async () => found(Array(1_000_000).fill(stranger));
    expect(await open({ identifiers: counting }).find('phone', '+14155550101', 10)).toMatchObject({
      kind: 'not-found',
    });
    expect(read).toBeLessThanOrEqual(2_000);
    connector.findByPhone = async () => found([{ ...stranger, phones: Array(100_000).fill(stranger.phones[0]) }]);
    expect(await open({ identifiers: counting }).find('phone', '+14155550101', 10)).toMatchObject({
      kind: 'not-found',
    });
    expect(read).toBeLessThanOrEqual(2_100);
  });

  test('an e-mail whatever its case, and no other', async () => {
    named = found([person('ann', [], ['Ann@X.example']), person('bo', [], ['ann@x.example.net', 'Ann'])]);
    const answer = await open().find('email', 'ANN@x.example', 10);
    expect(answer).toMatchObject({ value: { hits: [{ customerId: 'ann', stored: 'Ann@X.example' }], sharedBy: 1 } });
    expect(calls).toEqual(['email ann@x.example']);
  });

  test('an e-mail in both spellings of its domain, where it has two', async () => {
    for (const domain of ['xn--bcher-kva.example', 'xn--.example', 'xn--a.example']) {
      await open().find('email', `ann@${domain}`, 10);
    }
    const known = ['email ann@xn--bcher-kva.example', 'email ann@bücher.example'];
    expect(calls).toEqual([...known, 'email ann@xn--.example', 'email ann@xn--a.example']);
  });

  test('a case as it is meant, and the exact one before others', async () => {
    const hit = (number: string, id: string) => ({ number, customer: person(id, []) });
    connector.findByCase = async () => found([hit('CS0001042', 'ann'), hit('CS0010420', 'bo')]);
    expect(await open().find('case', '1042', 10)).toMatchObject({
      value: { hits: [{ customerId: 'ann', stored: 'CS0001042' }], sharedBy: 1 },
    });
    connector.findByCase = async () => found([hit('CS0001042', 'ann'), hit('1042', 'bo'), hit('cs-1042', 'cy')]);
    expect(await open().find('case', '1042', 10)).toMatchObject({ value: { hits: [{ customerId: 'bo' }] } });
    expect(await open().find('case', 'CS-1042', 10)).toMatchObject({ value: { hits: [{ customerId: 'cy' }] } });
  });

  test('what is no number, no address or far too long is not asked', async () => {
    const source = open();
    for (const value of ['', 'x', '+1', '+1415555010199999', '4155550101', '+1 415 555 0101', '9'.repeat(100_000)]) {
      expect(await source.find('phone', value, 10)).toMatchObject({ kind: 'not-found' });
      expect(await source.find('email', value, 10)).toMatchObject({ kind: 'not-found' });
    }
    expect(await source.find('consumer', 'x', 10)).toMatchObject({ kind: 'not-found' });
    expect(await source.find('account', '77', 10)).toMatchObject({ kind: 'not-found' });
    expect(calls).toEqual([]);
  });
});

describe('what was said is kept', () => {
  test('found for 30 s, with the time it was fetched', async () => {
    named = found([person('ann', ['+14155550101'])]);
    const source = open();
    const fetchedAt = now;
    await findPhone(source);
    now += 30_000;
    expect(await findPhone(source)).toMatchObject({ kind: 'found', fetchedAt });
    expect(calls).toHaveLength(1);
    now += 1;
    expect(await findPhone(source)).toMatchObject({ kind: 'found', fetchedAt: now });
    expect(calls).toHaveLength(2);
  });

  test('none for 10 s', async () => {
    const source = open();
    await findPhone(source);
    now += 10_000;
    await findPhone(source);
    expect(calls).toHaveLength(1);
    now += 1;
    await findPhone(source);
    expect(calls).toHaveLength(2);
  });

  test.each<[string, Outcome<CustomerSummary[]>]>([
    ['unavailable', { kind: 'unavailable', reason: 'x' }],
    ['rate-limited', { kind: 'rate-limited', retryAt: 1 }],
    ['unauthenticated', { kind: 'unauthenticated' }],
  ])('but %s is not', async (_kind, failure) => {
    named = failure;
    const source = open();
    expect(await findPhone(source)).toEqual({ ...failure, fetchedAt: now });
    await findPhone(source);
    expect(calls).toHaveLength(2);
  });

  test('fresh goes past it and renews it, and a failure of it leaves what is kept', async () => {
    const source = open();
    await findPhone(source);
    named = found([person('ann', ['+14155550101'])]);
    expect(await findPhone(source)).toMatchObject({ kind: 'not-found' });
    expect(await findPhone(source, 10, 'fresh')).toMatchObject({ kind: 'found' });
    expect(await findPhone(source)).toMatchObject({ kind: 'found' });
    named = { kind: 'unavailable', reason: 'x' };
    expect(await findPhone(source, 10, 'fresh')).toMatchObject({ kind: 'unavailable' });
    expect(await findPhone(source)).toMatchObject({ kind: 'found' });
  });

  test('fresh wakes a CRM that is left alone, and nothing else does', async () => {
    let woken = 0;
    const source = open({ allowProbe: () => (woken += 1) });
    await findPhone(source);
    await source.readCustomers(['ann']);
    expect(woken).toBe(0);
    await findPhone(source, 10, 'fresh');
    expect(woken).toBe(1);
    await source.readCustomers(['ann'], 'fresh');
    expect(woken).toBe(2);
  });

  test('equal questions at once are one, but not with one that is to be fresh', async () => {
    const source = open();
    await Promise.all([findPhone(source), findPhone(source), findPhone(source, 10, 'fresh')]);
    expect(calls).toHaveLength(2);
  });

  test('not at all where nothing is to be kept', async () => {
    const source = open({ ttl: { found: 0, notFound: 0 } });
    await findPhone(source);
    await findPhone(source);
    expect(calls).toHaveLength(2);
  });
});

describe('customers', () => {
  beforeEach(() => {
    for (const id of ['ann', 'bo', 'cy']) stored.set(id, record(id));
  });
  const idsOf = (answer: { kind: string; value?: { id: string }[] }) => answer.value?.map(({ id }) => id);

  test('come in the order of their ids, without those that are gone', async () => {
    const answer = await open().readCustomers(['cy', 'gone', 'ann', 'cy', '', 'a\nb']);
    expect(idsOf(answer)).toEqual(['cy', 'ann']);
    expect(calls).toEqual(['read cy,gone,ann']);
    expect(await open().readCustomers(['gone'])).toMatchObject({ kind: 'not-found' });
    expect(await open().readCustomers([])).toMatchObject({ kind: 'not-found' });
  });

  test('who were not asked for are left out', async () => {
    connector.readCustomers = async () => found([record('ann'), record('everybody')]);
    expect(idsOf(await open().readCustomers(['ann']))).toEqual(['ann']);
  });

  test('only those that are not kept are asked for, and the oldest time is told', async () => {
    const source = open();
    const first = now;
    await source.readCustomers(['ann', 'gone']);
    now += 5_000;
    const answer = await source.readCustomers(['bo', 'ann', 'gone']);
    expect(idsOf(answer)).toEqual(['bo', 'ann']);
    expect(answer.fetchedAt).toBe(first);
    expect(calls).toEqual(['read ann,gone', 'read bo']);
    now += 5_001;
    await source.readCustomers(['ann', 'gone']);
    expect(calls.at(-1)).toBe('read gone');
    expect((await source.readCustomers(['ann'], 'fresh')).fetchedAt).toBe(now);
  });

  test('one with a part missing is not kept', async () => {
    stored.set('ann', record('ann', { missing: [{ part: 'cases', failure: { kind: 'forbidden' } }] }));
    const source = open();
    await source.readCustomers(['ann']);
    await source.readCustomers(['ann']);
    expect(calls).toHaveLength(2);
  });

  test('one who was logged to is read anew', async () => {
    const source = open();
    await source.readCustomers(['ann', 'bo']);
    const logged = await source.logActivity({ customerId: 'ann' } as Activity);
    expect(logged).toEqual({ kind: 'found', value: { id: '1', isNew: true }, fetchedAt: now });
    await source.readCustomers(['ann', 'bo']);
    expect(calls).toEqual(['read ann,bo', 'read ann']);
  });

  test('their identifiers are read, each number by itself', async () => {
    const phones = [{ raw: '+1 415 555 0101; 0101' }, { raw: '020 7946 0001' }, { raw: 'home', value: '+14155550102' }];
    stored.set('ann', record('ann', { phones, emails: [{ raw: 'Ann@X.example' }, { raw: 'none' }] }));
    expect(await open().readCustomers(['ann'])).toMatchObject({
      value: [
        {
          phones: [
            { raw: '+1 415 555 0101', value: '+14155550101' },
            { raw: '0101', value: null },
            { raw: '020 7946 0001', value: null },
            { raw: 'home', value: '+14155550102' },
          ],
          emails: [
            { raw: 'Ann@X.example', value: 'ann@x.example' },
            { raw: 'none', value: null },
          ],
        },
      ],
    });
    const inGb = open({ settings: { country: 'GB', sensitive: [] } });
    expect(await inGb.readCustomers(['ann'])).toHaveProperty('value.0.phones.2.value', '+442079460001');
  });

  test.each([
    ['https://crm.example/1', true],
    ['http://crm.example/1', true],
    ['https://evil.example/1', false],
    ['javascript:alert(1)', false],
    ['JavaScript:alert(1)//https://crm.example', false],
    [' https://crm.example/1', false],
    ['data:text/html,x', false],
    [`https://crm.example/${'x'.repeat(3_000)}`, false],
  ])('a link to %s is kept: %s', async (url, isKept) => {
    stored.set('ann', record('ann', { url, cases: [{ number: '1', subject: 's', url }] }));
    const answer = await open().readCustomers(['ann']);
    const customer = answer.kind === 'found' ? answer.value[0] : undefined;
    expect([customer?.url, customer?.cases[0]?.url]).toEqual(isKept ? [url, url] : [undefined, undefined]);
  });

  test.each([
    ['https://crm.example\\@evil.example/', 'https://crm.example/@evil.example/'],
    ['https://CRM.example/1\n<2>', 'https://crm.example/1%3C2%3E'],
    ['https:crm.example/1', 'https://crm.example/1'],
  ])('the link %j is handed out as it was understood', async (url, understood) => {
    stored.set('ann', record('ann', { url, cases: [{ number: '1', subject: 's', url }] }));
    const answer = await open().readCustomers(['ann']);
    expect(answer).toMatchObject({ value: [{ url: understood, cases: [{ url: understood }] }] });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20, -1e20])('%d is no time of anything', async (at) => {
    const interactions = [{ at }, { at: 5 }];
    stored.set('ann', record('ann', { cases: [{ number: '1', subject: 's', updatedAt: at }], interactions }));
    const answer = await open().readCustomers(['ann']);
    expect(answer).toMatchObject({ value: [{ interactions: [{ at: 5 }] }] });
    expect(answer).not.toHaveProperty('value.0.cases.0.updatedAt');
  });

  test('texts are bounded, and without characters that are none', async () => {
    const fields = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, 'x'.repeat(5_000)]));
    const name = `A\u0000nn\r\n \u202eLee\ud800 ${'x'.repeat(600)}`;
    stored.set('ann', record('ann', { name, company: ' \t ', fields: { ['__proto__']: 'x', empty: ' ', ...fields } }));
    const answer = await open().readCustomers(['ann']);
    const customer = answer.kind === 'found' ? answer.value[0] : undefined;
    expect(customer?.name).toMatch(/^A nn Lee x+$/);
    expect(customer?.name.length).toBeLessThanOrEqual(512);
    expect(customer?.company).toBeUndefined();
    expect(Object.keys(customer?.fields ?? {})).toHaveLength(200);
    expect(customer?.fields.f0).toHaveLength(4_000);
    expect(customer?.fields).not.toHaveProperty('empty');
  });

  test('one without a name is called by what else there is', async () => {
    stored.set('ann', record('ann', { name: ' ', emails: [{ raw: 'ann@x.example' }] }));
    stored.set('bo', record('bo', { name: '', company: 'Northwind' }));
    const answer = await open().readCustomers(['ann', 'bo']);
    expect(answer).toMatchObject({ value: [{ name: 'ann@x.example' }, { name: 'Northwind' }] });
  });
});

describe('no question hangs or throws', () => {
  test('a connector that never answers is unavailable', async () => {
    connector.findByPhone = () => new Promise(() => {});
    expect(await findPhone(open({ deadlineMs: 20 }))).toMatchObject({ kind: 'unavailable', reason: 'timeout' });
  });

  test('a connector that throws is invalid, and is reported', async () => {
    const thrown = new Error('a fault of ours');
    connector.findByPhone = () => Promise.reject(thrown);
    connector.check = () => {
      throw thrown;
    };
    expect(await findPhone()).toMatchObject({ kind: 'invalid' });
    expect(await open().check()).toMatchObject({ kind: 'invalid', fetchedAt: now });
    expect(errors).toEqual([thrown, thrown]);
  });

  test('a source whose own country is not to be had verifies without it', async () => {
    connector.defaultCountry = () => Promise.reject(new Error('away'));
    named = found([person('ann', ['+1 415 555 0101'])]);
    expect(await findPhone()).toMatchObject({ kind: 'found' });
  });

  test('a search answers distinct ids, no more than asked for', async () => {
    const source = open();
    expect(await source.search({ kind: 'name', text: 'x' }, 5)).toMatchObject({
      kind: 'found',
      value: ['a', 'b', 'c'],
    });
    expect(await source.search({ kind: 'name', text: 'x' }, 2)).toMatchObject({ value: ['a', 'b'] });
    expect(await source.search({ kind: 'name', text: 'x'.repeat(1_000) }, 2)).toMatchObject({ kind: 'not-found' });
  });
});

describe('source version', () => {
  test('the connector has one › is passed on', async () => {
    connector.readVersion = async () => 7;
    expect(await open().readVersion?.()).toBe(7);
  });

  test('it cannot be read › is undefined', async () => {
    connector.readVersion = () => Promise.reject(new Error('away'));
    expect(await open().readVersion?.()).toBeUndefined();
  });

  test('the connector has none › the source has none', () => {
    expect(open()).not.toHaveProperty('readVersion');
  });
});
