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

describe('source query', () => {
  test('renumbered line › former numbers reach the connector', async () => {
    const identifiers = { ...identifierReaderForTests, listFormerNumbers: () => ['+14155550199', '+33123456789'] };
    const asked: unknown[] = [];
    connector.findByPhone = async (phone) => {
      asked.push(phone);
      return notFound;
    };
    await findPhone(open({ identifiers }));
    const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
    expect(asked).toEqual([{ ...phone, formerNationals: ['4155550199'] }]);
  });

  test('mailbox that ignores dots › reaches the connector, another provider’s does not', async () => {
    const identifiers = {
      ...identifierReaderForTests,
      toMailbox: (email: string) => (email.endsWith('@gmail.com') ? 'annblee@gmail.com' : email),
    };
    const asked: unknown[] = [];
    connector.findByEmail = async (email, _limit, mailbox) => {
      asked.push([email, mailbox]);
      return notFound;
    };
    const source = open({ identifiers });
    await source.find('email', 'ann.b.lee@gmail.com', 10);
    await source.find('email', 'ann.b.lee@x.example', 10);
    expect(asked).toEqual([
      ['ann.b.lee@gmail.com', { local: 'annblee', domains: ['gmail.com', 'googlemail.com'] }],
      ['ann.b.lee@x.example', undefined],
    ]);
  });
});

