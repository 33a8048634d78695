import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import { describeLogging } from '../conformance/logging-conformance.ts';
import type { Activity, PhoneNumber } from '../port/connector.ts';
import { holdsReference } from './activity-record.ts';
import { createAssertions } from './assertion.ts';
import { salesforce } from './definition.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake.ts';
import { fakeApp, fakePrivateKey } from './fake-sign-in.ts';

describeConnectorConformance({ definition: salesforce, startFake: startFakeSalesforce });

let crm: FakeSalesforce;
beforeEach(async () => {
  crm = await startFakeSalesforce();
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) => connectToFake(salesforce, crm, { settings });
const paths = () =>
  crm.requests.map(({ method, target }) => `${method} ${target.split('?')[0]?.replace('/services/data/v66.0', '')}`);
const phone: PhoneNumber = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'], emails: ['ann@northwind.example'] };
const activity: Activity = {
  key: 'default.eng-1.call',
  engagementId: 'eng-1',
  channel: 'voice',
  direction: 'inbound',
  startedAt: Date.UTC(2026, 10, 22, 10),
  endedAt: Date.UTC(2026, 10, 22, 10, 7),
  subject: 'Inbound call',
  notes: 'Asked about the invoice',
  disposition: 'Resolved',
  fromNumber: '+14155550101',
  customerId: '',
  agent: { name: 'Mina Park', email: 'mina@acme.example' },
};
const tasks = () => crm.listActivities().map(({ id }) => crm.read(id));

describe('the credentials', () => {
  const given = { baseUrl: 'https://acme.my.salesforce.com', clientId: 'key', clientSecret: 's' };
  const jwt = { auth: 'jwt', username: fakeApp.username, privateKey: fakePrivateKey };
  const problemsOf = (settings: Record<string, unknown>) =>
    salesforce.settings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ??
    [];

  test('are those of the way that is chosen', () => {
    expect(problemsOf(given)).toEqual([]);
    expect(problemsOf({ ...given, clientSecret: undefined })).toEqual(['clientSecret is missing']);
    expect(problemsOf({ ...given, auth: 'jwt' })).toEqual(['username is missing', 'privateKey is missing']);
    expect(problemsOf({ ...given, ...jwt })).toEqual([]);
    expect(problemsOf({ ...given, ...jwt, privateKey: 'no key' })).toEqual([
      'privateKey must be an RSA private key in PEM',
    ]);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const elliptic = privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect(problemsOf({ ...given, ...jwt, privateKey: elliptic })).toHaveLength(1);
  });

  test('and what goes into queries, paths and links, are looked at', () => {
    expect(problemsOf({ ...given, fields: { tier: 'Account.Tier__c', manager: 'ReportsTo.Owner.Name' } })).toEqual([]);
    for (const field of ["Tier__c' OR", 'Tier__c, Id', '(SELECT Id FROM Cases)', 'Account..Name', 'A.B.C.D.E.F.G']) {
      expect(problemsOf({ ...given, fields: { tier: field } })).toEqual([
        'fields.tier must be a field such as Account.Tier__c',
      ]);
    }
    expect(problemsOf({ ...given, phoneFields: ['Work_Phone__c'] })).toHaveLength(1);
    expect(problemsOf({ ...given, externalIdField: '../Account' })).toHaveLength(1);
    expect(problemsOf({ ...given, apiVersion: 'v36.0' })).toHaveLength(1);
    expect(problemsOf({ ...given, recordUrl: 'javascript:alert({id})' })).toHaveLength(1);
  });

  test('are sent to My Domain, whose answer says where requests go', () => {
    const authorization = salesforce.authorize(salesforce.settings.parse(given));
    expect(authorization.kind === 'token' && authorization.request()).toEqual({
      url: 'https://acme.my.salesforce.com/services/oauth2/token',
      baseUrlFrom: 'instance_url',
      form: { grant_type: 'client_credentials', client_id: 'key', client_secret: 's' },
    });
  });

  test('by assertion are taken, and refused for another user', async () => {
    crm.put(ann);
    const settings = { ...jwt, clientSecret: undefined };
    expect(await connect(settings).connector.findByEmail('ann@northwind.example', 5)).toMatchObject({ kind: 'found' });
    // As an environment variable holds it.
    const escaped = { ...settings, privateKey: fakePrivateKey.replaceAll('\n', '\\n') };
    expect(await connect(escaped).connector.findByEmail('ann@northwind.example', 5)).toMatchObject({ kind: 'found' });
    const other = { ...settings, username: 'other@acme.example' };
    expect(await connect(other).connector.findByEmail('ann@northwind.example', 5)).toEqual({ kind: 'unauthenticated' });
  });

  test('by assertion are signed for three minutes, once a minute', () => {
    let now = Date.UTC(2026, 10, 22);
    const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const assert = createAssertions(
      { clientId: 'c', username: 'u', audience: 'https://a.example', privateKey },
      () => now,
    );
    const [head = '', body = '', signature = ''] = assert().split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect([read(head), read(body)]).toEqual([
      { alg: 'RS256', typ: 'JWT' },
      { iss: 'c', sub: 'u', aud: 'https://a.example', exp: now / 1_000 + 180 },
    ]);
    const key = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }));
    const text = Buffer.from(`${head}.${body}`);
    expect(verify('RSA-SHA256', text, key, Buffer.from(signature, 'base64url'))).toBe(true);
    const first = assert();
    now += 59_999;
    expect(assert()).toBe(first);
    now += 1;
    expect(assert()).not.toBe(first);
  });
});

