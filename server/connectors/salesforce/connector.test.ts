import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import type { PhoneNumber } from '../port/connector.ts';
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

describe('Salesforce settings', () => {
  const given = { baseUrl: 'https://acme.my.salesforce.com', clientId: 'key', clientSecret: 's' };
  const jwt = { auth: 'jwt', username: fakeApp.username, privateKey: fakePrivateKey };
  const problemsOf = (settings: Record<string, unknown>) =>
    salesforce.settings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ??
    [];

  test('sign-in method › requires its own credentials only', () => {
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

  test('values that reach queries, paths and links › are validated', () => {
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

  test('client credentials › are sent to My Domain and the answer names the base URL', () => {
    const authorization = salesforce.authorize(salesforce.settings.parse(given));
    expect(authorization.kind === 'token' && authorization.request()).toEqual({
      url: 'https://acme.my.salesforce.com/services/oauth2/token',
      baseUrlFrom: 'instance_url',
      form: { grant_type: 'client_credentials', client_id: 'key', client_secret: 's' },
    });
  });

  test('JWT assertion › is accepted for the configured user only', async () => {
    crm.put(ann);
    const settings = { ...jwt, clientSecret: undefined };
    expect(await connect(settings).connector.findByEmail('ann@northwind.example', 5)).toMatchObject({ kind: 'found' });
    // With escaped line breaks, as an environment variable may hold it.
    const escaped = { ...settings, privateKey: fakePrivateKey.replaceAll('\n', '\\n') };
    expect(await connect(escaped).connector.findByEmail('ann@northwind.example', 5)).toMatchObject({ kind: 'found' });
    const other = { ...settings, username: 'other@acme.example' };
    expect(await connect(other).connector.findByEmail('ann@northwind.example', 5)).toEqual({ kind: 'unauthenticated' });
  });

  test('JWT assertion › expires after three minutes and is signed once a minute', () => {
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

describe('Salesforce phone search', () => {
  const written = ['4155550101', '(415) 555-0101', '+14155550101', '1 415 555 0101', '415.555.0101', '415-5550101'];

  test.each(['tokens', 'digits'] as const)(
    'every spelling, index stores numbers as %s › is found',
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

  test('index has the customer › no scan', async () => {
    crm.put(ann);
    await connect().connector.findByPhone(phone, 10);
    expect(paths()).toEqual(['POST /services/oauth2/token', 'GET /search']);
  });

  test('index has no customer with the number › phone fields are scanned', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['415-5550101'] });
    expect(await connect().connector.findByPhone(phone, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    expect(await connect({ phoneSearch: 'index' }).connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
    // A hit without the number does not end the search.
    crm.insert('Contact', { Name: 'Bo Lind', Phone: '+49 415 555 0101 9' });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({
      value: { hits: [{ customerId: id }] },
    });
  });

  test('unusual grouping or domestic form › is found', async () => {
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

  test('lead › is found unless converted', async () => {
    const lead = crm.insert('Lead', { Name: 'Kim Vo', Company: 'Vo & Co', MobilePhone: '(415) 555-0101' });
    crm.insert('Lead', { Name: 'Kim Vo', Phone: '(415) 555-0101', IsConverted: true });
    const { connector, source } = connect();
    expect(await connector.findByPhone(phone, 10)).toMatchObject({ kind: 'found', value: [{ id: lead }] });
    expect(await source.readCustomers([lead])).toMatchObject({ value: [{ id: lead, company: 'Vo & Co', cases: [] }] });
    expect(await connect({ leads: 'ignore' }).connector.findByPhone(phone, 10)).toEqual({ kind: 'not-found' });
  });

  test('company number › finds the company unless a person there has it', async () => {
    const company = crm.insert('Account', { Name: 'Northwind', Phone: '(415) 555-0101', AccountNumber: 'N-1' });
    expect(await connect().connector.findByPhone(phone, 10)).toMatchObject({
      value: [{ id: company, name: 'Northwind' }],
    });
    const person = crm.insert('Contact', { Name: 'Ann Lee', AccountId: company, Phone: '415 555 0101' });
    const answer = await connect().connector.findByPhone(phone, 10);
    expect(answer).toMatchObject({ value: [{ id: person }] });
    expect(answer.kind === 'found' && answer.value).toHaveLength(1);
  });

  test('configured phone field › is searched', async () => {
    const id = crm.insert('Contact', { Name: 'Ann Lee', Work_Phone__c: '(415) 555-0101' });
    const { source } = connect({ phoneFields: ['Contact.Work_Phone__c'] });
    expect(await source.find('phone', phone.e164, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'not-found' });
  });

  test('assistant’s number › is not searched', async () => {
    crm.insert('Contact', { Name: 'Ann Lee', AssistantPhone: '(415) 555-0101', Fax: '(415) 555-0101' });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'not-found' });
  });
});

describe('Salesforce number that was renumbered', () => {
  const current: PhoneNumber = { e164: '+5511987654323', countryCode: '55', national: '11987654323', country: 'BR' };
  const renumbered = { ...current, formerNationals: ['1187654323'] };

  test.each(['(11) 8765-4323', '+55 11 8765-4323', '1187654323', '+55 (11) 98765-4323'])(
    'stored as %s › is found',
    async (stored) => {
      const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
      expect(await connect().connector.findByPhone(renumbered, 10)).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test('other numbers fill the list › is too broad, not “not found”', async () => {
    for (let index = 0; index < 60; index += 1)
      crm.insert('Contact', { Name: `No. ${index}`, Phone: `+44 4155${100 + index}5501010` });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'too-broad' });
  });
});

describe('Salesforce mailbox', () => {
  const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };

  test.each(['ann.b.lee42@gmail.com', 'a.n.nblee42+shop@googlemail.com', 'annblee42@gmail.com'])(
    '%s › is found',
    async (stored) => {
      const { id } = crm.put({ name: 'Ann Lee', emails: [stored] });
      const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
      expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
    },
  );

  test('one of several addresses in a field › is found by the index', async () => {
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

  test('too many other addresses match the pattern › is invalid, not “not found”', async () => {
    for (let index = 0; index < 200; index += 1)
      crm.insert('Contact', { Name: `No. ${index}`, Email: `annabelle.lee42.${index}@gmail.com` });
    const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
    expect(answer).toEqual({ kind: 'invalid', reason: 'too-many' });
  });
});

describe('Salesforce number of another country', () => {
  test('same digits elsewhere › does not stop the scan', async () => {
    crm.put({ name: 'Hong Kong', phones: ['+852 6123 4567'] });
    const { id } = crm.put({ name: 'Singapore', phones: ['+65 6123 45 67'] });
    const answer = await connect().source.find('phone', '+6561234567', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
  });
});

describe('Salesforce index of addresses', () => {
  test('too many other addresses hold the phrase › is invalid, not “not found”', async () => {
    for (let index = 0; index < 200; index += 1)
      crm.insert('Contact', { Name: `No. ${index}`, Email: `no${index}.ann.lee@x.example` });
    const answer = await connect().connector.findByEmail('ann.lee@x.example', 10);
    expect(answer).toEqual({ kind: 'invalid', reason: 'too-many' });
  });
});

describe('Salesforce search by case, account and e-mail', () => {
  test('case number without leading zeros › is found', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    expect(caseNumbers).toEqual(['00001001']);
    expect(await connect().source.find('case', '1001', 10)).toMatchObject({
      value: { hits: [{ customerId: id, customerName: 'Ann Lee', stored: '00001001' }] },
    });
  });

  test('case without a contact › finds the company', async () => {
    const company = crm.insert('Account', { Name: 'Northwind' });
    crm.insert('Case', { CaseNumber: '00002000', Subject: 'Delivery', AccountId: company });
    crm.insert('Case', { CaseNumber: '00002001', Subject: 'Nobody’s' });
    const { source } = connect();
    expect(await source.find('case', '2000', 10)).toMatchObject({ value: { hits: [{ customerId: company }] } });
    expect(await source.find('case', '2001', 10)).toMatchObject({ kind: 'not-found' });
  });

  test('account number › finds its people, or the account if there are none or too many', async () => {
    const company = crm.insert('Account', { Name: 'Northwind', AccountNumber: 'ab-7788' });
    const find = async () => {
      const answer = await connect().source.find('account', 'AB-7788', 20);
      return answer.kind === 'found' ? answer.value.hits.map(({ customerId }) => customerId) : answer;
    };
    expect(await find()).toEqual([company]);
    const people = [crm.insert('Contact', { Name: 'Ann Lee', AccountId: company })];
    expect(await find()).toEqual(people);
    for (let index = 0; index < 10; index += 1)
      people.push(crm.insert('Contact', { Name: `P ${index}`, AccountId: company }));
    expect(await find()).toEqual([company]);
  });

  test('second e-mail field › is searched only if configured', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', 'ann@home.example'] });
    expect(await connect().source.find('email', 'ann@home.example', 5)).toMatchObject({
      value: { hits: [{ customerId: id }] },
    });
    expect(await connect({ emailFields: [] }).source.find('email', 'ann@home.example', 5)).toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('Salesforce card', () => {
  test('several customers › one request', async () => {
    const people = Array.from(
      { length: 8 },
      (_, index) => crm.put({ name: `Person ${index}`, company: 'Northwind' }).id,
    );
    const ids = [crm.insert('Lead', { Name: 'Kim Vo' }), ...people, crm.insert('Account', { Name: 'Northwind' })];
    const answer = await connect().connector.readCustomers(ids.toReversed());
    expect(answer.kind === 'found' && answer.value.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(paths()).toEqual(['POST /services/oauth2/token', 'POST /composite']);
  });

  test('mapped fields › come from company, contact or lead', async () => {
    const fields = { tier: 'Account.Tier__c', language: 'Contact.Language__c', rating: 'Lead.Rating', job: 'Title' };
    const { id: boss } = { id: crm.insert('User', { Name: 'Jade', IsActive: true }) };
    const company = crm.insert('Account', { Name: 'Northwind', Tier__c: 'Gold', AccountNumber: 'N-1', OwnerId: boss });
    const person = crm.insert('Contact', { Name: 'Ann Lee', AccountId: company, Language__c: 'en', Title: 'CFO' });
    const lead = crm.insert('Lead', { Name: 'Kim Vo', Rating: 'Hot' });
    const { connector } = connect({ fields: { ...fields, bossOfCompany: 'Account.Owner.Name' } });
    const answer = await connector.readCustomers([person, lead, company]);
    expect(answer.kind === 'found' && answer.value.map((item) => item.fields)).toEqual([
      { accountNumber: 'N-1', tier: 'Gold', language: 'en', job: 'CFO', bossOfCompany: 'Jade' },
      { rating: 'Hot' },
      { owner: 'Jade', accountNumber: 'N-1', tier: 'Gold', bossOfCompany: 'Jade' },
    ]);
  });

  test('company › shows cases and activities of its people', async () => {
    const company = crm.insert('Account', { Name: 'Northwind' });
    const person = crm.insert('Contact', { Name: 'Ann Lee', AccountId: company });
    crm.insert('Case', { CaseNumber: '00002000', Subject: 'Delivery', ContactId: person, AccountId: company });
    crm.insert('Task', { Subject: 'Talked', WhoId: person, AccountId: company, IsClosed: true });
    const answer = await connect().connector.readCustomers([company]);
    expect(answer).toMatchObject({
      value: [{ company: undefined, cases: [{ number: '00002000' }], interactions: [{}] }],
    });
  });

  test('cases and tasks › open cases and completed tasks only', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Old', status: 'closed' }] });
    crm.insert('Task', { Subject: 'Call back', WhoId: id, IsClosed: false });
    expect(await connect().connector.readCustomers([id])).toMatchObject({ value: [{ cases: [], interactions: [] }] });
  });

  test.each([
    ['Case', 'cases'],
    ['Task', 'interactions'],
  ])('no right to read %s › %s are missing', async (object, part) => {
    const { id } = crm.put({ ...ann, company: 'Northwind' });
    crm.hide(object);
    expect(await connect().connector.readCustomers([id])).toMatchObject({
      value: [{ id, company: 'Northwind', missing: [{ part, failure: { kind: 'forbidden' } }] }],
    });
  });

  test('many cases of one customer › others keep theirs, the rest is told as missing', async () => {
    const { id: busy } = crm.put({ name: 'Busy' });
    const { id: calm } = crm.put({ name: 'Calm', cases: [{ subject: 'Old one', updatedAt: 1 }] });
    for (let index = 0; index < 201; index += 1)
      crm.insert('Case', { CaseNumber: `${10_000_000 + index}`, ContactId: busy });
    const answer = await connect().connector.readCustomers([busy, calm]);
    const missing = [{ part: 'cases', failure: { kind: 'invalid', reason: 'list-cut' } }];
    expect(answer).toMatchObject({
      value: [
        { id: busy, missing },
        { id: calm, cases: [{ subject: 'Old one' }] },
      ],
    });
    expect(answer).not.toHaveProperty('value.1.missing');
    expect(answer.kind === 'found' && answer.value[0]?.cases).toHaveLength(200);
  });

  test('many tasks of one customer › others keep theirs', async () => {
    const { id: busy } = crm.put({ name: 'Busy' });
    const { id: calm } = crm.put({ name: 'Calm', interactions: [{ at: 1, summary: 'Old one' }] });
    for (let index = 0; index < 200; index += 1)
      crm.insert('Task', { Subject: `No. ${index}`, WhoId: busy, IsClosed: true });
    const answer = await connect().connector.readCustomers([busy, calm]);
    expect(answer).toMatchObject({ value: [{ id: busy }, { id: calm, interactions: [{ summary: 'Old one' }] }] });
    expect(answer.kind === 'found' && answer.value[0]?.interactions).toHaveLength(20);
  });

  test('query in several batches › is read to its end, or missing', async () => {
    const cases = Array.from({ length: 9 }, (_, index) => ({ subject: `Case ${index}` }));
    const { id, caseNumbers } = crm.put({ ...ann, cases });
    crm.setBatchSize(2);
    const answer = await connect().connector.readCustomers([id]);
    expect(answer.kind === 'found' && answer.value[0]?.cases).toHaveLength(9);
    expect(answer).not.toHaveProperty('value.0.missing');
    crm.setBatchSize(1);
    const missing = [{ part: 'cases', failure: { kind: 'invalid', reason: 'list-cut' } }];
    expect(await connect().connector.readCustomers([id])).toMatchObject({ value: [{ cases: [], missing }] });
    expect(await connect().source.find('case', caseNumbers[8] ?? '', 10)).toMatchObject({ kind: 'found' });
  });

  test('record link › Lightning by default, else the configured template', async () => {
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
    const request = async (_request: unknown, schema: { parse(value: unknown): unknown }) =>
      ({ kind: 'found', value: schema.parse({ compositeResponse }) }) as never;
    const tools = { crm: { request }, clock: () => 0, database: undefined as never };
    expect(await salesforce.connect(parsed, tools).readCustomers([id])).toMatchObject({
      value: [{ url: `https://acme--dev.sandbox.lightning.force.com/lightning/r/Contact/${id}/view` }],
    });
  });

  test('ids of other tables or of no record › are left out', async () => {
    expect(await connect().connector.readCustomers(['500000000000001AAA', "003' OR Id != '", '003'])).toEqual({
      kind: 'not-found',
    });
    expect(crm.requests).toEqual([]);
  });
});

describe('Salesforce connection check', () => {
  test('missing rights and fields › are listed with their cost', async () => {
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

  test('hidden standard field › is listed', async () => {
    crm.hide('Contact', ['HomePhone']);
    expect(await connect().connector.check()).toMatchObject({
      value: { missing: [expect.stringContaining('A standard field of Contact is hidden')] },
    });
  });

  test('daily quota › is reported', async () => {
    expect(await connect().connector.check()).toMatchObject({
      value: { missing: [], summary: expect.stringMatching(/^149\d\d of 15000 requests of the whole organization/) },
    });
  });
});

describe('Salesforce error answers', () => {
  test('expired session › is renewed, and a used-up daily quota is rate-limited', async () => {
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
    [400, 'QUERY_TIMEOUT', { kind: 'unavailable', reason: 'search-too-broad' }],
    [400, 'OPERATION_TOO_LARGE', { kind: 'unavailable', reason: 'search-too-broad' }],
    [400, 'UNABLE_TO_LOCK_ROW', 'unavailable'],
    [400, 'INVALID_FIELD', undefined],
    [403, 'API_DISABLED_FOR_ORG', undefined],
  ])('%i %s › has its meaning', (status, errorCode, kind) => {
    expect(salesforce.readProblem?.({ status, headers: new Headers(), json: [{ errorCode, message: 'x' }] })).toEqual(
      kind,
    );
    expect(salesforce.readProblem?.({ status: 200, headers: new Headers(), json: [{ errorCode }] })).toBeUndefined();
    expect(salesforce.readProblem?.({ status, headers: new Headers(), json: { errorCode } })).toBeUndefined();
  });
});
