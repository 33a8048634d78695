import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '../../platform/http-client.ts';
import { fakeActivity } from '../conformance/activity-for-tests.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import { dynamics } from './definition.ts';
import { type FakeDynamics, startFakeDynamics } from './fake.ts';

describeConnectorConformance({ definition: dynamics, startFake: startFakeDynamics });

const asked = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };

let crm: FakeDynamics;
beforeEach(async () => {
  crm = await startFakeDynamics();
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) => connectToFake(dynamics, crm, { settings });
const listQueries = () => crm.requests.filter(({ target }) => target.startsWith('/api/data/'));

describe('Dynamics search', () => {
  test.each(['+1 (415) 555-0101', '+1-415-555-0101', '(415) 555-0101', '1 415 555 0101', '4155550101'])(
    '%s, wildcards do not work › is found',
    async (stored) => {
      crm.honorWildcards(false);
      const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
      expect(await connect().connector.findByPhone(asked, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test('wildcards work › any spelling is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['+1 41 55 55 01 01'] });
    expect(await connect().connector.findByPhone(asked, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    crm.honorWildcards(false);
    expect(await connect().connector.findByPhone(asked, 10)).toEqual({ kind: 'not-found' });
  });

  test('several kinds › contacts before accounts, leads only if included', async () => {
    crm.add('accounts', { name: 'Northwind', telephone1: '+1 415 555 0101' });
    crm.add('leads', { fullname: 'Cy Moss', mobilephone: '415-555-0101', companyname: 'Fabrikam' });
    crm.put({ name: 'Ann Lee', phones: ['4155550101'] });
    const names = async (settings: Record<string, unknown>) => {
      const answer = await connect(settings).connector.findByPhone(asked, 10);
      return answer.kind === 'found' ? answer.value.map(({ name }) => name) : answer;
    };
    expect(await names({})).toEqual(['Ann Lee', 'Northwind']);
    expect(await names({ leads: 'include' })).toEqual(['Ann Lee', 'Northwind', 'Cy Moss']);
  });

  test('deactivated record › is not found', async () => {
    crm.add('contacts', { fullname: 'Ann Lee', telephone1: '4155550101', emailaddress1: 'a@x.example', statecode: 1 });
    const { connector } = connect();
    expect(await connector.findByPhone(asked, 10)).toEqual({ kind: 'not-found' });
    expect(await connector.findByEmail('a@x.example', 10)).toEqual({ kind: 'not-found' });
  });

  test('second or third e-mail › is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['a@x.example', 'b@x.example', 'C@x.example'] });
    expect(await connect().connector.findByEmail('c@x.example', 10)).toMatchObject({ value: [{ id }] });
  });

  test('keyed-in case number › finds all cases that begin so', async () => {
    const { id, caseNumbers } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
    const { source } = connect();
    for (const keyed of ['1000', '01000', 'CAS-01000', 'CAS 01000']) {
      const answer = await source.find('case', keyed, 10);
      expect([keyed, answer]).toMatchObject([keyed, { value: { hits: [{ customerId: id, stored: caseNumbers[0] }] } }]);
    }
    const other = crm.put({ name: 'Bo Lind' }).id.replace('contact:', '');
    crm.add('incidents', { ticketnumber: 'CAS-01000-ZZZZZZ', _customerid_value: other });
    expect(await source.find('case', '1000', 10, 'fresh')).toMatchObject({ value: { sharedBy: 2 } });
    expect(await source.find('case', '100', 10)).toMatchObject({ kind: 'not-found' });
  });

  test('case of a company › finds its contact, else the company', async () => {
    const account = crm.add('accounts', { name: 'Northwind' });
    const { id } = crm.put({ name: 'Ann Lee' });
    const person = { _primarycontactid_value: id.replace('contact:', '') };
    crm.add('incidents', { ticketnumber: 'CAS-02000-A1B2C3', _customerid_value: account, ...person });
    crm.add('incidents', { ticketnumber: 'CAS-02001-A1B2C3', _customerid_value: account });
    const { connector } = connect();
    expect(await connector.findByCase('2000', 10)).toMatchObject({ value: [{ customer: { id } }] });
    expect(await connector.findByCase('2001', 10)).toMatchObject({
      value: [{ customer: { id: `account:${account}` } }],
    });
    expect(await connector.readCustomers([id])).toMatchObject({ value: [{ cases: [{ number: 'CAS-02000-A1B2C3' }] }] });
  });

  test('account number › finds its contacts, else the account', async () => {
    const { id } = crm.put({ name: 'Ann Lee', company: 'Northwind', accountNumber: '778812' });
    const account = crm.add('accounts', { name: 'Fabrikam', accountnumber: '778813' });
    const { source } = connect();
    const hits = async (number: string) => {
      const answer = await source.find('account', number, 10);
      return answer.kind === 'found' ? answer.value.hits.map(({ customerId }) => customerId) : answer.kind;
    };
    expect(await hits('778812')).toEqual([id]);
    expect(await hits('00778812')).toEqual([id]);
    expect(await hits('778813')).toEqual([`account:${account}`]);
    expect(await hits('77881')).toBe('not-found');
  });
});

describe('Dynamics number that was renumbered', () => {
  const phone = { e164: '+5511987654323', countryCode: '55', national: '11987654323', country: 'BR' };

  test.each(['(11) 8765-4323', '+55 11 8765-4323', '1187654323', '+55 (11) 98765-4323'])(
    'stored as %s › is found',
    async (stored) => {
      const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
      const answer = await connect().connector.findByPhone({ ...phone, formerNationals: ['1187654323'] }, 10);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );
});

describe('Dynamics mailbox', () => {
  const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };

  test.each(['ann.b.lee42@gmail.com', 'Ann.Lee@x.example; annblee42@gmail.com', 'a.n.n.blee42+shop@googlemail.com'])(
    '%s › is found',
    async (stored) => {
      const { id } = crm.put({ name: 'Ann Lee', emails: [stored] });
      const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test('address of another begins alike › does not hide one among several', async () => {
    crm.put({ name: 'Bo Lind', emails: ['annblee421@gmail.com'] });
    const { id } = crm.put({ name: 'Ann Lee', emails: ['b@x.example, ann.b.lee42@gmail.com'] });
    const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
    expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
  });

  test('too many other addresses match the pattern › is invalid, not “not found”', async () => {
    for (let index = 0; index < 200; index += 1) {
      crm.put({ name: `No. ${index}`, emails: [`annabelle.lee42.${index}@gmail.com`] });
    }
    const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
    expect(answer).toEqual({ kind: 'invalid', reason: 'too-many' });
  });

  test('more than the limit match the pattern › one behind them is found', async () => {
    for (let index = 0; index < 20; index += 1) {
      crm.put({ name: `No. ${index}`, emails: [`annabelle.lee42.${index}@gmail.com`] });
    }
    const { id } = crm.put({ name: 'Zoe Lee', emails: ['ann.b.lee42@gmail.com'] });
    const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
    expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    const inside = crm.put({ name: 'Zora Lee', emails: ['z@x.example; ann.b.lee43@gmail.com'] });
    for (let index = 0; index < 20; index += 1) {
      crm.put({ name: `No. ${index}`, emails: [`annabelle.lee43.${index}@gmail.com`] });
    }
    const among = await connect().connector.findByEmail('annblee43@gmail.com', 10, { ...mailbox, local: 'annblee43' });
    expect(among).toMatchObject({ kind: 'found', value: [{ id: inside.id }] });
  });

  test('one of several addresses in a column › is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['a@x.example', 'b@x.example ::: ann_lee@x.example'] });
    const { connector } = connect();
    expect(await connector.findByEmail('ann_lee@x.example', 10)).toMatchObject({ value: [{ id }] });
    expect(await connector.findByEmail('c@x.example', 10)).toEqual({ kind: 'not-found' });
  });
});

describe('Dynamics lists with further pages', () => {
  test('pages are small › all rows are read', async () => {
    const cases = Array.from({ length: 12 }, (_, index) => ({ subject: `Case ${index}` }));
    const { id } = crm.put({ name: 'Ann Lee', phones: ['4155550101'], cases });
    crm.setPageSize(5);
    const answer = await connect().connector.readCustomers([id]);
    expect(answer.kind === 'found' && answer.value[0]?.cases).toHaveLength(12);
    expect(answer).not.toHaveProperty('value.0.missing');
  });

  test('more pages than are read › rows are shown, and told as missing', async () => {
    const cases = Array.from({ length: 12 }, (_, index) => ({ subject: `Case ${index}` }));
    const { id } = crm.put({ name: 'Ann Lee', cases });
    crm.setPageSize(2);
    const missing = [{ part: 'cases', failure: { kind: 'invalid', reason: 'list-cut' } }];
    const answer = await connect().connector.readCustomers([id]);
    expect(answer).toMatchObject({ value: [{ missing }] });
    expect(answer.kind === 'found' && answer.value[0]?.cases).toHaveLength(8);
  });

  test('many open cases of one customer › are all shown, others keep theirs', async () => {
    const cases = Array.from({ length: 120 }, (_, index) => ({
      subject: `Case ${index}`,
      updatedAt: 1_000_000 + index,
    }));
    const busy = crm.put({ name: 'Ann Lee', cases }).id;
    const calm = crm.put({ name: 'Bo Lind', cases: [{ subject: 'Old one', updatedAt: 1 }] }).id;
    const answer = await connect().connector.readCustomers([busy, calm]);
    expect(answer.kind === 'found' && answer.value.map((customer) => customer.cases.length)).toEqual([120, 1]);
    expect(answer).not.toHaveProperty('value.0.missing');
  });

  test('activities of a busy customer › others keep theirs', async () => {
    const interactions = Array.from({ length: 60 }, (_, index) => ({ at: 1_000_000 + index, summary: `No. ${index}` }));
    const busy = crm.put({ name: 'Ann Lee', interactions }).id;
    const calm = crm.put({ name: 'Bo Lind', interactions: [{ at: 1, summary: 'Old one' }] }).id;
    const answer = await connect().connector.readCustomers([busy, calm]);
    expect(answer.kind === 'found' && answer.value[1]?.interactions).toMatchObject([{ summary: 'Old one' }]);
  });

  test('cut list without the number › is too broad, not “not found”', async () => {
    for (let index = 0; index < 60; index += 1) crm.put({ name: `A ${index}`, phones: [`+44 4155${index} 550 101`] });
    crm.put({ name: 'Zoe', phones: ['4155550101'] });
    const { source } = connect();
    expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'too-broad' });
  });

  test('company of ten people › all are the hits, though the vendor names a next link', async () => {
    for (let index = 0; index < 10; index += 1) {
      crm.put({ name: `No. ${index}`, company: 'Northwind', accountNumber: '778812' });
    }
    const answer = await connect().connector.findByAccount?.('778812', 50);
    expect(answer?.kind === 'found' && answer.value.map(({ customer }) => customer.id.split(':')[0])).toEqual(
      Array.from({ length: 10 }, () => 'contact'),
    );
  });

  test.each(['https://elsewhere.example/incidents?page=2', 'not an address'])(
    'next link %s › list counts as cut',
    async (link) => {
      const { id } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
      const honest = createHttpClient();
      const http: HttpClient = {
        async send(request) {
          const outcome = await honest.send(request);
          const isCases = /incidents/.test(String(request.url)) && outcome.kind === 'ok';
          return isCases ? { ...outcome, json: { ...(outcome.json as object), '@odata.nextLink': link } } : outcome;
        },
      };
      const { connector } = connectToFake(dynamics, crm, { http });
      expect(await connector.readCustomers([id])).toMatchObject({
        value: [{ missing: [{ part: 'cases', failure: { reason: 'list-cut' } }] }],
      });
    },
  );

  test('company of many people › is itself the hit', async () => {
    for (let index = 0; index < 11; index += 1) {
      crm.put({ name: `No. ${index}`, company: 'Northwind', accountNumber: '778812' });
    }
    const account = crm.rowsOf('accounts')[0]?.accountid;
    expect(await connect().connector.findByAccount?.('778812', 50)).toMatchObject({
      value: [{ customer: { id: `account:${account}` } }],
    });
  });
});

describe('Dynamics requests', () => {
  test('search › vendor’s headers and only the needed columns', async () => {
    crm.put({ name: 'Ann Lee', phones: ['4155550101'] });
    await connect().connector.findByPhone(asked, 7);
    const queries = listQueries();
    expect(queries).toHaveLength(2);
    for (const { target, headers } of queries) {
      expect(target).toMatch(/&\$top=7$/);
      expect(headers).toMatchObject({ 'odata-version': '4.0', 'odata-maxversion': '4.0', 'if-none-match': 'null' });
      expect(headers.prefer).toBe('odata.include-annotations="OData.Community.Display.V1.FormattedValue"');
      expect(headers.accept).toBe('application/json');
    }
  });

  test('ten cards › three parallel requests', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => crm.put({ name: `Ann Lee ${index}` }).id);
    const answer = await connect().connector.readCustomers(ids.toReversed());
    expect(answer.kind === 'found' && answer.value.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(listQueries()).toHaveLength(3);
  });

  test('token › is for the environment, whichever of its URLs is set', () => {
    const given = { tenantId: 'contoso.example', clientId: 'c', clientSecret: 's' };
    for (const baseUrl of [
      'https://contoso.api.crm4.dynamics.com/api/data/v9.2',
      'https://contoso.crm4.dynamics.com',
    ]) {
      const authorization = dynamics.authorize(dynamics.settings.parse({ ...given, baseUrl }));
      expect(authorization.kind === 'token' && authorization.request()).toEqual({
        url: 'https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token',
        form: {
          grant_type: 'client_credentials',
          client_id: 'c',
          client_secret: 's',
          scope: 'https://contoso.crm4.dynamics.com/.default',
        },
      });
    }
  });
});

describe('Dynamics card', () => {
  test('choices, owners, lookups › are shown as display text', async () => {
    const account = crm.add('accounts', { name: 'Northwind', accountnumber: '778812', accountcategorycode: 1 });
    const { id } = crm.put({ name: 'Ann Lee', owner: 'Mina Park', cases: [{ subject: 'Router', priority: 'high' }] });
    Object.assign(crm.rowsOf('contacts')[0] ?? {}, { _parentcustomerid_value: account, preferredcontactmethodcode: 3 });
    const fields = { tier: 'account.accountcategorycode', Prefers: 'preferredcontactmethodcode', Again: 'telephone1' };
    expect(await connect({ fields }).connector.readCustomers([id])).toMatchObject({
      value: [
        {
          company: 'Northwind',
          cases: [{ status: 'In Progress', priority: 'High' }],
          fields: { owner: 'Mina Park', tier: 'Preferred Customer', accountNumber: '778812', Prefers: 'Phone' },
        },
      ],
    });
  });

  test('company › shows its own columns', async () => {
    const account = crm.add('accounts', { name: 'Northwind', accountnumber: '778812', telephone1: '4155550101' });
    expect(await connect().connector.readCustomers([`account:${account}`])).toMatchObject({
      value: [{ name: 'Northwind', fields: { accountNumber: '778812' }, phones: [{ raw: '4155550101' }] }],
    });
  });

  test('record link › opens in the configured app', async () => {
    const { id } = crm.put({ name: 'Ann Lee' });
    const guid = id.replace('contact:', '');
    const urlOf = async (settings: Record<string, unknown>) => {
      const answer = await connect(settings).connector.readCustomers([id]);
      return answer.kind === 'found' && answer.value[0]?.url;
    };
    const webUrl = 'https://contoso.crm4.dynamics.com';
    const record = `etn=contact&pagetype=entityrecord&id=%7B${guid}%7D`;
    expect(await urlOf({ webUrl })).toBe(`${webUrl}/main.aspx?${record}`);
    const appId = '3e2b8f3a-1111-4111-8111-111111111111';
    expect(await urlOf({ webUrl, appId })).toBe(`${webUrl}/main.aspx?appid=${appId}&${record}`);
  });

  test('forbidden part › is missing', async () => {
    const { id } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
    crm.forbid('incidents');
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ name: 'Ann Lee', cases: [], missing: [{ part: 'cases', failure: { kind: 'forbidden' } }] }],
    });
  });

  test('activities › regarding the customer or with the customer as a party', async () => {
    const { id } = crm.put({ name: 'Ann Lee', interactions: [{ at: 1_000, summary: 'About her' }] });
    const other = crm.put({ name: 'Bo Lind', interactions: [{ at: 2_000, summary: 'About him' }] });
    const call = crm.add('phonecalls', { subject: 'About a case', actualstart: new Date(3_000).toISOString() });
    crm.add('activityparties', { _activityid_value: call, _partyid_value: id.replace('contact:', '') });
    const answer = await connect().connector.readCustomers([id, other.id]);
    const summaries =
      answer.kind === 'found'
        ? answer.value.map(({ interactions }) => interactions.map((item) => item.summary).sort())
        : [];
    expect(summaries).toEqual([['About a case', 'About her'], ['About him']]);
  });
});