describe('a phone number is found', () => {
  const written = ['4155550101', '(415) 555-0101', '+14155550101', '1 415 555 0101', '415.555.0101', '415-5550101'];

  test.each(['tokens', 'digits'] as const)(
    'in every spelling, if the index keeps numbers as %s',
    async (phoneIndex) => {
      await crm.stop();
      crm = await startFakeSalesforce({ phoneIndex });
      for (const stored of written) {
        const { id } = crm.put({ name: stored, phones: [stored] });
        const { source } = connect();
        expect(await source.find('phone', phone.e164, 10)).toMatchObject({
          value: { hits: [{ customerId: id, stored }] },
        });
        crm.remove(id);
      }
    },
  );

  test('by the index alone when that names its holder', async () => {
    crm.put(ann);
    await connect().connector.findByPhone(phone, 10);
    expect(paths()).toEqual(['POST /services/oauth2/token', 'GET /search']);
  });

  test('by reading fields only where the index names nobody who holds it', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['415-5550101'] });
    expect(await connect().connector.findByPhone(phone, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    expect(await connect({ phoneSearch: 'index' }).connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
    // A stranger whom the index names does not end the search.
    crm.insert('Contact', { Name: 'Bo Lind', Phone: '+49 415 555 0101 9' });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({
      value: { hits: [{ customerId: id }] },
    });
  });

  test('however its digits are grouped, and in another form at home', async () => {
    const { id: london } = crm.put({ name: 'Ann Lee', phones: ['+44 207 946 0001'] });
    const { id: mobile } = crm.put({ name: 'Bo Lind', phones: ['011 15-0000-0034'] });
    const { source } = connect({ country: 'AR' });
    expect(await source.find('phone', '+442079460001', 10)).toMatchObject({
      value: { hits: [{ customerId: london }] },
    });
    expect(await source.find('phone', '+5491100000034', 10)).toMatchObject({
      value: { hits: [{ customerId: mobile }] },
    });
  });

  test('of a lead, but not of one that became a contact', async () => {
    const lead = crm.insert('Lead', { Name: 'Kim Vo', Company: 'Vo & Co', MobilePhone: '(415) 555-0101' });
    crm.insert('Lead', { Name: 'Kim Vo', Phone: '(415) 555-0101', IsConverted: true });
    const { connector, source } = connect();
    expect(await connector.findByPhone(phone, 10)).toMatchObject({ kind: 'found', value: [{ id: lead }] });
    expect(await source.readCustomers([lead])).toMatchObject({ value: [{ id: lead, company: 'Vo & Co', cases: [] }] });
    expect(await connect({ leads: 'ignore' }).connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
  });

  test('of a company, where none of its people holds it', async () => {
    const company = crm.insert('Account', { Name: 'Northwind', Phone: '(415) 555-0101', AccountNumber: 'N-1' });
    expect(await connect().connector.findByPhone(phone, 10)).toMatchObject({
      value: [{ id: company, name: 'Northwind' }],
    });
    const person = crm.insert('Contact', { Name: 'Ann Lee', AccountId: company, Phone: '415 555 0101' });
    const answer = await connect().connector.findByPhone(phone, 10);
    expect(answer).toMatchObject({ value: [{ id: person }] });
    expect(answer.kind === 'found' && answer.value).toHaveLength(1);
  });

  test('in a field of one’s own', async () => {
    const id = crm.insert('Contact', { Name: 'Ann Lee', Work_Phone__c: '(415) 555-0101' });
    const { source } = connect({ phoneFields: ['Contact.Work_Phone__c'] });
    expect(await source.find('phone', phone.e164, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'not-found' });
  });

  test('and is not guessed from the assistant’s', async () => {
    crm.insert('Contact', { Name: 'Ann Lee', AssistantPhone: '(415) 555-0101', Fax: '(415) 555-0101' });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'not-found' });
  });
});

