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

describe('Dynamics finds', () => {
  test.each(['+1 (415) 555-0101', '+1-415-555-0101', '(415) 555-0101', '1 415 555 0101', '4155550101'])(
    '%s where wildcards are not honoured',
    async (stored) => {
      crm.honourWildcards(false);
      const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
      expect(await connect().connector.findByPhone(asked, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test('any way of writing where they are', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['+1 41 55 55 01 01'] });
    expect(await connect().connector.findByPhone(asked, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    crm.honourWildcards(false);
    expect(await connect().connector.findByPhone(asked, 10)).toEqual({ kind: 'not-found' });
  });

  test('people before companies, and leads only where they are included', async () => {
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

  test('nobody who was deactivated', async () => {
    crm.add('contacts', { fullname: 'Ann Lee', telephone1: '4155550101', emailaddress1: 'a@x.example', statecode: 1 });
    const { connector } = connect();
    expect(await connector.findByPhone(asked, 10)).toEqual({ kind: 'not-found' });
    expect(await connector.findByEmail('a@x.example', 10)).toEqual({ kind: 'not-found' });
  });

  test('any of three e-mails', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['a@x.example', 'b@x.example', 'C@x.example'] });
    expect(await connect().connector.findByEmail('c@x.example', 10)).toMatchObject({ value: [{ id }] });
  });

  test('the case that a caller keys in, all of them where several begin so', async () => {
    const { id, caseNumbers } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
    const { source } = connect();
    for (const said of ['1000', '01000', 'CAS-01000', 'CAS 01000']) {
      const answer = await source.find('case', said, 10);
      expect([said, answer]).toMatchObject([said, { value: { hits: [{ customerId: id, stored: caseNumbers[0] }] } }]);
    }
    const other = crm.put({ name: 'Bo Lind' }).id.replace('contact:', '');
    crm.add('incidents', { ticketnumber: 'CAS-01000-ZZZZZZ', _customerid_value: other });
    expect(await source.find('case', '1000', 10, 'fresh')).toMatchObject({ value: { sharedBy: 2 } });
    expect(await source.find('case', '100', 10)).toMatchObject({ kind: 'not-found' });
  });

  test('the person of a company’s case, or the company', async () => {
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

  test('the people of an account number, or the company where it has none', async () => {
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

describe('Dynamics is asked', () => {
  test('with the vendor’s headers, and never for more than is wanted', async () => {
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

  test('three times at once for ten cards', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => crm.put({ name: `Ann Lee ${index}` }).id);
    const answer = await connect().connector.readCustomers(ids.toReversed());
    expect(answer.kind === 'found' && answer.value.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(listQueries()).toHaveLength(3);
  });

  test('for a token of its environment, whichever of its two addresses is set', () => {
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

describe('a card of Dynamics', () => {
  test('shows choices, owners and lookups in words, and the columns that are mapped', async () => {
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

  test('of a company shows its own columns', async () => {
    const account = crm.add('accounts', { name: 'Northwind', accountnumber: '778812', telephone1: '4155550101' });
    expect(await connect().connector.readCustomers([`account:${account}`])).toMatchObject({
      value: [{ name: 'Northwind', fields: { accountNumber: '778812' }, phones: [{ raw: '4155550101' }] }],
    });
  });

  test('links to its record, in the app that is set', async () => {
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

  test('says of a part that it may not read that it is missing', async () => {
    const { id } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
    crm.forbid('incidents');
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ name: 'Ann Lee', cases: [], missing: [{ part: 'cases', failure: { kind: 'forbidden' } }] }],
    });
  });

  test('shows activities in which the customer took part, whatever they are about, and no others', async () => {
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

describe('the settings of Dynamics', () => {
  const given = { baseUrl: 'https://x.crm.dynamics.com', tenantId: 't', clientId: 'c', clientSecret: 's' };

  test.each([
    { fields: { tier: 'new_tier)?$filter=x' } },
    { fields: { tier: 'New_Tier' } },
    { fields: { tier: 'owner.fullname' } },
    { fields: { tier: 'account.account.name' } },
    { casePrefix: "CAS'" },
    { appId: 'sales' },
  ])('refuse %j', (wrong) => {
    expect(dynamics.settings.safeParse({ ...given, ...wrong }).success).toBe(false);
  });

  test.each(['new_tier', 'account.new_tier', '_new_plan_value', 'account._ownerid_value'])(
    'take the column %s',
    (tier) => {
      expect(dynamics.settings.safeParse({ ...given, fields: { tier } }).success).toBe(true);
    },
  );

  test('are checked: a table that may not be read and a column that is not there are named', async () => {
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

describe('what Dynamics says', () => {
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
  ])('with %s and %s is %s', (status, code, kind) => {
    expect(say(status, code)).toBe(kind);
  });
});
