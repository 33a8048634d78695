import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import type { Activity } from '../port/connector.ts';
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

describe('the credentials', () => {
  const given = { baseUrl: 'https://acme.zendesk.com', clientId: 'deskside', clientSecret: 's' };
  const problemsOf = (settings: Record<string, unknown>) =>
    zendesk.settings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

  test('are an OAuth client, unless an API token is chosen', () => {
    expect(problemsOf(given)).toEqual([]);
    expect(problemsOf({ baseUrl: given.baseUrl })).toEqual(['clientId is missing', 'clientSecret is missing']);
    expect(problemsOf({ ...given, auth: 'api-token' })).toEqual(['email is missing', 'apiToken is missing']);
    expect(problemsOf({ ...given, talkPartner: 'on' })).toEqual(['appId is missing']);
    expect(problemsOf({ ...given, fields: { tier: 'user_fields.tier OR role:agent' } })).toEqual([
      'fields.tier must be a place such as user_fields.tier or tags.tier_*',
    ]);
  });

  test('ask for a token where the settings say', () => {
    const ask = (settings: Record<string, unknown>) => {
      const authorization = zendesk.authorize(zendesk.settings.parse(settings));
      return authorization.kind === 'token' ? authorization.request() : undefined;
    };
    expect(ask(given)).toEqual({
      url: 'https://acme.zendesk.com/oauth/tokens',
      form: { grant_type: 'client_credentials', client_id: 'deskside', client_secret: 's', scope: 'read write' },
    });
    expect(ask({ ...given, tokenUrl: 'https://login.zendesk.com/t' })?.url).toBe('https://login.zendesk.com/t');
  });

  test('of an API token work, and the check says when they end', async () => {
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

describe('finding', () => {
  test('an agent who has the number or address is no customer', async () => {
    crm.records.addUser({ name: 'Mina', role: 'agent', phone: '+14155550101', email: 'ann@northwind.example' });
    const { connector } = connect();
    expect(await connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
    expect(await connector.findByEmail('ann@northwind.example', 10)).toEqual({ kind: 'not-found' });
  });

  test('an agent or somebody deleted is no customer, even where Zendesk names them', () => {
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

  test('a name is met in names, not in notes', async () => {
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

  test('asks by the end of the number, without plus, and in the user fields that hold numbers', async () => {
    await connect().connector.findByPhone(phone, 10);
    const queries = crm.requests.flatMap(({ target }) => new URLSearchParams(target.split('?')[1]).get('query') ?? []);
    expect(queries.toSorted()).toEqual(['role:end-user mobile_number:*4155550101', 'role:end-user phone:*4155550101']);
  });

  test('a second address of a user is met', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', 'ann.lee@home.example'] });
    expect(await connect().source.find('email', 'ann.lee@home.example', 10)).toMatchObject({
      value: { hits: [{ customerId: id, stored: 'ann.lee@home.example' }] },
    });
  });

  test('an address that only contains the words of the asked one is not met', async () => {
    crm.put({ name: 'Ann Lee', emails: ['ann.lee@northwind.example'] });
    const { connector, source } = connect();
    expect(await connector.findByEmail('lee@northwind.example', 10)).toMatchObject({ kind: 'found' });
    expect(await source.find('email', 'lee@northwind.example', 10)).toMatchObject({ kind: 'not-found' });
  });

  test.each(['41001', '#41001', '0041001'])('the ticket %s leads to who asked for it', async (number) => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    expect(await connect().connector.findByCase(number, 10)).toMatchObject({
      value: [{ number: '41001', customer: { id, name: 'Ann Lee' } }],
    });
    expect(sent()).toEqual(['POST /oauth/tokens', 'GET /api/v2/tickets/41001.json']);
  });

  test('a ticket that an agent asked for is the agent’s, and without side-loading too', async () => {
    const ticket = crm.records.addTicket({ subject: 'New laptop', requester_id: 7002 });
    crm.setSideLoading(false);
    expect(await connect().connector.findByCase(String(ticket.id), 10)).toMatchObject({
      value: [{ customer: { id: '7002', name: 'Mina Park' } }],
    });
  });

  test.each(['4100', '', '#', 'CS-41001', '41001 OR 1', '9'.repeat(30)])('%s is nobody’s ticket', async (number) => {
    crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    expect(await connect().connector.findByCase(number, 10)).toEqual({ kind: 'not-found' });
  });

  test('an account number is looked for where it is kept, and nowhere without such a place', async () => {
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

describe('a card', () => {
  test('costs two requests, and one for each customer more', async () => {
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

  test('shows a ticket that is too new for the search', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    crm.setIndexLag(60_000);
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ cases: [{ subject: 'Router' }] }],
    });
  });

  test('shows an open ticket however many were closed since', async () => {
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

  test('has company, agent, channel and fields of user, company and tags', async () => {
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

  test('leaves out who was deleted', async () => {
    const { id } = crm.put(ann);
    Object.assign(crm.records.users.get(Number(id)) ?? {}, { active: false });
    expect(await connect().connector.readCustomers([id])).toEqual({ kind: 'not-found' });
    expect(await connect().connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
  });
});

test('the check names what is missing, and does not write', async () => {
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

describe('logging', () => {
  const endedAt = Date.now() - 5_000;
  const make = (changes: Partial<Activity> = {}): Activity => ({
    key: 'default.eng-1.call',
    engagementId: 'eng-1',
    channel: 'voice',
    direction: 'inbound',
    startedAt: endedAt - 420_000,
    endedAt,
    subject: 'Inbound call - Billing',
    notes: 'Asked',
    disposition: 'Done',
    fromNumber: '+14155550101',
    toNumber: '+12125550199',
    customerId: '',
    agent: { name: 'Mina Park', email: 'mina@deskside.example' },
    ...changes,
  });
  const talk = { talkPartner: 'on', appId: '735264019863524' };
  let customerId: string;
  let caseNumber: string;

  beforeEach(() => {
    const made = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    customerId = made.id;
    caseNumber = made.caseNumbers[0] ?? '';
  });
  afterEach(() => {
    // Whatever else happens: the customer is never written to.
    expect(crm.records.comments.filter((comment) => comment.public)).toEqual([]);
  });

  const noteCount = () => crm.listActivities().length;

  test('without a case makes a solved ticket of the agent’s, with a key that Zendesk knows', async () => {
    const logged = await connect().connector.logActivity(make({ customerId }));
    const ticket = [...crm.records.tickets.values()].at(-1);
    expect(logged).toMatchObject({ value: { id: String(ticket?.id), isNew: true } });
    expect(ticket).toMatchObject({
      status: 'solved',
      assignee_id: 7002,
      external_id: 'deskside:default.eng-1.call',
      tags: ['zoom_contact_center'],
    });
    const write = crm.requests.find(({ method, target }) => method === 'POST' && target.includes('tickets'));
    expect(write?.headers['idempotency-key']).toBe('deskside:default.eng-1.call');
    expect(crm.records.comments[0]).toMatchObject({ author_id: 7002, public: false });
  });

  test('of an agent whom Zendesk does not know is written all the same', async () => {
    const agent = { name: 'Kim', email: 'kim@elsewhere.example' };
    expect(await connect().connector.logActivity(make({ customerId, agent }))).toMatchObject({ kind: 'found' });
    expect([...crm.records.tickets.values()].at(-1)).toMatchObject({ status: 'new', assignee_id: null });
    expect(crm.records.comments[0]?.body).toContain('Agent: Kim');
  });

  test('on a closed ticket goes to a follow-up of it, once', async () => {
    Object.assign(crm.records.tickets.get(Number(caseNumber)) ?? {}, { status: 'closed' });
    const { connector } = connect();
    await connector.logActivity(make({ customerId, caseNumber }));
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: false } });
    expect(crm.listActivities()).toMatchObject([{ caseNumber }]);
  });

  test('on a case that is gone is none', async () => {
    expect(await connect().connector.logActivity(make({ customerId, caseNumber: '99999' }))).toEqual({
      kind: 'not-found',
    });
  });

  test('a ticket made by a try that broke is found again', async () => {
    crm.behave('commit-then-drop');
    const { connector } = connect();
    expect(await connector.logActivity(make({ customerId }))).toMatchObject({ kind: 'unavailable' });
    expect(await connector.logActivity(make({ customerId }))).toMatchObject({ value: { isNew: false } });
    expect(noteCount()).toBe(1);
  });

  test('a comment is refused and tried again when somebody changed the ticket between look and write', async () => {
    const ticket = crm.records.tickets.get(Number(caseNumber));
    Object.assign(ticket ?? {}, { updated_at: '2026-01-01T00:00:00Z' });
    const { connector } = connect();
    crm.slowDown(40);
    const trying = connector.logActivity(make({ customerId, caseNumber }));
    await expect.poll(() => sent().some((line) => line.endsWith('/comments.json')), { interval: 5 }).toBe(true);
    Object.assign(ticket ?? {}, { updated_at: '2026-01-01T00:00:01Z' });
    expect(await trying).toMatchObject({ kind: 'unavailable' });
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: true } });
    expect(noteCount()).toBe(1);
  });

  test('a marker in somebody’s words is none of ours', async () => {
    const notes = 'He said [deskside:default.eng-2.call]';
    const { connector } = connect();
    await connector.logActivity(make({ customerId, caseNumber, notes }));
    const second = make({ customerId, caseNumber, key: 'default.eng-2.call' });
    expect(await connector.logActivity(second)).toMatchObject({ value: { isNew: true } });
    const written = { ticket_id: Number(caseNumber), type: 'Comment', author_id: Number(customerId) } as const;
    crm.records.addComment({ ...written, public: true, body: '[deskside:default.eng-3.call]' });
    const third = make({ customerId, caseNumber, key: 'default.eng-3.call' });
    expect(await connector.logActivity(third)).toMatchObject({ value: { isNew: true } });
    crm.records.comments.splice(0, Infinity, ...crm.records.comments.filter((comment) => !comment.public));
  });

  test('our note is found behind thirty newer comments', async () => {
    const { connector } = connect();
    await connector.logActivity(make({ customerId, caseNumber }));
    for (let index = 0; index < 30; index += 1) {
      const comment = { ticket_id: Number(caseNumber), type: 'Comment', author_id: 7002, public: false } as const;
      crm.records.addComment({ ...comment, body: `Internal ${index}` });
    }
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: false } });
  });

  test.each([true, false])('a call is recorded with Talk Partner Edition (with a case: %s)', async (hasCase) => {
    crm.setTalk('on');
    const activity = make({ customerId, ...(hasCase && { caseNumber }) });
    const { connector } = connect(talk);
    expect(await connector.logActivity(activity)).toMatchObject({ value: { isNew: true } });
    expect(await connector.logActivity(activity)).toMatchObject({ value: { isNew: false } });
    expect(crm.records.calls).toMatchObject([
      {
        app_id: 735264019863524,
        from_line: '+14155550101',
        to_line: '+12125550199',
        direction: 'inbound',
        call_started_at: toZendeskTime(activity.startedAt),
        call_ended_at: toZendeskTime(endedAt),
        agent_id: 7002,
        end_user_id: Number(customerId),
        call_disposition: 'Done',
        external_id: activity.key,
      },
    ]);
    expect(crm.listActivities()).toMatchObject([{ seconds: 420, caseNumber: hasCase ? caseNumber : undefined }]);
  });

  test('a call whose answer was lost is not recorded again, and its note is still written', async () => {
    crm.setTalk('on');
    crm.behave('commit-then-drop');
    const { connector } = connect(talk);
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ kind: 'unavailable' });
    expect(noteCount()).toBe(0);
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: true } });
    expect([crm.records.calls.length, noteCount()]).toEqual([1, 1]);
  });

  test.each(['denied', 'absent'] as const)('where that edition is %s, the note is enough', async (state) => {
    crm.setTalk(state);
    const { connector } = connect(talk);
    expect(await connector.logActivity(make({ customerId }))).toMatchObject({ value: { isNew: true } });
    expect(await connector.logActivity(make({ customerId, key: 'k-2' }))).toMatchObject({ value: { isNew: true } });
    // Asked once: for an hour it is taken as denied.
    expect(sent().filter((line) => line === 'POST /api/v2/calls')).toHaveLength(1);
    expect(noteCount()).toBe(2);
  });
});