describe('Dynamics settings', () => {
  const given = { baseUrl: 'https://x.crm.dynamics.com', tenantId: 't', clientId: 'c', clientSecret: 's' };

  test.each([
    { fields: { tier: 'new_tier)?$filter=x' } },
    { fields: { tier: 'New_Tier' } },
    { fields: { tier: 'owner.fullname' } },
    { fields: { tier: 'account.account.name' } },
    { casePrefix: "CAS'" },
    { appId: 'sales' },
  ])('%j › is rejected', (wrong) => {
    expect(dynamics.settings.safeParse({ ...given, ...wrong }).success).toBe(false);
  });

  test.each(['new_tier', 'account.new_tier', '_new_plan_value', 'account._ownerid_value'])(
    'column %s › is accepted',
    (tier) => {
      expect(dynamics.settings.safeParse({ ...given, fields: { tier } }).success).toBe(true);
    },
  );

  test('connection check › lists forbidden tables and unknown columns', async () => {
    crm.forbid('incidents');
    const { connector } = connect({ fields: { tier: 'new_rank', plan: 'account.new_plan' } });
    expect(await connector.check()).toEqual({
      kind: 'found',
      value: {
        missing: [
          'The application user may not read the table incidents: nobody is found by a case number, and no cases are shown.',
          'The table contacts has no column new_rank for tier: no customer can be shown.',
          'The table accounts has no column new_plan for plan: no customer can be shown.',
        ],
      },
    });
  });
});

