import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
    [400, '0x80044151', 'unavailable'],
    [404, '0x80040217', undefined],
    [412, '', undefined],
    [400, '0x80060888', undefined],
    [503, undefined, undefined],
    [200, '0x80040220', undefined],
  ])('status %s, code %s › %s', (status, code, kind) => {
    expect(say(status, code)).toBe(kind);
  });
});
