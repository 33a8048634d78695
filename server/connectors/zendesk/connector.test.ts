import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpOutcome } from '../../platform/http-client.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import { zendesk } from './definition.ts';
import { type FakeZendesk, startFakeZendesk } from './fake.ts';
import { toZendeskTime } from './fake-records.ts';
import { isCustomer } from './mapping.ts';

describeConnectorConformance({ definition: zendesk, startFake: startFakeZendesk });

let crm: FakeZendesk;
beforeEach(async () => {
  crm = await startFakeZendesk();
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) => connectToFake(zendesk, crm, { settings });
const sent = () => crm.requests.map(({ method, target }) => `${method} ${target.split('?')[0]}`);
const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'], emails: ['ann@northwind.example'] };

describe('Zendesk settings', () => {
  const given = { baseUrl: 'https://acme.zendesk.com', clientId: 'deskside', clientSecret: 's' };
  const problemsOf = (settings: Record<string, unknown>) =>
    zendesk.settings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

  test('sign-in method › requires its own credentials only', () => {
    expect(problemsOf(given)).toEqual([]);
    expect(problemsOf({ baseUrl: given.baseUrl })).toEqual(['clientId is missing', 'clientSecret is missing']);
    expect(problemsOf({ ...given, auth: 'api-token' })).toEqual(['email is missing', 'apiToken is missing']);
    expect(problemsOf({ ...given, talkPartner: 'on' })).toEqual(['appId is missing']);
    expect(problemsOf({ ...given, fields: { tier: 'user_fields.tier OR role:agent' } })).toEqual([
      'fields.tier must be a place such as user_fields.tier or tags.tier_*',
    ]);
  });

  test('token request › goes to the configured URL', () => {
    const toTokenRequest = (settings: Record<string, unknown>) => {
      const authorization = zendesk.authorize(zendesk.settings.parse(settings));
      return authorization.kind === 'token' ? authorization.request() : undefined;
    };
    expect(toTokenRequest(given)).toEqual({
      url: 'https://acme.zendesk.com/oauth/tokens',
      form: { grant_type: 'client_credentials', client_id: 'deskside', client_secret: 's', scope: 'read write' },
    });
    expect(toTokenRequest({ ...given, tokenUrl: 'https://login.zendesk.com/t' })?.url).toBe(
      'https://login.zendesk.com/t',
    );
  });

  test('API token › works, and the check reports when it expires', async () => {
    const { connector } = connect({ auth: 'api-token', email: 'deskside@acme.example', apiToken: 'zendesk-api-token' });
    crm.put(ann);
    expect(await connector.findByEmail('ann@northwind.example', 10)).toMatchObject({ kind: 'found' });
    expect(sent()).not.toContain('POST /oauth/tokens');
    expect(await connector.check()).toEqual({
      kind: 'found',
      value: { missing: [expect.stringContaining('2027-04-30')] },
    });
  });
});

describe('Zendesk search', () => {
  test('agent with the number or address › is not a customer', async () => {
    crm.records.addUser({ name: 'Mina', role: 'agent', phone: '+14155550101', email: 'ann@northwind.example' });
    const { connector } = connect();
    expect(await connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
    expect(await connector.findByEmail('ann@northwind.example', 10)).toEqual({ kind: 'not-found' });
  });

  test('agent or deleted user in a result › is not a customer', () => {
    const user = { id: 1, role: 'end-user', active: true };
    expect(isCustomer(user)).toBe(true);
    expect(
      [
        { ...user, role: 'agent' },
        { ...user, role: 'admin' },
        { ...user, active: false },
      ].some(isCustomer),
    ).toBe(false);
  });

  test('many users with the name in their notes › the one with the name is found', async () => {
    for (let index = 0; index < 120; index += 1) crm.records.addUser({ name: 'Bo Park', notes: 'Knows Zoe Lind' });
    const { id } = crm.put({ name: 'Zoe Lind' });
    expect(await connect().connector.search({ kind: 'name', text: 'Zoe Lind' }, 10)).toEqual({
      kind: 'found',
      value: [id],
    });
  });

  test('name query › matches names, not notes', async () => {
    const { id } = crm.put({ name: 'Zoë Lind-Ørsted' });
    crm.records.addUser({ name: 'Bo Park', notes: 'Zoe Lind knows more' });
    const { connector } = connect();
    for (const text of ['zoë', 'Lind', 'Zoë Lin', 'Ørsted']) {
      expect([text, await connector.search({ kind: 'name', text }, 10)]).toEqual([
        text,
        { kind: 'found', value: [id] },
      ]);
    }
  });

  test('phone query › searches national digits in every phone field', async () => {
    await connect().connector.findByPhone(phone, 10);
    const queries = crm.requests.flatMap(({ target }) => new URLSearchParams(target.split('?')[1]).get('query') ?? []);
    expect(queries.toSorted()).toEqual([
      'role:end-user mobile_number:*4155550101',
      'role:end-user mobile_number:*4155550101*',
      'role:end-user phone:*4155550101',
      'role:end-user phone:*4155550101*',
    ]);
  });

  test.each(['(11) 8765-4323', '+55 11 8765-4323', '11 98765-4323'])(
    'Brazilian number stored as %s › is found',
    async (stored) => {
      const { id } = crm.put({ name: 'Ana Lima', phones: [stored] });
      const brazilian = { e164: '+5511987654323', countryCode: '55', national: '11987654323', country: 'BR' };
      const answer = await connect().connector.findByPhone({ ...brazilian, formerNationals: ['1187654323'] }, 10);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test.each([
    '(415) 555-0101 (ext. 12)',
    '415-555-0101 x12',
    '415-555-0199 ::: 415-555-0101',
    '415-555-0101 home / 415-555-0199 cell',
  ])('number stored as %s › is found', async (stored) => {
    const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
    crm.put({ name: 'Bo Lind', phones: ['+49 415 555 0101'] });
    const answer = await connect().connector.findByPhone(phone, 10);
    expect(answer.kind === 'found' && answer.value.map((hit) => hit.id)).toContain(id);
  });

  test('many numbers that only end alike › the right one on a later page is found', async () => {
    for (let index = 0; index < 130; index += 1)
      crm.put({ name: 'Bo Lind', phones: [`+49 ${100 + index} 4155550101`] });
    const { id } = crm.put(ann);
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({
      kind: 'found',
      value: { hits: [{ customerId: id }] },
    });
  });

  test.each(['ann.b.lee42@gmail.com', 'AnnBLee42@googlemail.com', 'a.n.n.b.lee42+shop@gmail.com'])(
    '%s › is found by another address of the mailbox',
    async (stored) => {
      const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };
      const { id } = crm.put({ name: 'Ann Lee', emails: [stored] });
      const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test('wildcards in an address are rejected › the address itself is found', async () => {
    const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };
    const { id } = crm.put({ name: 'Ann Lee', emails: ['annblee42@gmail.com'] });
    const honest = createHttpClient();
    const http: HttpClient = {
      send: async (request) =>
        decodeURIComponent(String(request.url)).includes('*@')
          ? { kind: 'http', status: 422, headers: new Headers(), json: { error: 'invalid' } }
          : honest.send(request),
    };
    const { connector } = connectToFake(zendesk, crm, { http });
    expect(await connector.findByEmail('annblee42@gmail.com', 10, mailbox)).toMatchObject({ value: [{ id }] });
  });

  test('name with accents › is found as stored, with accents or without', async () => {
    const { id } = crm.put({ name: 'Dang Hoa' });
    const { id: accented } = crm.put({ name: 'Đặng Hoa' });
    const answer = await connect().source.search({ kind: 'name', text: 'Đặng' }, 10);
    expect(answer.kind === 'found' && answer.value.toSorted()).toEqual([id, accented].toSorted());
  });

  test('second e-mail address › is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', 'ann.lee@home.example'] });
    expect(await connect().source.find('email', 'ann.lee@home.example', 10)).toMatchObject({
      value: { hits: [{ customerId: id, stored: 'ann.lee@home.example' }] },
    });
  });

  test('address with the same words › is not found', async () => {
    crm.put({ name: 'Ann Lee', emails: ['ann.lee@northwind.example'] });
    const { connector, source } = connect();
    expect(await connector.findByEmail('lee@northwind.example', 10)).toMatchObject({ kind: 'found' });
    expect(await source.find('email', 'lee@northwind.example', 10)).toMatchObject({ kind: 'not-found' });
  });

  test.each(['41001', '#41001', '0041001'])('ticket %s › finds its requester', async (number) => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    expect(await connect().connector.findByCase(number, 10)).toMatchObject({
      value: [{ number: '41001', customer: { id, name: 'Ann Lee' } }],
    });
    expect(sent()).toEqual(['POST /oauth/tokens', 'GET /api/v2/tickets/41001.json']);
  });

  test('ticket requested by an agent, no side-loading › finds the agent', async () => {
    const ticket = crm.records.addTicket({ subject: 'New laptop', requester_id: 7002 });
    crm.setSideLoading(false);
    expect(await connect().connector.findByCase(String(ticket.id), 10)).toMatchObject({
      value: [{ customer: { id: '7002', name: 'Mina Park' } }],
    });
  });

  test.each(['4100', '', '#', 'CS-41001', '41001 OR 1', '9'.repeat(30)])('ticket %s › finds nobody', async (number) => {
    crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    expect(await connect().connector.findByCase(number, 10)).toEqual({ kind: 'not-found' });
  });

  test('account number › is searched in the mapped field only', async () => {
    const { id } = crm.put({ ...ann, accountNumber: 'N-778812' });
    expect(await connect().source.find('account', 'N-778812', 10)).toMatchObject({
      value: { hits: [{ customerId: id, stored: 'N-778812' }] },
    });
    crm.records.addUser({ name: 'Bo Lind', external_id: 'EXT 1' });
    const byExternalId = connect({ fields: { accountNumber: 'external_id' } }).source;
    expect(await byExternalId.find('account', 'EXT 1', 10)).toMatchObject({ kind: 'found' });
    expect(connect({ fields: {} }).connector.findByAccount).toBeUndefined();
    expect(
      connect({ fields: { accountNumber: 'organization_fields.segment' } }).connector.findByAccount,
    ).toBeUndefined();
  });
});

