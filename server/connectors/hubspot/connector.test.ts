import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import { createCrmHttp } from '../http/create-crm-http.ts';
import { createConnectionTokens } from '../http/tokens.ts';
import type { Activity } from '../port/connector.ts';
import { createConnector } from './connector.ts';
import { hubspot } from './definition.ts';
import { type FakeHubspot, startFakeHubspot } from './fake.ts';

describeConnectorConformance({ definition: hubspot, startFake: startFakeHubspot });

describe('with a unique property of calls', () => {
  describeConnectorConformance({
    definition: hubspot,
    async startFake() {
      const fake = await startFakeHubspot();
      return { ...fake, settings: { ...fake.settings, callKeyProperty: 'zoom_engagement_key' } };
    },
  });
});

let crm: FakeHubspot;
beforeEach(async () => {
  crm = await startFakeHubspot();
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) =>
  connectToFake(hubspot, crm, { settings: { ...crm.settings, ...settings } });
const listPaths = () => crm.requests.map(({ method, target }) => `${method} ${target.split('?')[0]}`);
const listSearches = () => listPaths().filter((path) => path.endsWith('/search'));
const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'] };

describe('HubSpot finds', () => {
  test('a person by one search of people alone', async () => {
    crm.put(ann);
    crm.putCompany({ name: 'Northwind', phone: '+1 415 555 0101' });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ value: { sharedBy: 1 } });
    expect(listSearches()).toEqual(['POST /crm/objects/2026-09/contacts/search']);
  });

  test.each(['+1 (415) 555-0101', '+14155550101', '415-555-0101', '(415) 555 0101', '+1 415.555.0101'])(
    'a company that has the number as %s, when no person has it',
    async (stored) => {
      const id = crm.putCompany({ name: 'Northwind', phone: stored });
      const answer = await connect().source.find('phone', phone.e164, 10);
      expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id, customerName: 'Northwind' }] } });
    },
  );

  test('a company also where only a stranger abroad has the same digits', async () => {
    crm.put({ name: 'Bo Lind', phones: ['+49 4155 550101'] });
    const id = crm.putCompany({ name: 'Northwind', phone: '+1 415 555 0101' });
    const answer = await connect().source.find('phone', phone.e164, 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }], sharedBy: 1 } });
  });

  test('a British company by the groups of its number', async () => {
    const id = crm.putCompany({ name: 'Harbour & Sons', phone: '(020) 7946 0001' });
    const answer = await connect({ country: 'GB' }).source.find('phone', '+442079460001', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
  });

  test('an Italian’s number, whose leading zero HubSpot may have taken for a prefix', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['06 0000 0022'] });
    const answer = await connect({ country: 'IT' }).source.find('phone', '+390600000022', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
    // It is a person’s, so no company is asked for.
    expect(listSearches()).toEqual(['POST /crm/objects/2026-09/contacts/search']);
  });

  test('the people of a ticket, or the company of one without people, and spends no search', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, company: 'Northwind', cases: [{ subject: 'Router' }] });
    const { source } = connect();
    const [number = ''] = caseNumbers;
    expect(await source.find('case', number, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    expect(await source.find('case', `#${number}`, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    const company = crm.putCompany({ name: 'Harbour', cases: [{ subject: 'Line' }] });
    const [, ticket = ''] = crm.listTickets();
    expect(await source.find('case', ticket, 10)).toMatchObject({ value: { hits: [{ customerId: company }] } });
    expect(listSearches()).toEqual([]);
  });

  test('by a further e-mail address', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', 'ann.lee@home.example'] });
    const answer = await connect().source.find('email', 'ann.lee@home.example', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
  });

  test('by the account number that a field of the card is mapped to, a person’s or a company’s', async () => {
    const { id } = crm.put({ ...ann, accountNumber: '778812' });
    expect(await connect().source.find('account', '778812', 10)).toMatchObject({
      value: { hits: [{ customerId: id, stored: '778812' }] },
    });
    const { source } = connect({ fields: { accountNumber: 'company.customer_number' } });
    expect(await source.find('account', '778812', 10)).toMatchObject({ kind: 'not-found' });
  });

  test('nobody new while its index lags, and says so by none', async () => {
    crm.lag(true);
    crm.put(ann);
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'not-found' });
    crm.lag(false);
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'found' });
  });

  test('companies by their name too', async () => {
    crm.put({ name: 'Ann Lee', company: 'Lee & Sons' });
    const answer = await connect().source.search({ kind: 'name', text: 'lee' }, 10);
    expect(answer.kind === 'found' && answer.value.map((id) => id.split(':')[0])).toEqual(['contact', 'company']);
  });
});

