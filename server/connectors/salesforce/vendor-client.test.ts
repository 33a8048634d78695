/** Drives the fake with jsforce, the community's client, and compares its requests with ours. */
import { Connection } from '@jsforce/jsforce-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import { salesforce } from './definition.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake.ts';

let crm: FakeSalesforce;
beforeEach(async () => {
  crm = await startFakeSalesforce();
});
afterEach(() => crm.stop());

const tokenPath = '/services/oauth2/token';

async function signIn(clientSecret = crm.secrets.clientSecret ?? '') {
  const connection = new Connection({
    version: '66.0',
    instanceUrl: crm.url,
    oauth2: { clientId: String(crm.settings.clientId), clientSecret, loginUrl: crm.url },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

const ours = (settings: Record<string, unknown> = {}) => connectToFake(salesforce, crm, { settings }).connector;

/** The requests since then, decoded, without those for tokens. */
async function record(work: () => Promise<unknown>) {
  const before = crm.requests.length;
  await work();
  const sent = crm.requests.slice(before).filter(({ target }) => target !== tokenPath);
  return sent.map(({ method, target, body, headers }) => {
    const url = new URL(target, crm.url);
    const { 'content-type': type = '', authorization = '' } = headers;
    const line = `${method} ${url.pathname} ${url.searchParams.get('q') ?? ''}`.trim();
    return { line, body, type: String(type).split(';')[0], bearer: String(authorization).split('!')[0] };
  });
}

const activity: Activity = {
  key: 'default.eng-1.call',
  engagementId: 'eng-1',
  channel: 'voice',
  direction: 'inbound',
  notes: 'Asked',
  startedAt: Date.UTC(2026, 10, 22, 10),
  endedAt: Date.UTC(2026, 10, 22, 10, 7),
  subject: 'Call',
  customerId: '',
  agent: { name: 'Mina Park', email: 'mina@acme.example' },
};

describe('Salesforce fake driven by jsforce', () => {
  test('client credentials › same request and rejection as ours', async () => {
    await signIn();
    await ours().findByEmail('ann@northwind.example', 5);
    const [theirs, our] = crm.requests.filter(({ target }) => target === tokenPath);
    const formOf = (body = '') => Object.fromEntries(new URLSearchParams(body));
    expect(formOf(our?.body)).toEqual(formOf(theirs?.body));
    expect(our?.headers['content-type']).toBe(theirs?.headers['content-type']);
    await expect(signIn('wrong')).rejects.toThrow('invalid client credentials');
  });

  test('search and query › same URLs and records as ours', async () => {
    const { id, caseNumbers } = crm.put({
      name: 'Ann Lee',
      phones: ['(415) 555-0101'],
      cases: [{ subject: 'Router' }],
    });
    const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
    const our = await record(async () => {
      await ours().findByPhone(phone, 10);
      await ours().findByCase(caseNumbers[0] ?? '', 10);
    });
    const [sosl = '', soql = ''] = our.map(({ line }) => line.replace(/^GET \S+ /, ''));
    const connection = await signIn();
    const answers: unknown[] = [];
    const their = await record(async () => {
      answers.push(await connection.search(sosl));
      answers.push(await connection.query(soql));
    });
    expect(their.map(({ line, bearer }) => [line, bearer])).toEqual(our.map(({ line, bearer }) => [line, bearer]));
    expect(answers).toMatchObject([
      { searchRecords: [{ attributes: { type: 'Contact' }, Id: id, Phone: '(415) 555-0101' }] },
      { totalSize: 1, done: true, records: [{ CaseNumber: caseNumbers[0], ContactId: id }] },
    ]);
    expect(connection.limitInfo).toMatchObject({ apiUsage: { used: expect.any(Number), limit: 15_000 } });
  });

  test('Task description › same request as ours', async () => {
    const connection = await signIn();
    const their = await record(() => connection.describe('Task'));
    const { id } = crm.put({ name: 'Ann Lee' });
    const our = await record(() => ours().logActivity({ ...activity, customerId: id }));
    const [{ line } = { line: '' }] = their;
    expect(our.map((request) => request.line)).toContain(line);
  });

  test('Task upsert › same request as ours, finds our Task', async () => {
    const { id } = crm.put({ name: 'Ann Lee' });
    const our = await record(() =>
      ours({ externalIdField: 'Engagement_Id__c' }).logActivity({ ...activity, customerId: id }),
    );
    const connection = await signIn();
    const sent = JSON.parse(our.at(-1)?.body ?? '{}');
    let answer: unknown;
    const their = await record(async () => {
      answer = await connection.sobject('Task').upsert({ ...sent, Engagement_Id__c: activity.key }, 'Engagement_Id__c');
    });
    expect(answer).toMatchObject({ id: crm.listActivities()[0]?.id, success: true, created: false });
    expect(their).toEqual(our.slice(-1));
    expect(crm.listActivities()).toHaveLength(1);
  });

  test('Task creation › same request as ours', async () => {
    const { id } = crm.put({ name: 'Ann Lee' });
    const our = await record(() => ours().logActivity({ ...activity, customerId: id }));
    const connection = await signIn();
    const sent = JSON.parse(our.at(-1)?.body ?? '{}');
    const their = await record(() => connection.sobject('Task').create({ ...sent, CallObject: 'another' }));
    expect(their[0]).toMatchObject({ line: our.at(-1)?.line, type: our.at(-1)?.type });
    expect(crm.listActivities()).toHaveLength(2);
  });

  test('unescaped quote › rejected with the error our connector handles', async () => {
    const connection = await signIn();
    await expect(connection.query("SELECT Id FROM Contact WHERE Name = 'O'Brien'")).rejects.toMatchObject({
      errorCode: 'MALFORMED_QUERY',
    });
    await expect(connection.query('SELECT Id, Nothing FROM Contact')).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
    await expect(connection.search("FIND {O'Brien} IN NAME FIELDS RETURNING Contact(Id)")).rejects.toMatchObject({
      errorCode: 'MALFORMED_SEARCH',
    });
  });
});