describe('Dynamics scan that is too expensive', () => {
  const codes = ['80048544', '80048644', '80048744', '80048745', '80048573', '80048574', '80048575'];

  test.each(codes)('code 0x%s, any status › is too broad, no wrong setting and no pause', async (code) => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['4155550101'], emails: ['a@x.example'] });
    const { source } = connect();
    const find = () => source.find('phone', '+14155550101', 10, 'fresh');
    for (const status of [400, 429, 500, 503]) {
      crm.refuseScans({ status, code: `0x${code}`, message: 'This query is throttled' });
      expect(await find()).toMatchObject({ kind: 'too-broad' });
      expect(await source.find('email', 'a@x.example', 10, 'fresh')).toMatchObject({ kind: 'found' });
      expect(await source.readCustomers([id], 'fresh')).toMatchObject({ kind: 'found' });
      crm.refuseScans(undefined);
      expect(await find()).toMatchObject({ kind: 'found' });
    }
  });

  test('many times in a row › cards, e-mails and logs go on', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['4155550101'], emails: ['a@x.example'] });
    const { source } = connect();
    crm.refuseScans({ status: 500, code: '0x80048573', message: 'The query timed out' });
    for (let times = 0; times < 6; times += 1) await source.find('phone', '+14155550101', 10);
    expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'unavailable' });
    expect(await source.find('email', 'a@x.example', 10)).toMatchObject({ kind: 'found' });
    expect(await source.readCustomers([id])).toMatchObject({ kind: 'found' });
    expect(await source.logActivity({ ...fakeActivity, customerId: id })).toMatchObject({ kind: 'found' });
  });

  test('search by name › is too broad as well', async () => {
    crm.put({ name: 'Ann Lee' });
    crm.refuseScans({ status: 400, code: '0x80048644', message: 'This query is throttled' });
    expect(await connect().source.search({ kind: 'name', text: 'Lee' }, 10)).toMatchObject({
      kind: 'too-broad',
    });
  });

  test('connection check › says what helps', async () => {
    crm.refuseScans({ status: 400, code: '0x80048644', message: 'This query is throttled' });
    expect(await connect().connector.check()).toMatchObject({
      value: { missing: [expect.stringContaining('too expensive')] },
    });
  });
});

describe('Dynamics error answers', () => {
  const say = (status: number, code?: string) => {
    const json = code === undefined ? '<h1>' : { error: { code, message: '' } };
    return dynamics.readProblem?.({ status, headers: new Headers(), json });
  };

  test.each([
    [429, '0x80072322', 'rate-limited'],
    [429, '0x80072321', 'rate-limited'],
    [503, '0x80072326', 'rate-limited'],
    [403, '0x80040220', 'forbidden'],
    [400, '0x80040220', 'forbidden'],
    [403, '0x80040256', 'forbidden'],
    [400, '0x8004F504', 'forbidden'],
    [400, '0x80044151', 'unavailable'],
    [404, '0x80040217', undefined],
    [404, '0x80060888', 'invalid'],
    [404, undefined, 'invalid'],
    [405, '0x80040227', undefined],
    [412, '', undefined],
    [400, '0x80060888', undefined],
    [503, undefined, undefined],
    [200, '0x80040220', undefined],
  ])('status %s, code %s › %s', (status, code, kind) => {
    expect(say(status, code)).toBe(kind);
  });
});