describe('other identifiers', () => {
  test('find a case whose number was keyed in without its zeros', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    expect(caseNumbers).toEqual(['00001001']);
    expect(await connect().source.find('case', '1001', 10)).toMatchObject({
      value: { hits: [{ customerId: id, customerName: 'Ann Lee', stored: '00001001' }] },
    });
  });

  test('find the company of a case that names no person', async () => {
    const company = crm.insert('Account', { Name: 'Northwind' });
    crm.insert('Case', { CaseNumber: '00002000', Subject: 'Delivery', AccountId: company });
    crm.insert('Case', { CaseNumber: '00002001', Subject: 'Nobody’s' });
    const { source } = connect();
    expect(await source.find('case', '2000', 10)).toMatchObject({ value: { hits: [{ customerId: company }] } });
    expect(await source.find('case', '2001', 10)).toMatchObject({ kind: 'not-found' });
  });

  test('find an account’s people, or the account where there are none or too many', async () => {
    const company = crm.insert('Account', { Name: 'Northwind', AccountNumber: 'ab-7788' });
    const find = async () => {
      const answer = await connect().source.find('account', 'AB-7788', 20);
      return answer.kind === 'found' ? answer.value.hits.map(({ customerId }) => customerId) : answer;
    };
    expect(await find()).toEqual([company]);
    const people = [crm.insert('Contact', { Name: 'Ann Lee', AccountId: company })];
    expect(await find()).toEqual(people);
    for (let at = 0; at < 10; at += 1) people.push(crm.insert('Contact', { Name: `P ${at}`, AccountId: company }));
    expect(await find()).toEqual([company]);
  });

  test('find nobody by a second e-mail that nobody configured', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', 'ann@home.example'] });
    expect(await connect().source.find('email', 'ann@home.example', 5)).toMatchObject({
      value: { hits: [{ customerId: id }] },
    });
    expect(await connect({ emailFields: [] }).source.find('email', 'ann@home.example', 5)).toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('a card', () => {
  test('costs one request, whoever is on it and however many they are', async () => {
    const people = Array.from({ length: 8 }, (_, at) => crm.put({ name: `Person ${at}`, company: 'Northwind' }).id);
    const ids = [crm.insert('Lead', { Name: 'Kim Vo' }), ...people, crm.insert('Account', { Name: 'Northwind' })];
    const answer = await connect().connector.readCustomers(ids.toReversed());
    expect(answer.kind === 'found' && answer.value.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(paths()).toEqual(['POST /services/oauth2/token', 'POST /composite']);
  });

  test('shows fields of the company, the person and the lead where an admin has mapped them', async () => {
    const fields = { tier: 'Account.Tier__c', language: 'Contact.Language__c', rating: 'Lead.Rating', job: 'Title' };
    const { id: boss } = { id: crm.insert('User', { Name: 'Jade', IsActive: true }) };
    const company = crm.insert('Account', { Name: 'Northwind', Tier__c: 'Gold', AccountNumber: 'N-1', OwnerId: boss });
    const person = crm.insert('Contact', { Name: 'Ann Lee', AccountId: company, Language__c: 'en', Title: 'CFO' });
    const lead = crm.insert('Lead', { Name: 'Kim Vo', Rating: 'Hot' });
    const { connector } = connect({ fields: { ...fields, bossOfCompany: 'Account.Owner.Name' } });
    const answer = await connector.readCustomers([person, lead, company]);
    expect(answer.kind === 'found' && answer.value.map((one) => one.fields)).toEqual([
      { accountNumber: 'N-1', tier: 'Gold', language: 'en', job: 'CFO', bossOfCompany: 'Jade' },
      { rating: 'Hot' },
      { owner: 'Jade', accountNumber: 'N-1', tier: 'Gold', bossOfCompany: 'Jade' },
    ]);
  });

  test('of a company shows what its people have', async () => {
    const company = crm.insert('Account', { Name: 'Northwind' });
    const person = crm.insert('Contact', { Name: 'Ann Lee', AccountId: company });
    crm.insert('Case', { CaseNumber: '00002000', Subject: 'Delivery', ContactId: person, AccountId: company });
    crm.insert('Task', { Subject: 'Talked', WhoId: person, AccountId: company, IsClosed: true });
    const answer = await connect().connector.readCustomers([company]);
    expect(answer).toMatchObject({
      value: [{ company: undefined, cases: [{ number: '00002000' }], interactions: [{}] }],
    });
  });

  test('shows open cases and what has happened, not closed cases and not what is still to do', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Old', status: 'closed' }] });
    crm.insert('Task', { Subject: 'Call back', WhoId: id, IsClosed: false });
    expect(await connect().connector.readCustomers([id])).toMatchObject({ value: [{ cases: [], interactions: [] }] });
  });

  test.each([
    ['Case', 'cases'],
    ['Task', 'interactions'],
  ])('without the right to read a %s says that %s are missing', async (object, part) => {
    const { id } = crm.put({ ...ann, company: 'Northwind' });
    crm.hide(object);
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ id, company: 'Northwind', missing: [{ part, failure: { kind: 'forbidden' } }] }],
    });
  });

  test('does not claim that there are no cases where others’ may have filled the list', async () => {
    const { id: busy } = crm.put({ name: 'Busy' });
    const { id: quiet } = crm.put({ name: 'Quiet' });
    for (let at = 0; at < 200; at += 1) crm.insert('Case', { CaseNumber: `${10_000_000 + at}`, ContactId: busy });
    const answer = await connect().connector.readCustomers([busy, quiet]);
    expect(answer).toMatchObject({ value: [{ id: busy }, { id: quiet, missing: [{ part: 'cases' }] }] });
    expect(answer.kind === 'found' && answer.value[0]?.missing).toBeUndefined();
  });

  test('links into Lightning, or wherever an admin says', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const recordUrl = 'https://acme.lightning.force.com/console#{object}/{id}';
    const { connector } = connect({ recordUrl });
    expect(await connector.readCustomers([id])).toMatchObject({
      value: [
        {
          url: `https://acme.lightning.force.com/console#Contact/${id}`,
          cases: [{ url: expect.stringContaining('#Case/500') }],
        },
      ],
    });
    const given = { baseUrl: 'https://acme--dev.sandbox.my.salesforce.com', clientId: 'c', clientSecret: 's' };
    const parsed = salesforce.settings.parse(given);
    const people = { records: [{ attributes: { type: 'Contact' }, Id: id, Name: 'Ann' }] };
    const compositeResponse = [{ referenceId: 'Contact', httpStatusCode: 200, body: people }];
    const ask = async (_request: unknown, schema: { parse(value: unknown): unknown }) =>
      ({ kind: 'found', value: schema.parse({ compositeResponse }) }) as never;
    const tools = { crm: { ask }, clock: () => 0, database: undefined as never };
    expect(await salesforce.connect(parsed, tools).readCustomers([id])).toMatchObject({
      value: [{ url: `https://acme--dev.sandbox.lightning.force.com/lightning/r/Contact/${id}/view` }],
    });
  });

  test('has no texts that are not there: ids of other tables, and of nobody, are left out', async () => {
    expect(await connect().connector.readCustomers(['500000000000001AAA', "003' OR Id != '", '003'])).toEqual({
      kind: 'not-found',
    });
    expect(crm.requests).toEqual([]);
  });
});