describe('a card of HubSpot', () => {
  test('spends no search and two round trips', async () => {
    const { id } = crm.put({ ...ann, company: 'Northwind', owner: 'Mina Park', cases: [{ subject: 'Router' }] });
    await connect().source.readCustomers([id]);
    const record = `GET /crm/objects/2026-09/contacts/${id.split(':')[1]}`;
    expect(listPaths().slice(0, 3).sort()).toEqual([
      record,
      'GET /crm/owners/2026-09',
      'GET /crm/pipelines/2026-09/tickets',
    ]);
    expect(listPaths().slice(3).sort()).toEqual([
      'POST /crm/objects/2026-09/companies/batch/read',
      'POST /crm/objects/2026-09/tickets/batch/read',
    ]);
  });

  test('asks for owners and stages once for many', async () => {
    const ids = ['Ann Lee', 'Bo Lind', 'Cy Ode'].map((name) => crm.put({ name, owner: 'Mina Park' }).id);
    const { source } = connect();
    for (const id of ids) await source.readCustomers([id]);
    expect(listPaths().filter((path) => path.includes('owners') || path.includes('pipelines'))).toHaveLength(2);
  });

  test('shows open tickets, their stage in its own words, and none that are closed', async () => {
    const { id, caseNumbers } = crm.put({
      ...ann,
      cases: [{ subject: 'Router' }, { subject: 'Invoice', status: 'closed' }],
    });
    const open = [{ number: caseNumbers[0], subject: 'Router', status: 'Waiting on contact', priority: 'medium' }];
    expect(await readCases(id)).toMatchObject(open);
    crm.deny(['/crm/pipelines']);
    expect(await readCases(id)).toMatchObject([{ number: caseNumbers[0], status: 'open' }]);
    expect(await readCases(id)).toHaveLength(1);
  });

  test('of a company has the company’s own tickets and fields', async () => {
    const id = crm.putCompany({
      name: 'Northwind',
      phone: '+1 415 555 0101',
      tier: 'Gold',
      cases: [{ subject: 'Line' }],
    });
    const answer = await connect({ fields: { tier: 'company.customer_tier' } }).source.readCustomers([id]);
    expect(answer).toMatchObject({
      value: [{ id, name: 'Northwind', fields: { tier: 'Gold' }, cases: [{ subject: 'Line' }] }],
    });
  });

  test('shows a property of the person’s company', async () => {
    crm.putCompany({ name: 'Northwind', tier: 'Gold' });
    const { id } = crm.put({ ...ann, company: 'Northwind' });
    const answer = await connect({ fields: { tier: 'company.customer_tier' } }).source.readCustomers([id]);
    expect(answer).toMatchObject({ value: [{ company: 'Northwind', fields: { tier: 'Gold' } }] });
  });

  test('says which part could not be read, and shows the rest', async () => {
    const { id } = crm.put({
      ...ann,
      company: 'Northwind',
      cases: [{ subject: 'Router' }],
      interactions: [{ at: 1_000, summary: 'Asked' }],
    });
    const forbidden = { kind: 'forbidden' };
    crm.deny(['/crm/objects/tickets', '/crm/objects/companies']);
    expect(await connect().source.readCustomers([id])).toMatchObject({
      value: [
        {
          name: 'Ann Lee',
          cases: [],
          interactions: [{ summary: expect.stringContaining('Asked') }],
          missing: [
            { part: 'cases', failure: forbidden },
            { part: 'company', failure: forbidden },
          ],
        },
      ],
    });
    crm.deny([]);
    crm.denyAssociations();
    expect(await connect().source.readCustomers([id])).toMatchObject({
      value: [
        {
          name: 'Ann Lee',
          company: 'Northwind',
          missing: [
            { part: 'cases', failure: forbidden },
            { part: 'interactions', failure: forbidden },
          ],
        },
      ],
    });
  });

  test('tells that there are more tickets than came with the record', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }, { subject: 'Invoice' }] });
    crm.pageAssociations(1);
    expect(await connect().source.readCustomers([id])).toMatchObject({
      value: [{ missing: [{ part: 'cases', failure: { kind: 'invalid', reason: 'too-many' } }] }],
    });
  });

  test('links to where HubSpot says the record is', async () => {
    const { id } = crm.put(ann);
    const url = `https://app-eu1.hubspot.com/contacts/147893286/record/0-1/${id.split(':')[1]}`;
    expect(await connect().source.readCustomers([id])).toMatchObject({ value: [{ url }] });
  });

  async function readCases(id: string) {
    const answer = await connect().source.readCustomers([id], 'fresh');
    return answer.kind === 'found' ? answer.value[0]?.cases : undefined;
  }
});

