import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import { servicenow } from './definition.ts';
import { type FakeServicenow, startFakeServicenow } from './fake.ts';
import { toLink, toSummary } from './mapping.ts';
import { toCaseNumbers } from './query.ts';
import { row } from './row.ts';
import { tableSets } from './table-sets.ts';

describeConnectorConformance({ definition: servicenow, startFake: startFakeServicenow });
describe('ServiceNow with consumers', () => {
  describeConnectorConformance({
    definition: servicenow,
    startFake: () => startFakeServicenow('consumers'),
  });
});
describe('ServiceNow with callers', () => {
  describeConnectorConformance({
    definition: servicenow,
    startFake: () => startFakeServicenow('callers'),
  });
});

describe('ServiceNow', () => {
  let crm: FakeServicenow;
  beforeEach(async () => {
    crm = await startFakeServicenow();
  });
  afterEach(() => crm.stop());

  const connect = (settings: Record<string, unknown> = {}) => connectToFake(servicenow, crm, { settings });
  const sentQueries = () =>
    crm.requests.map(({ target }) => new URL(target, crm.url).searchParams.get('sysparm_query') ?? '');
  const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'], emails: ['ann.lee@northwind.example'] };

  describe('phone search', () => {
    test.each([
      ['+18582877834', '+1 858 287 7834'],
      ['+16692627777', '+16692627777'],
      ['+15555551234', '(555)555-1234'],
      ['+442084669992', '+44 20 8466 9992'],
      ['+442079460001', '020 7946 0001'],
      ['+441632960123', '(01632) 960123'],
      ['+441632960123', '+44 1632 960123'],
      ['+14155550101', '415/555-0101'],
      ['+14155550101', '+1 (415) 555 - 0101'],
      ['+14155550101', '(415) 555-0101 ext. 12'],
      ['+14155550101', '+1 212 555 0199; +1 415 555 0101'],
      ['+33123456789', '+33 1 23 45 67 89'],
      ['+33123456789', '01.23.45.67.89'],
      ['+4930123456', '030/123456'],
      ['+4930123456', '(030) 123456'],
      ['+46701234567', '070-123 45 67'],
      ['+4512345678', '12 34 56 78'],
      ['+919876543210', '+91 98765 43210'],
      ['+84912345678', '0912 345 678'],
      ['+84912345678', '0912.345.678'],
      ['+842838220000', '(028) 3822 0000'],
      ['+74951234567', '8 (495) 123-45-67'],
      ['+390612345678', '+39 06 1234 5678'],
      ['+4712345678', '123 45 678'],
      ['+498923456710', '089/234567-10'],
      ['+498923456710', '+49 89 23 45 67-10'],
      ['+49892345670', '089/234567-0'],
      ['+4989234567100', '089 / 234567 - 100'],
    ])('%s › is found where %s is stored', async (asked, stored) => {
      const { id } = crm.put({ name: 'Ann Lee', phones: ['', stored] });
      crm.put({ name: 'Bo Lind', phones: ['+1 212 555 0142'] });
      const { connector } = connect();
      const national = asked.replace(/^\+(1|44|33|49|46|45|91|84|7|39|47)(?=\d{5})/, '');
      const phone = { e164: asked, countryCode: '', national, country: undefined };
      const answer = await connector.findByPhone(phone, 20);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    });

    test('E.164 column › the displayed number counts', () => {
      const phone = (value: string, display: string) =>
        toSummary(row.parse({ phone: { value, display_value: display } }), tableSets.contacts).phones;
      expect(phone('14155550101', '+1 (415) 555-0101')).toEqual([{ raw: '+1 (415) 555-0101' }]);
      expect(phone('(415) 555-0101', '(415) 555-0101')).toEqual([{ raw: '(415) 555-0101' }]);
      expect(phone('', '')).toEqual([]);
    });

    test('full page without the number › is too broad, not “not found”', async () => {
      for (let index = 0; index < 200; index += 1)
        crm.put({ name: `No. ${index}`, phones: [`+44 7${100 + index} 555 0101`] });
      crm.put(ann);
      const { source } = connect();
      expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'too-broad' });
    });

    test('number shared by 250 › is found', async () => {
      for (let index = 0; index < 250; index += 1) crm.put({ name: `No. ${index}`, phones: ['+1 415 555 0101'] });
      const { source } = connect();
      expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'found', value: { sharedBy: 200 } });
    });

    test('forbidden rows › do not hide readable ones', async () => {
      for (let index = 0; index < 60; index += 1) crm.hide(crm.put({ ...ann, name: `No. ${index}` }).id);
      const { id } = crm.put(ann);
      const { source } = connect();
      expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    });
  });

  describe('short spellings', () => {
    const asked = { e164: '+12123341555', national: '2123341555', countryCode: '1', country: 'US' };
    const fill = () => {
      for (let index = 0; index < 205; index += 1) {
        crm.put({ name: `No. ${index}`, phones: [`415-55${index % 10}-${1_000 + index}`] });
      }
    };

    test('match too many other numbers › customer with the number is found', async () => {
      const { id } = crm.put({ name: 'Ann Lee', phones: ['212-334-1555'] });
      fill();
      const answer = await connect().source.find('phone', '+12123341555', 10);
      expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
    });

    test('match too many other numbers, nobody has the number › is invalid, not “not found”', async () => {
      fill();
      expect(await connect().connector.findByPhone(asked, 10)).toEqual({ kind: 'invalid', reason: 'too-many' });
    });
  });

  describe('e-mail search', () => {
    const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };

    test.each([
      'annblee42@gmail.com',
      'ann.b.lee42@gmail.com',
      'a.n.n.b.l.e.e.4.2@googlemail.com',
      'Ann.BLee42+shop@gmail.com',
      'b@x.example, ann.b.lee42@gmail.com',
    ])('%s › is found by the mailbox', async (stored) => {
      const { id } = crm.put({ name: 'Ann Lee', emails: [stored] });
      const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    });

    test('one of several addresses in a column › is found', async () => {
      const { id } = crm.put({ name: 'Ann Lee', emails: ['b@x.example ::: ann_lee@x.example'] });
      const { connector } = connect();
      expect(await connector.findByEmail('ann_lee@x.example', 10)).toMatchObject({ kind: 'found', value: [{ id }] });
      expect(await connector.findByEmail('lee@x.example', 10)).toEqual({ kind: 'not-found' });
    });

    test('address of another begins alike › does not hide one among several', async () => {
      crm.put({ name: 'Bo Lind', emails: ['annblee421@gmail.com'] });
      const { id } = crm.put({ name: 'Ann Lee', emails: ['b@x.example, ann.b.lee42@gmail.com'] });
      const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    });

    test('long address of a mailbox › request line stays short', async () => {
      const long = { ...mailbox, local: 'maximilianalexander1987' };
      await connect().connector.findByEmail('maximilianalexander1987@gmail.com', 10, long);
      for (const { target } of crm.requests) expect(target.length).toBeLessThan(12_000);
    });
  });

  test('search by name, others have the word inside › is found behind them', async () => {
    for (let index = 0; index < 60; index += 1) crm.put({ name: `Ashleen ${100 + index}` });
    const { id } = crm.put({ name: 'Zoe Lee' });
    const answer = await connect().connector.search({ kind: 'name', text: 'lee' }, 10);
    expect(answer.kind === 'found' && answer.value[0]).toBe(id);
  });

  describe('number that was renumbered', () => {
    const phone = { e164: '+5511987654323', countryCode: '55', national: '11987654323', country: 'BR' };

    test.each([
      ['(11) 8765-4323', ['1187654323']],
      ['+55 11 8765-4323', ['1187654323']],
      ['(11) 555-0199', ['115550199']],
    ])('stored as %s › is found', async (stored, formerNationals) => {
      const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
      const answer = await connect().connector.findByPhone({ ...phone, formerNationals }, 10);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    });
  });

  describe('silently ignored queries', () => {
    test('one of several columns is unknown › the others still work', async () => {
      const { id } = crm.put(ann);
      crm.dropColumn('customer_contact', 'mobile_phone');
      const { source } = connect();
      expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
      expect(await source.find('phone', '+14155550102', 10)).toMatchObject({ kind: 'not-found' });
    });

    test('only column is unknown › all rows returned, none accepted', async () => {
      crm.put(ann);
      crm.put({ name: 'Bo Lind', phones: ['+14155550101'] });
      const { connector } = connect({ phoneFields: ['u_phone'], emailFields: ['u_mail'] });
      const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
      expect(await connector.findByPhone(phone, 20)).toEqual({ kind: 'invalid', reason: 'query-ignored' });
      expect(await connector.findByEmail('ann.lee@northwind.example', 20)).toMatchObject({ kind: 'invalid' });
    });

    test('interaction column is unknown › interactions are missing, the rest is shown', async () => {
      const { id } = crm.put({ ...ann, interactions: [{ at: 0, summary: 'Asked' }], cases: [{ subject: 'Router' }] });
      crm.dropColumn('interaction', 'contact');
      const { connector } = connect();
      const missing = [{ part: 'interactions', failure: { kind: 'invalid', reason: 'query-ignored' } }];
      const card = { interactions: [], cases: [{ subject: 'Router' }], missing };
      expect(await connector.readCustomers([id])).toMatchObject({ kind: 'found', value: [card] });
    });

    test('invalid queries return no rows › is invalid, not “not found”', async () => {
      crm.put(ann);
      crm.returnNoRowsForInvalidQueries();
      const { connector } = connect({ emailFields: ['u_mail'] });
      const unknown = { kind: 'invalid', reason: 'column-unknown' };
      expect(await connector.findByEmail('ann.lee@northwind.example', 20)).toEqual(unknown);
    });

    test('invalid queries return no rows, one of several columns is unknown › is invalid', async () => {
      crm.put(ann);
      crm.returnNoRowsForInvalidQueries();
      crm.dropColumn('customer_contact', 'mobile_phone');
      const { source } = connect();
      expect(await source.find('phone', '+14155550101', 10)).toMatchObject({
        kind: 'invalid',
        reason: 'column-unknown',
      });
      expect(await source.find('email', 'bo@northwind.example', 10)).toMatchObject({ kind: 'not-found' });
    });

    test('invalid queries return no rows, column behind a reference is unknown › is invalid', async () => {
      crm.put({ ...ann, company: 'Northwind', accountNumber: 'ACCT0001' });
      crm.returnNoRowsForInvalidQueries();
      const { source } = connect({ fields: { accountNumber: 'account.u_number' } });
      expect(await source.find('account', 'ACCT0001', 10)).toMatchObject({ kind: 'invalid', reason: 'column-unknown' });
      expect(await connect().source.find('account', 'ACCT0002', 10)).toMatchObject({ kind: 'not-found' });
    });

    test('invalid queries return no rows, column of cases is unknown › cases are missing', async () => {
      const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }], interactions: [{ at: 0, summary: 'Asked' }] });
      crm.returnNoRowsForInvalidQueries();
      crm.dropColumn('sn_customerservice_case', 'contact');
      const missing = [{ part: 'cases', failure: { kind: 'invalid', reason: 'column-unknown' } }];
      expect(await connect().connector.readCustomers([id])).toMatchObject({
        value: [{ cases: [], missing, interactions: [{ summary: 'Asked' }] }],
      });
    });

    test('truncated answer › is a failure', async () => {
      crm.put(ann);
      const { connector } = connect();
      crm.cutOffNext();
      const answer = await connector.search({ kind: 'name', text: 'Ann' }, 10);
      expect(answer).toMatchObject({ kind: 'unavailable' });
    });
  });

  describe('rows that the user may not read', () => {
    test('customers › are forbidden, not “not found” and not deleted', async () => {
      const { id } = crm.put(ann);
      crm.hideAll('customer_contact');
      const { source } = connect();
      expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'forbidden' });
      expect(await source.find('email', 'ann.lee@northwind.example', 10)).toMatchObject({ kind: 'forbidden' });
      expect(await source.readCustomers([id])).toMatchObject({ kind: 'forbidden' });
      expect(await source.search({ kind: 'name', text: 'Ann' }, 10)).toMatchObject({ kind: 'forbidden' });
    });

    test('cases and interactions › are missing', async () => {
      const { id, caseNumbers } = crm.put({
        ...ann,
        cases: [{ subject: 'Router' }],
        interactions: [{ at: 0, summary: 'Asked' }],
      });
      crm.hideAll('sn_customerservice_case');
      crm.hideAll('interaction');
      const { source } = connect();
      const failure = { kind: 'forbidden' };
      expect(await source.readCustomers([id])).toMatchObject({
        value: [
          {
            cases: [],
            missing: [
              { part: 'cases', failure },
              { part: 'interactions', failure },
            ],
          },
        ],
      });
      expect(await source.find('case', caseNumbers[0] ?? '', 10)).toMatchObject(failure);
    });

    test('empty tables › there is none', async () => {
      const { id } = crm.put(ann);
      const answer = await connect().connector.readCustomers([id]);
      expect(answer).toMatchObject({ value: [{ cases: [], interactions: [] }] });
      expect(answer).not.toHaveProperty('value.0.missing');
    });

    test('many look-ups of nobody › the table is examined once', async () => {
      crm.put(ann);
      const { source } = connect();
      for (const last of [2, 3, 4]) await source.find('phone', `+1415555010${last}`, 10);
      const examined = crm.requests.filter(
        ({ target }) => target.startsWith('/api/') && !target.includes('sysparm_query'),
      );
      expect(examined).toHaveLength(1);
    });

    test('connection check › names the tables', async () => {
      crm.put({ ...ann, interactions: [{ at: 0, summary: 'Asked' }] });
      crm.hideAll('interaction');
      expect(await connect().connector.check()).toMatchObject({
        value: { missing: [expect.stringMatching(/^The table interaction may not be read/)] },
      });
    });
  });

  test('untrusted text › is never executed and adds no condition', async () => {
    crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const { connector } = connect();
    const piece = fc.constantFrom(
      '^',
      '^OR',
      '^NQ',
      'javascript:',
      'java\u0000script:',
      'sys_idISNOTEMPTY',
      'ann',
      '%',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 5 }), async (pieces) => {
        const text = pieces.join('');
        await Promise.all([
          connector.findByEmail(text, 10),
          connector.findByCase(text, 10),
          connector.findByAccount?.(text, 10),
          connector.search({ kind: 'name', text }, 10),
          connector.search({ kind: 'email-prefix', text }, 10),
          connector.readCustomers([text]),
        ]);
      }),
      { numRuns: 60 },
    );
    expect(crm.scripts).toEqual([]);
    // Sent once to see whether the column exists; without any text.
    const columnTest = 'sys_idISNOTEMPTY^ORaccount.numberISNOTEMPTY';
    for (const query of sentQueries().filter((sent) => sent !== columnTest)) {
      expect(query).not.toMatch(/javascript:|\^NQ|%/);
      for (const part of query.split('^')) {
        expect(part).toMatch(/^(OR)?(email|u_email_2|account\.number|number|name)(=|LIKE|STARTSWITH)|^ORDERBYname$|^$/);
      }
    }
  });

  test('fake › executes scripts and injected conditions', async () => {
    crm.put(ann);
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const authorization = `Basic ${Buffer.from('deskside.api:deskside-password').toString('base64')}`;
    const runQuery = async (query: string) => {
      const url = `${crm.url}/api/now/table/customer_contact?sysparm_query=${encodeURIComponent(query)}`;
      return (await (await fetch(url, { headers: { ...headers, authorization } })).json()) as { result: unknown[] };
    };
    expect((await runQuery('email=nobody^NQactive=true')).result).toHaveLength(1);
    expect((await runQuery('no_such_column=1')).result).toHaveLength(1);
    expect((await runQuery('email=nobody')).result).toHaveLength(0);
    await runQuery('email=javascript:gs.getUserID()');
    expect(crm.scripts).toEqual(['javascript:gs.getUserID()']);
  });

  test('card › three requests, both headers on each', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }], interactions: [{ at: 0, summary: 'Asked' }] });
    const { connector } = connect();
    await connector.readCustomers([id]);
    const asked = crm.requests.filter(({ target }) => target.startsWith('/api/'));
    expect(asked).toHaveLength(3);
    for (const { headers } of asked) {
      expect(headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' });
    }
  });

  test('basic sign-in › name and password', async () => {
    crm.put(ann);
    const { source } = connect({ auth: 'basic', username: 'deskside.api', password: 'deskside-password' });
    expect(await source.find('email', 'ann.lee@northwind.example', 10)).toMatchObject({ kind: 'found' });
    expect(crm.requests.some(({ target }) => target === '/oauth_token.do')).toBe(false);
  });

  test('account number › finds everyone of the account', async () => {
    const { id } = crm.put({ ...ann, company: 'Northwind', accountNumber: 'ACCT0001' });
    crm.put({ name: 'Bo Lind', accountNumber: 'ACCT0002' });
    const { source } = connect();
    const answer = await source.find('account', 'ACCT0001', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id, stored: 'ACCT0001' }] } });
  });

  test('keyed-in digits › find the case', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const digits = caseNumbers[0]?.replace(/\D|^CS0*/g, '').replace(/^0+/, '') ?? '';
    const { source } = connect();
    const answer = await source.find('case', digits, 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id, stored: caseNumbers[0] }] } });
  });

  test.each([
    ['1001', ['1001', 'CS0001001']],
    ['CS1001', ['CS1001', 'CS0001001']],
    ['CS0001001', ['CS0001001']],
    ['INC0010001', ['INC0010001']],
    ['12345678', ['12345678', 'CS12345678']],
    ['X-1', ['X-1']],
    ['1001^ORACTIVE=TRUE', []],
    ['', []],
  ])('case number %j › means %j', (keyed, numbers) => {
    expect(toCaseNumbers(keyed, 'CS')).toEqual(numbers);
  });

  test('times › are read as UTC', async () => {
    const at = Date.UTC(2026, 9, 2, 3, 20);
    const { id } = crm.put({
      ...ann,
      cases: [{ subject: 'Router', updatedAt: at }],
      interactions: [{ at, summary: 'x' }],
    });
    const { connector } = connect();
    const card = { cases: [{ updatedAt: at, status: 'Open' }], interactions: [{ at, channel: 'voice' }] };
    expect(await connector.readCustomers([id])).toMatchObject({ value: [card] });
  });

  test('many cases of one customer › others keep theirs', async () => {
    const many = Array.from({ length: 120 }, (_, index) => ({
      subject: `Case ${index}`,
      updatedAt: index + 1_000_000,
    }));
    const { id: busy } = crm.put({ ...ann, cases: many });
    const { id: calm } = crm.put({ name: 'Bo Lind', cases: [{ subject: 'Old one', updatedAt: 1 }] });
    const { connector } = connect();
    const answer = await connector.readCustomers([busy, calm]);
    expect(answer.kind === 'found' && answer.value.map(({ cases }) => cases.length)).toEqual([120, 1]);
    expect(answer).not.toHaveProperty('value.0.missing');
  });

  test('more cases than are read › are shown, and told as missing', async () => {
    const many = Array.from({ length: 201 }, (_, index) => ({ subject: `Case ${index}`, updatedAt: index }));
    const { id } = crm.put({ ...ann, cases: many });
    const answer = await connect().connector.readCustomers([id]);
    const missing = [{ part: 'cases', failure: { kind: 'invalid', reason: 'list-cut' } }];
    expect(answer).toMatchObject({ value: [{ missing }] });
    expect(answer.kind === 'found' && answer.value[0]?.cases).toHaveLength(200);
  });

  test('unreadable cases before readable ones › are read past', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ subject: `Case ${index}`, updatedAt: 1_000_000 - index }));
    const { id, caseNumbers } = crm.put({ ...ann, cases: many });
    for (const number of caseNumbers.slice(0, 55)) crm.hideCase(number);
    const answer = await connect().connector.readCustomers([id]);
    expect(answer.kind === 'found' && answer.value[0]?.cases).toHaveLength(5);
  });

  test('record link › default or configured form', () => {
    const link = { baseUrl: 'https://acme.service-now.com', recordLink: '/nav_to.do?uri={table}.do?sys_id={id}' };
    expect(toLink(link, 'incident', 'a1')).toBe('https://acme.service-now.com/nav_to.do?uri=incident.do?sys_id=a1');
    const workspace = { ...link, recordLink: '/now/cwf/agent/record/{table}/{id}' };
    expect(toLink(workspace, 'incident', 'a/b')).toBe(
      'https://acme.service-now.com/now/cwf/agent/record/incident/a%2Fb',
    );
  });

  describe('connection check', () => {
    test('unknown columns › are listed with their cost', async () => {
      const { id } = crm.put({ ...ann, company: 'Northwind', cases: [{ subject: 'Router' }] });
      crm.put({ ...ann, interactions: [{ at: 0, summary: 'x' }] });
      crm.dropColumn('customer_contact', 'home_phone');
      crm.dropColumn('interaction', 'client_session_id');
      const { connector } = connect({ fields: { tier: 'account.u_segment' } });
      const report = await connector.check();
      const missing = report.kind === 'found' ? report.value.missing : [];
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(missing).toEqual([
        expect.stringMatching(/^customer_contact has no field home_phone.*nobody is found/),
        expect.stringMatching(/^customer_contact has no field account\.u_segment.*tier stays empty/),
        expect.stringMatching(/^interaction has no field client_session_id.*nothing is logged/),
      ]);
    });

    test('forbidden and unknown tables › are listed', async () => {
      crm.put(ann);
      crm.forbid('sn_customerservice_case');
      crm.remove('interaction');
      const { connector } = connect();
      expect(await connector.check()).toMatchObject({
        value: {
          missing: [
            'The table sn_customerservice_case may not be read: nobody is found by a case number, and no cases are shown.',
            expect.stringContaining('The table interaction cannot be read; is its plugin there?'),
          ],
        },
      });
    });
  });

  test('rate limit of the instance › is rate-limited', async () => {
    crm.put(ann);
    crm.allowRequests(0);
    const { source } = connect();
    expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'rate-limited' });
  });

  test.each([
    [{ clientId: undefined }, 'clientId'],
    [{ auth: 'basic' }, 'username'],
    [{ fields: { tier: 'u_tier^NQ' } }, 'fields'],
    [{ phoneFields: ['phoneLIKE'] }, 'phoneFields'],
    [{ phoneFields: ['a', 'b', 'c', 'd', 'e'] }, 'phoneFields'],
    [{ caseTable: '../x' }, 'caseTable'],
    [{ casePrefix: 'cs^' }, 'casePrefix'],
    [{ keyField: 'correlation_id=' }, 'keyField'],
    [{ recordLink: '//evil.example/{id}' }, 'recordLink'],
    [{ recordLink: 'javascript:{id}' }, 'recordLink'],
  ])('settings %j › are rejected', (settings, name) => {
    const parsed = servicenow.settings.safeParse({ ...crm.settings, ...crm.secrets, ...settings });
    expect(parsed.error?.issues.map(({ path }) => path[0])).toContain(name);
  });
});