describe('an activity', () => {
  const log = (changes: Partial<Activity>, settings: Record<string, unknown> = {}) =>
    connect(settings).connector.logActivity({ ...activity, ...changes });

  test('is a completed call of so many seconds, owned by the agent, about the case', async () => {
    const { id: customerId, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const owner = crm.insert('User', { Name: 'Mina Park', Email: 'mina@acme.example', Username: 'mp', IsActive: true });
    const answer = await log({ customerId, caseNumber: '1001' });
    expect(answer).toMatchObject({ kind: 'found', value: { isNew: true, url: expect.stringContaining('/Task/00T') } });
    expect(tasks()).toMatchObject([
      {
        WhoId: customerId,
        OwnerId: owner,
        Status: 'Completed',
        TaskSubtype: 'Call',
        ActivityDate: '2026-11-22',
        CallType: 'Inbound',
        CallDurationInSeconds: 420,
        CallDisposition: 'Resolved',
        CallObject: activity.key,
        IsVisibleInSelfService: false,
        Description: 'Asked about the invoice\n\nFrom: +14155550101',
      },
    ]);
    expect(crm.listActivities()).toMatchObject([{ caseNumber: caseNumbers[0] }]);
  });

  test('has the app’s user for an owner where no one active user is the agent', async () => {
    const { id: customerId } = crm.put(ann);
    const mina = { Name: 'Mina Park', Email: 'mina@acme.example' };
    crm.insert('User', { ...mina, Username: 'old', IsActive: false });
    crm.insert('User', { ...mina, Username: 'one', IsActive: true });
    crm.insert('User', { ...mina, Username: 'two', IsActive: true });
    await log({ customerId });
    const named = crm.insert('User', { ...mina, Username: 'mina@acme.example', IsActive: true });
    await log({ customerId, key: 'another' });
    expect(tasks()).toMatchObject([
      { OwnerId: '005000000000001AAA', Description: expect.stringContaining('Agent: Mina Park') },
      { OwnerId: named },
    ]);
  });

  test('of a lead stands alone, and names the case in words', async () => {
    const { caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const customerId = crm.insert('Lead', { Name: 'Kim Vo' });
    expect(await log({ customerId, caseNumber: caseNumbers[0] ?? '' })).toMatchObject({ kind: 'found' });
    expect(tasks()).toMatchObject([
      { WhoId: customerId, WhatId: null, Description: expect.stringContaining('Case: 00001001') },
    ]);
  });

  test('of a company is about the case, or the company', async () => {
    const customerId = crm.insert('Account', { Name: 'Northwind' });
    const about = crm.insert('Case', { CaseNumber: '00002000', Subject: 'Delivery', AccountId: customerId });
    await log({ customerId });
    await log({ customerId, key: 'another', caseNumber: '00002000' });
    expect(tasks()).toMatchObject([
      { WhoId: null, WhatId: customerId },
      { WhoId: null, WhatId: about },
    ]);
  });

  test('of a chat is no call, and says so', async () => {
    const { id: customerId } = crm.put(ann);
    await log({ customerId, channel: 'chat', subject: 'x'.repeat(300) });
    const [task] = tasks();
    expect(task).toMatchObject({ TaskSubtype: 'Task', Subject: `${'x'.repeat(248)} (chat)` });
  });

  test('without notes of any length that Salesforce does not take', async () => {
    const { id: customerId } = crm.put(ann);
    expect(await log({ customerId, notes: '😀'.repeat(20_000), disposition: 'd'.repeat(300) })).toMatchObject({
      kind: 'found',
    });
  });

  test('to a customer or a case that is gone is none, and writes nothing', async () => {
    const { id: customerId } = crm.put(ann);
    expect(await log({ customerId, caseNumber: '00009999' })).toEqual({ kind: 'not-found' });
    crm.remove(customerId);
    expect(await log({ customerId })).toEqual({ kind: 'not-found' });
    expect(crm.listActivities()).toEqual([]);
  });

  test('answered 300, since two have its key, is the first of them and writes nothing', async () => {
    const { id: customerId } = crm.put(ann);
    const first = crm.insert('Task', { Subject: 'a', Engagement_Id__c: activity.key });
    crm.insert('Task', { Subject: 'b', Engagement_Id__c: activity.key });
    expect(await log({ customerId }, { externalIdField: 'Engagement_Id__c' })).toMatchObject({
      kind: 'found',
      value: { id: first, isNew: false },
    });
    expect(crm.listActivities()).toHaveLength(2);
  });

  test('is known by a whole line of its own', () => {
    expect(holdsReference('Notes\r\nReference: k-1\r\nmore', 'k-1')).toBe(true);
    expect(holdsReference('Reference: k-12', 'k-1')).toBe(false);
  });
});

const callFields = ['CallType', 'CallDurationInSeconds', 'CallDisposition', 'CallObject', 'IsVisibleInSelfService'];

/** The other places where our key can stand. */
describe.each([
  ['by an external id', { externalIdField: 'Engagement_Id__c' }, [] as string[]],
  ['where there are no call fields', {}, callFields],
  ['by an external id where there are no call fields', { externalIdField: 'Engagement_Id__c' }, callFields],
])('%s', (_where, settings, hidden) => {
  describeLogging(salesforce, async () => {
    const fake = await startFakeSalesforce();
    fake.hide('Task', hidden);
    const { source, errors } = connectToFake(salesforce, fake, { settings });
    return {
      source,
      errors,
      keepsNormalised: false,
      put: async (customer) => fake.put(customer),
      listActivities: async () => fake.listActivities(),
      dropNextWrite: () => fake.behave('commit-then-drop'),
      stop: () => fake.stop(),
    };
  });
});

describe('the check', () => {
  test('names every right and every field that is missing, and what that costs', async () => {
    crm.hide('Case');
    const settings = {
      fields: { tier: 'Account.Tear__c', job: 'Title', a: 'Lead.A__c' },
      phoneFields: ['Contact.Phone2__c'],
      externalIdField: 'Key__c',
      emailFields: ['Contact.Second_Email__c', 'Lead.Other__c'],
    };
    const report = await connect(settings).connector.check();
    expect(report.kind === 'found' && report.value.missing.map((sentence) => sentence.split(':')[0])).toEqual([
      'The user of the app may not read Cases',
      'There is no field Account.Tear__c, or the user of the app may not read it',
      'There is no field Lead.A__c, or the user of the app may not read it',
      'There is no field Contact.Phone2__c, or the user of the app may not read it',
      'There is no field Lead.Other__c, or the user of the app may not read it',
      'Activities have no field Key__c that is an external id',
    ]);
  });

  test('names a standard field that is hidden', async () => {
    crm.hide('Contact', ['HomePhone']);
    expect(await connect().connector.check()).toMatchObject({
      value: { missing: [expect.stringContaining('A standard field of Contact is hidden')] },
    });
  });

  test('tells how much of the day is left', async () => {
    expect(await connect().connector.check()).toMatchObject({
      value: { missing: [], summary: expect.stringMatching(/^149\d\d of 15000 requests of the whole organisation/) },
    });
  });
});

describe('what Salesforce says', () => {
  test('of a used-up day is a limit, and of a session that has ended no failure', async () => {
    crm.put(ann);
    const { source } = connect();
    await source.find('phone', phone.e164, 5, 'fresh');
    crm.behave('tokens-expired');
    expect(await source.find('phone', phone.e164, 5, 'fresh')).toMatchObject({ kind: 'found' });
    crm.useUpRequests();
    expect(await source.find('phone', phone.e164, 5, 'fresh')).toMatchObject({ kind: 'rate-limited' });
  });

  test.each([
    [403, 'REQUEST_LIMIT_EXCEEDED', 'rate-limited'],
    [400, 'INVALID_TYPE', 'forbidden'],
    [400, 'QUERY_TIMEOUT', 'unavailable'],
    [400, 'INVALID_FIELD', undefined],
    [403, 'API_DISABLED_FOR_ORG', undefined],
  ])('%i %s', (status, errorCode, kind) => {
    expect(salesforce.readProblem?.({ status, headers: new Headers(), json: [{ errorCode, message: 'x' }] })).toBe(
      kind,
    );
    expect(salesforce.readProblem?.({ status: 200, headers: new Headers(), json: [{ errorCode }] })).toBeUndefined();
    expect(salesforce.readProblem?.({ status, headers: new Headers(), json: { errorCode } })).toBeUndefined();
  });
});