describe('HubSpot logs', () => {
  let activity: Activity;
  let caseNumber: string;
  beforeEach(() => {
    const { id, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    caseNumber = caseNumbers[0] ?? '';
    activity = {
      key: 'default.eng-1.call',
      engagementId: 'eng-1',
      channel: 'voice',
      direction: 'inbound',
      customerId: id,
      startedAt: Date.UTC(2026, 10, 22, 10),
      endedAt: Date.UTC(2026, 10, 22, 10, 5, 12),
      subject: 'Inbound call',
      notes: 'Asked',
      disposition: 'Resolved',
      agent: { name: 'Mina Park', email: 'Mina@deskside.example' },
    };
  });

  const writtenTo = (type: string) =>
    crm.requests
      .filter(({ method, target }) => method === 'POST' && target === `/crm/objects/2026-09/${type}`)
      .map(({ body }) => JSON.parse(body));

  test('a call in its units, by its agent, with HubSpot’s own outcome', async () => {
    const owner = crm.ownerOf('Mina Park', 'mina@deskside.example');
    await connect().source.logActivity({ ...activity, caseNumber, fromNumber: '+14155550101' });
    const [, customerId] = activity.customerId.split(':');
    expect(writtenTo('calls')).toEqual([
      {
        properties: {
          hs_timestamp: '2026-11-22T10:00:00.000Z',
          hs_call_duration: '312000',
          hs_call_direction: 'INBOUND',
          hs_call_title: 'Inbound call',
          hs_call_status: 'COMPLETED',
          hs_call_from_number: '+14155550101',
          hs_call_disposition: '0d6a6e3e-6f42-4f1c-9c0b-1d1f5d0e7a11',
          hubspot_owner_id: owner.id,
          hs_call_body: '<p>Asked</p><p>Agent: Mina Park</p><p>Reference: default.eng-1.call</p>',
        },
        associations: [
          { to: { id: customerId }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 194 }] },
          { to: { id: caseNumber }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 220 }] },
        ],
      },
    ]);
  });

  test('an outcome that HubSpot does not have, and an agent who is no owner, in the text', async () => {
    await connect().source.logActivity({ ...activity, disposition: 'Will <call> back' });
    const [{ properties }] = writtenTo('calls');
    expect(properties).not.toHaveProperty('hs_call_disposition');
    expect(properties).not.toHaveProperty('hubspot_owner_id');
    expect(properties.hs_call_body).toContain('<p>Outcome: Will &lt;call&gt; back<br>Agent: Mina Park</p>');
  });

  test('a text message as a communication and a chat as a note, escaped', async () => {
    const { source } = connect();
    await source.logActivity({ ...activity, channel: 'sms', notes: '<script>' });
    await source.logActivity({ ...activity, channel: 'chat', notes: '<img src=x onerror="y">' });
    expect(writtenTo('communications')[0].properties).toMatchObject({
      hs_communication_channel_type: 'SMS',
      hs_communication_logged_from: 'CRM',
      hs_communication_body: expect.stringContaining('<p>&lt;script&gt;</p>'),
    });
    expect(writtenTo('notes')[0].properties.hs_note_body).toContain('<p>&lt;img src=x onerror=&quot;y&quot;&gt;</p>');
  });

  test('to a company', async () => {
    const customerId = crm.putCompany({ name: 'Northwind' });
    await connect().source.logActivity({ ...activity, customerId });
    expect(crm.listActivities()).toMatchObject([{ customerId }]);
  });

  test('once, though its index lags and the first answer was lost', async () => {
    crm.lag(true);
    crm.behave('commit-then-drop');
    const { source } = connect();
    await source.logActivity(activity);
    expect(await source.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.listActivities()).toHaveLength(1);
    expect(listSearches()).toEqual([]);
  });

  test('once, though the customer has more calls than come at a time', async () => {
    const { source } = connect();
    await source.logActivity(activity);
    for (const key of ['k-2', 'k-3', 'k-4']) await source.logActivity({ ...activity, key });
    crm.pageAssociations(1);
    const again = await source.logActivity({ ...activity, key: 'k-4' });
    expect(again).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.listActivities()).toHaveLength(4);
  });

  test('anew what another key merely begins with', async () => {
    const { source } = connect();
    await source.logActivity({ ...activity, key: 'default.eng-1.call-2' });
    expect(await source.logActivity(activity)).toMatchObject({ value: { isNew: true } });
  });

  test('anew where notes only quote the reference of another', async () => {
    const { source } = connect();
    await source.logActivity({ ...activity, key: 'other', notes: 'Reference: default.eng-1.call' });
    expect(await source.logActivity(activity)).toMatchObject({ value: { isNew: true } });
  });

  test('by a unique property, and completes what a broken try has left', async () => {
    const { source } = connect({ callKeyProperty: 'zoom_engagement_key' });
    crm.behave('commit-then-drop');
    expect(await source.logActivity({ ...activity, caseNumber })).toMatchObject({ kind: 'unavailable' });
    expect(crm.listActivities()).toMatchObject([{ customerId: undefined, key: activity.key }]);
    expect(await source.logActivity({ ...activity, caseNumber })).toMatchObject({ value: { isNew: false } });
    expect(crm.listActivities()).toMatchObject([{ customerId: activity.customerId, caseNumber }]);
  });

  test('nothing to a ticket that is gone', async () => {
    crm.remove('tickets', caseNumber);
    expect(await connect().source.logActivity({ ...activity, caseNumber })).toMatchObject({ kind: 'not-found' });
    expect(crm.listActivities()).toEqual([]);
  });

  test('nothing that a rule of the account refuses, and does not try again', async () => {
    crm.demand(() => 'hs_call_disposition is required');
    expect(await connect().source.logActivity(activity)).toMatchObject({ kind: 'invalid', reason: 'http-400' });
    expect(writtenTo('calls')).toHaveLength(1);
  });

  test('what it then shows on the card, without our reference', async () => {
    const { source } = connect();
    const { disposition: _, ...withoutOutcome } = activity;
    await source.logActivity(withoutOutcome);
    const answer = await source.readCustomers([activity.customerId]);
    expect(answer).toMatchObject({ value: [{ interactions: [{ at: activity.startedAt, channel: 'voice' }] }] });
    const summary = answer.kind === 'found' ? answer.value[0]?.interactions[0]?.summary : undefined;
    expect(summary).toBe('Inbound call · Asked · Agent: Mina Park');
  });
});