describe('Zendesk card', () => {
  test('several customers › one request for users and one per customer', async () => {
    const ids = [crm.put({ ...ann, company: 'Northwind' }).id, crm.put({ name: 'Bo Lind' }).id];
    await connect().connector.readCustomers(ids);
    expect(
      sent()
        .filter((line) => line.startsWith('GET'))
        .toSorted(),
    ).toEqual([
      ...ids.map((id) => `GET /api/v2/users/${id}/tickets/requested.json`),
      'GET /api/v2/users/show_many.json',
    ]);
  });

  test('ticket not yet in the search index › is shown', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    crm.setIndexLag(60_000);
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ cases: [{ subject: 'Router' }] }],
    });
  });

  test('open ticket behind many closed ones › is shown', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Old, but open', updatedAt: 0 }] });
    const closed = { status: 'closed', requester_id: Number(id) };
    for (let index = 1; index <= 30; index += 1) {
      crm.records.addTicket({ ...closed, subject: `Call ${index}`, updated_at: toZendeskTime(index * 86_400_000) });
    }
    const answer = await connect().connector.readCustomers([id]);
    const [card] = answer.kind === 'found' ? answer.value : [];
    expect(card?.cases).toMatchObject([{ subject: 'Old, but open' }]);
    expect(card?.interactions).toHaveLength(25);
    expect(card?.missing).toBeUndefined();
  });

  /** The lists of a user's tickets, and searches, as changed. */
  function connectChanging(change: (url: string, json: Record<string, unknown>) => HttpOutcome | undefined) {
    const honest = createHttpClient();
    const http: HttpClient = {
      async send(request) {
        const outcome = await honest.send(request);
        if (outcome.kind !== 'ok') return outcome;
        return change(String(request.url), outcome.json as Record<string, unknown>) ?? outcome;
      },
    };
    return connectToFake(zendesk, crm, { http }).connector;
  }
  const answerOf = (json: unknown): HttpOutcome => ({ kind: 'ok', status: 200, headers: new Headers(), json });

  test.each(['InvalidEndpoint', 'RecordNotFound'])(
    'list of tickets answers 404 %s › cases are missing',
    async (error) => {
      const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
      const connector = connectChanging((url) =>
        url.includes('/requested') ? { kind: 'http', status: 404, headers: new Headers(), json: { error } } : undefined,
      );
      const failure = { kind: 'invalid', reason: 'http-404' };
      expect(await connector.readCustomers([id])).toMatchObject({
        value: [
          {
            missing: [
              { part: 'cases', failure },
              { part: 'interactions', failure },
            ],
          },
        ],
      });
    },
  );

  test('list of tickets without its count › open tickets are searched too', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Old, but open', updatedAt: 0 }] });
    const closed = { status: 'closed', requester_id: Number(id) };
    for (let index = 1; index <= 30; index += 1) {
      crm.records.addTicket({ ...closed, subject: `Call ${index}`, updated_at: toZendeskTime(index * 86_400_000) });
    }
    const connector = connectChanging((url, { count: _, next_page: __, ...json }) =>
      url.includes('/requested') ? answerOf(json) : undefined,
    );
    expect(await connector.readCustomers([id])).toMatchObject({ value: [{ cases: [{ subject: 'Old, but open' }] }] });
  });

  test('ticket of somebody else in the list › is not shown', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const other = crm.records.addTicket({ subject: 'Somebody else’s', requester_id: 7002 });
    const connector = connectChanging((url, json) =>
      url.includes('/requested') ? answerOf({ ...json, tickets: [other, ...(json.tickets as unknown[])] }) : undefined,
    );
    const answer = await connector.readCustomers([id]);
    expect(answer.kind === 'found' && answer.value[0]?.cases.map(({ subject }) => subject)).toEqual(['Router']);
  });

  test('hundreds of open tickets › all are shown, or cases are missing', async () => {
    const { id } = crm.put(ann);
    const add = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        crm.records.addTicket({ subject: `Open ${index}`, status: 'open', requester_id: Number(id) });
      }
    };
    add(230);
    const whole = await connect().connector.readCustomers([id]);
    expect(whole.kind === 'found' && whole.value[0]?.cases).toHaveLength(230);
    expect(whole).not.toHaveProperty('value.0.missing');
    add(100);
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ missing: [{ part: 'cases', failure: { kind: 'invalid', reason: 'too-many' } }] }],
    });
  });

  test('mapped fields › come from user, organization and tags', async () => {
    const { id } = crm.put({ ...ann, company: 'Northwind', tier: 'Gold' });
    const user = crm.records.users.get(Number(id));
    Object.assign(user ?? {}, { tags: ['vip', 'level_2'], notes: 'Prefers mail' });
    const [company] = crm.records.organizations.values();
    Object.assign(company ?? {}, { organization_fields: { segment: 'Wholesale' }, external_id: 'NW' });
    crm.records.addTicket({
      subject: 'Invoice',
      status: 'solved',
      requester_id: Number(id),
      assignee_id: 7002,
      via: { channel: 'native_messaging' },
    });
    const fields = {
      tier: 'user_fields.tier',
      segment: 'organization_fields.segment',
      vip: 'tags.vip',
      level: 'tags.level_*',
      alerts: 'notes',
      companyCode: 'organization.external_id',
      none: 'tags.absent',
    };
    const read = await connect({ fields }).connector.readCustomers([id]);
    const expected = {
      company: 'Northwind',
      fields: {
        tier: 'Gold',
        segment: 'Wholesale',
        vip: 'vip',
        level: '2',
        alerts: 'Prefers mail',
        companyCode: 'NW',
        language: 'en-US',
        timeZone: 'America/Los_Angeles',
      },
      interactions: [{ channel: 'chat', agent: 'Mina Park', summary: 'Invoice (#41001)' }],
    };
    expect(read).toMatchObject({ value: [expected] });
    crm.setSideLoading(false);
    const { interactions: _, ...withoutSideLoading } = expected;
    expect(await connect({ fields }).connector.readCustomers([id])).toMatchObject({ value: [withoutSideLoading] });
  });

  test('deleted user › is left out', async () => {
    const { id } = crm.put(ann);
    Object.assign(crm.records.users.get(Number(id)) ?? {}, { active: false });
    expect(await connect().connector.readCustomers([id])).toEqual({ kind: 'not-found' });
    expect(await connect().connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
  });
});

test('Zendesk connection check › more fields than one page › finds those of the second', async () => {
  crm.addFields(250);
  expect(await connect().connector.check()).toEqual({ kind: 'found', value: { missing: [] } });
});

test('Zendesk connection check › rights and fields are missing › lists them, writes nothing', async () => {
  const settings = { fields: { tier: 'user_fields.rank', segment: 'organization_fields.size' }, phoneFields: ['fax'] };
  expect(await connect(settings).connector.check()).toEqual({
    kind: 'found',
    value: {
      missing: [
        'There is no user field rank: tier stays empty on the card.',
        'There is no user field fax: nobody is found by the phone numbers in it.',
        'There is no organization field size: segment stays empty on the card.',
      ],
    },
  });
  expect(sent().filter((line) => !line.startsWith('GET'))).toEqual(['POST /oauth/tokens']);
});