describe('source verification', () => {
  test('hits with similar numbers › only the exact number is a hit', async () => {
    named = found([
      person('ann', ['+1 212 555 0199', '+1 (415) 555-0101; +1 415 555 0177']),
      person('bo', ['+1 415 555 0102', '+49 14155550101', '0101']),
    ]);
    const hit = { customerId: 'ann', customerName: 'Name of ann', stored: '+1 (415) 555-0101' };
    expect(await findPhone()).toEqual({ kind: 'found', value: { hits: [hit], sharedBy: 1 }, fetchedAt: now });
    expect(calls).toEqual(['phone +14155550101 1 4155550101 US']);
  });

  test('no hit has the number › not found', async () => {
    named = found([person('bo', ['+1 415 555 0102'])]);
    expect(await findPhone()).toEqual({ kind: 'not-found', fetchedAt: now });
  });

  test('stored number without a country code › source’s country, else the caller’s, marked as assumed', async () => {
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

  test('source stores normalized numbers › they decide', async () => {
    const phones = [{ raw: 'home', value: '+14155550101' }];
    named = found([{ ...person('ann', []), phones }]);
    expect(await findPhone()).toMatchObject({ value: { hits: [{ stored: 'home' }] } });
    named = found([{ ...person('ann', []), phones: [{ raw: '+14155550101', value: null }] }]);
    expect(await findPhone()).toMatchObject({ kind: 'not-found' });
  });

  test('customer with two matching numbers › one hit, within the limit', async () => {
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

  test('full list of hits › the source counts the rest', async () => {
    named = found(Array.from({ length: 50 }, (_, index) => person(`p${index}`, ['+14155550101'])));
    connector.countHits = async () => found(1_200);
    expect(await findPhone()).toMatchObject({ value: { sharedBy: 1_200 } });
    connector.countHits = async () => ({ kind: 'unavailable', reason: 'x' });
    expect(await findPhone()).toMatchObject({ kind: 'unavailable' });
  });

  test('a million hits › at most a thousand are verified', async () => {
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

  test('e-mail in another letter case › only the same address is a hit', async () => {
    named = found([person('ann', [], ['Ann@X.example']), person('bo', [], ['ann@x.example.net', 'Ann'])]);
    const answer = await open().find('email', 'ANN@x.example', 10);
    expect(answer).toMatchObject({ value: { hits: [{ customerId: 'ann', stored: 'Ann@X.example' }], sharedBy: 1 } });
    expect(calls).toEqual(['email ann@x.example']);
  });

  test('internationalized domain › both spellings are queried', async () => {
    for (const domain of ['xn--bcher-kva.example', 'xn--.example', 'xn--a.example']) {
      await open().find('email', `ann@${domain}`, 10);
    }
    const known = ['email ann@xn--bcher-kva.example', 'email ann@bücher.example'];
    expect(calls).toEqual([...known, 'email ann@xn--.example', 'email ann@xn--a.example']);
  });

  test('keyed-in case number › exact number before padded ones', async () => {
    const hit = (number: string, id: string) => ({ number, customer: person(id, []) });
    connector.findByCase = async () => found([hit('CS0001042', 'ann'), hit('CS0010420', 'bo')]);
    expect(await open().find('case', '1042', 10)).toMatchObject({
      value: { hits: [{ customerId: 'ann', stored: 'CS0001042' }], sharedBy: 1 },
    });
    connector.findByCase = async () => found([hit('CS0001042', 'ann'), hit('1042', 'bo'), hit('cs-1042', 'cy')]);
    expect(await open().find('case', '1042', 10)).toMatchObject({ value: { hits: [{ customerId: 'bo' }] } });
    expect(await open().find('case', 'CS-1042', 10)).toMatchObject({ value: { hits: [{ customerId: 'cy' }] } });
  });

  test('malformed or overlong value › is not queried', async () => {
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

describe('source cache', () => {
  test('found › cached for 30 s with its fetch time', async () => {
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

  test('not found › cached for 10 s', async () => {
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
  ])('%s › is not cached', async (_kind, failure) => {
    named = failure;
    const source = open();
    expect(await findPhone(source)).toEqual({ ...failure, fetchedAt: now });
    await findPhone(source);
    expect(calls).toHaveLength(2);
  });

  test('fresh request › renews the cache, a failure leaves it', async () => {
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

  test('fresh request only › allows a probe of an open circuit', async () => {
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

  test('simultaneous equal requests › one call, and one for the fresh request', async () => {
    const source = open();
    await Promise.all([findPhone(source), findPhone(source), findPhone(source, 10, 'fresh')]);
    expect(calls).toHaveLength(2);
  });

  test('time to live of 0 › nothing is cached', async () => {
    const source = open({ ttl: { found: 0, notFound: 0 } });
    await findPhone(source);
    await findPhone(source);
    expect(calls).toHaveLength(2);
  });
});

describe('source customers', () => {
  beforeEach(() => {
    for (const id of ['ann', 'bo', 'cy']) stored.set(id, record(id));
  });
  const idsOf = (answer: { kind: string; value?: { id: string }[] }) => answer.value?.map(({ id }) => id);

  test('deleted customer › is left out, the others keep the order of the ids', async () => {
    const answer = await open().readCustomers(['cy', 'gone', 'ann', 'cy', '', 'a\nb']);
    expect(idsOf(answer)).toEqual(['cy', 'ann']);
    expect(calls).toEqual(['read cy,gone,ann']);
    expect(await open().readCustomers(['gone'])).toMatchObject({ kind: 'not-found' });
    expect(await open().readCustomers([])).toMatchObject({ kind: 'not-found' });
  });

  test('customer that was not requested › is left out', async () => {
    connector.readCustomers = async () => found([record('ann'), record('everybody')]);
    expect(idsOf(await open().readCustomers(['ann']))).toEqual(['ann']);
  });

  test('some cached › only the others are requested, oldest fetch time', async () => {
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

  test('part missing › is not cached', async () => {
    stored.set('ann', record('ann', { missing: [{ part: 'cases', failure: { kind: 'forbidden' } }] }));
    const source = open();
    await source.readCustomers(['ann']);
    await source.readCustomers(['ann']);
    expect(calls).toHaveLength(2);
  });

  test('activity logged › customer is read again', async () => {
    const source = open();
    await source.readCustomers(['ann', 'bo']);
    const logged = await source.logActivity({ customerId: 'ann' } as Activity);
    expect(logged).toEqual({ kind: 'found', value: { id: '1', isNew: true }, fetchedAt: now });
    await source.readCustomers(['ann', 'bo']);
    expect(calls).toEqual(['read ann,bo', 'read ann']);
  });

  test('cell with several numbers › each is parsed', async () => {
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
  ])('link %s › allowed: %s', async (url, isAllowed) => {
    stored.set('ann', record('ann', { url, cases: [{ number: '1', subject: 's', url }] }));
    const answer = await open().readCustomers(['ann']);
    const customer = answer.kind === 'found' ? answer.value[0] : undefined;
    expect([customer?.url, customer?.cases[0]?.url]).toEqual(isAllowed ? [url, url] : [undefined, undefined]);
  });

  test.each([
    ['https://crm.example\\@evil.example/', 'https://crm.example/@evil.example/'],
    ['https://CRM.example/1\n<2>', 'https://crm.example/1%3C2%3E'],
    ['https:crm.example/1', 'https://crm.example/1'],
  ])('link %j › is returned as parsed', async (url, understood) => {
    stored.set('ann', record('ann', { url, cases: [{ number: '1', subject: 's', url }] }));
    const answer = await open().readCustomers(['ann']);
    expect(answer).toMatchObject({ value: [{ url: understood, cases: [{ url: understood }] }] });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20, -1e20])('time %d › is dropped', async (at) => {
    const interactions = [{ at }, { at: 5 }];
    stored.set('ann', record('ann', { cases: [{ number: '1', subject: 's', updatedAt: at }], interactions }));
    const answer = await open().readCustomers(['ann']);
    expect(answer).toMatchObject({ value: [{ interactions: [{ at: 5 }] }] });
    expect(answer).not.toHaveProperty('value.0.cases.0.updatedAt');
  });

  test('long texts, control characters › are cut and removed', async () => {
    const fields = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 'x'.repeat(5_000)]));
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

  test('no name › e-mail or company as the name', async () => {
    stored.set('ann', record('ann', { name: ' ', emails: [{ raw: 'ann@x.example' }] }));
    stored.set('bo', record('bo', { name: '', company: 'Northwind' }));
    const answer = await open().readCustomers(['ann', 'bo']);
    expect(answer).toMatchObject({ value: [{ name: 'ann@x.example' }, { name: 'Northwind' }] });
  });
});

describe('source deadlines and errors', () => {
  test.each([
    { kind: 'unavailable', reason: 'search-too-broad' },
    { kind: 'invalid', reason: 'too-many' },
  ] as const)('connector answers $reason › is too broad, not silent or wrong', async (failure) => {
    connector.findByPhone = async () => failure;
    expect(await findPhone()).toMatchObject({ kind: 'too-broad' });
  });

  test('connector never answers › is unavailable', async () => {
    connector.findByPhone = () => new Promise(() => {});
    expect(await findPhone(open({ deadlineMs: 20 }))).toMatchObject({ kind: 'unavailable', reason: 'timeout' });
  });

  test('connector throws › is invalid and reported', async () => {
    const thrown = new Error('a fault of ours');
    connector.findByPhone = () => Promise.reject(thrown);
    connector.check = () => {
      throw thrown;
    };
    expect(await findPhone()).toMatchObject({ kind: 'invalid' });
    expect(await open().check()).toMatchObject({ kind: 'invalid', fetchedAt: now });
    expect(errors).toEqual([thrown, thrown]);
  });

  test('default country cannot be read › hits are verified without it', async () => {
    connector.defaultCountry = () => Promise.reject(new Error('away'));
    named = found([person('ann', ['+1 415 555 0101'])]);
    expect(await findPhone()).toMatchObject({ kind: 'found' });
  });

  test('search › distinct ids within the limit', async () => {
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