describe('HubSpot’s check', () => {
  test('names fields, rights and a property that is not unique', async () => {
    crm.deny(['/crm/objects/tickets', '/crm/owners']);
    const fields = { tier: 'customer_tier', language: 'tongue', alerts: 'company.warning' };
    const report = await connect({ fields, callKeyProperty: 'hs_call_title' }).source.check();
    expect(report).toMatchObject({
      value: {
        missing: [
          'The key may not read tickets (scope tickets): nobody is found by a ticket’s number, and no tickets are shown.',
          'The key lacks the scope crm.objects.owners.read: owners and agents are not named.',
          'A contact has no property tongue: language stays empty on the card.',
          'A company has no property warning: alerts stays empty on the card.',
          'The property hs_call_title of calls is not unique: calls cannot be logged.',
        ],
      },
    });
  });

  test('says that private apps cannot be made any more', async () => {
    const report = await connect({ auth: 'private-app' }).source.check();
    expect(report).toMatchObject({ value: { missing: [], summary: expect.stringContaining('2026-10-26') } });
  });
});

describe('the settings of HubSpot', () => {
  test('refuse what is no name of a property', () => {
    const parse = (settings: Record<string, unknown>) =>
      hubspot.settings.safeParse({ accessToken: 'x', ...settings }).success;
    expect(parse({ fields: { tier: 'company.customer_tier' } })).toBe(true);
    for (const path of ['Tier', 'a b', 'company.', 'deal.x.y', 'x,y', '../x', 'x*']) {
      expect([path, parse({ fields: { tier: path } })]).toEqual([path, false]);
      expect([path, parse({ callKeyProperty: path })]).toEqual([path, false]);
    }
  });

  test('choose the version that stands in every path', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, company: 'Northwind', cases: [{ subject: 'Router' }] });
    const { source } = connect({ apiVersion: '2026-03' });
    await source.find('phone', phone.e164, 10);
    await source.find('case', caseNumbers[0] ?? '', 10);
    await source.readCustomers([id]);
    await source.check();
    expect(listPaths().filter((path) => !path.includes('/2026-03'))).toEqual([]);
  });
});

describe('HubSpot’s limits', () => {
  const connectWithin = () =>
    createConnector(
      { auth: 'service-key', apiVersion: '2026-09', fields: {} },
      {
        clock: systemClock,
        crm: createCrmHttp({
          connection: 'limited',
          definition: hubspot,
          baseUrl: crm.url,
          http: createHttpClient(),
          authorization: { kind: 'fixed', header: `Bearer ${crm.secrets.accessToken}` },
          tokens: createConnectionTokens({ clock: systemClock }),
          clock: systemClock,
          isBaseAllowed: () => false,
        }),
      },
    );

  test('are never met by many who call at once: some wait, others are told when', async () => {
    crm.put(ann);
    crm.limitSearches();
    const connector = connectWithin();
    const emails = Array.from({ length: 12 }, (_, index) => `caller-${index}@home.example`);
    const answers = await Promise.all(emails.map((email) => connector.findByEmail(email, 10)));
    const kinds = answers.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'not-found')).toHaveLength(listSearches().length);
    expect(new Set(kinds)).toEqual(new Set(['not-found', 'rate-limited']));
    expect(listSearches().length).toBeGreaterThanOrEqual(5);
  });

  test('are told when others have used them up', async () => {
    crm.limitSearches();
    const { connector } = connect();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => connector.findByEmail(`caller-${index}@home.example`, 10)),
    );
    expect(answers.filter(({ kind }) => kind === 'rate-limited')).not.toEqual([]);
  });

  test.each([
    [{ status: 429, json: { policyName: 'DAILY', category: 'RATE_LIMITS' } }, 'rate-limited'],
    [{ status: 477, json: undefined }, 'rate-limited'],
    [{ status: 423, json: '' }, 'rate-limited'],
    [{ status: 400, json: { category: 'MISSING_SCOPES' } }, 'forbidden'],
    [{ status: 400, json: { category: 'VALIDATION_ERROR' } }, undefined],
    [{ status: 200, json: { category: 'RATE_LIMITS' } }, undefined],
    [{ status: 403, json: '<!doctype html>' }, undefined],
  ])('are read from %o as %s', (answer, kind) => {
    expect(hubspot.readProblem?.({ ...answer, headers: new Headers() })).toBe(kind);
  });
});
