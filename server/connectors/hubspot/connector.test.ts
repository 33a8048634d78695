import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import { createConnectionTokens } from '../http/connection-tokens.ts';
import { createCrmHttp } from '../http/create-crm-http.ts';
import { createConnector } from './connector.ts';
import { hubspot } from './definition.ts';
import { type FakeHubspot, startFakeHubspot } from './fake.ts';

describeConnectorConformance({ definition: hubspot, startFake: startFakeHubspot });

describe('HubSpot with a unique property of calls', () => {
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

describe('HubSpot search', () => {
  test('contact with the number › one search, of contacts only', async () => {
    crm.put(ann);
    crm.putCompany({ name: 'Northwind', phone: '+1 415 555 0101' });
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ value: { sharedBy: 1 } });
    expect(listSearches()).toEqual(['POST /crm/objects/2026-09/contacts/search']);
  });

  test.each(['+1 (415) 555-0101', '+14155550101', '415-555-0101', '(415) 555 0101', '+1 415.555.0101'])(
    'only a company has the number, as %s › finds the company',
    async (stored) => {
      const id = crm.putCompany({ name: 'Northwind', phone: stored });
      const answer = await connect().source.find('phone', phone.e164, 10);
      expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id, customerName: 'Northwind' }] } });
    },
  );

  test('contact abroad with the same digits › companies are searched too', async () => {
    crm.put({ name: 'Bo Lind', phones: ['+49 4155 550101'] });
    const id = crm.putCompany({ name: 'Northwind', phone: '+1 415 555 0101' });
    const answer = await connect().source.find('phone', phone.e164, 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }], sharedBy: 1 } });
  });

  test('many numbers that only end alike › the right one on a later page is found', async () => {
    for (let index = 0; index < 250; index += 1)
      crm.put({ name: 'Bo Lind', phones: [`+49 ${100 + index} 4155550101`] });
    const { id } = crm.put(ann);
    const answer = await connect().source.find('phone', phone.e164, 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
  });

  test('British company number in groups › is found', async () => {
    const id = crm.putCompany({ name: 'Harbour & Sons', phone: '(020) 7946 0001' });
    const answer = await connect({ country: 'GB' }).source.find('phone', '+442079460001', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
  });

  test('Italian number with a leading zero › is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['06 0000 0022'] });
    const answer = await connect({ country: 'IT' }).source.find('phone', '+390600000022', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
    // A contact has it, so companies are not searched.
    expect(listSearches()).toEqual(['POST /crm/objects/2026-09/contacts/search']);
  });

  test('ticket number › finds its contacts, else its company, also while the index lags', async () => {
    crm.lag(true);
    const { id, caseNumbers } = crm.put({ ...ann, company: 'Northwind', cases: [{ subject: 'Router' }] });
    const { source } = connect();
    const [number = ''] = caseNumbers;
    expect(await source.find('case', number, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    expect(await source.find('case', `#${number}`, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    const company = crm.putCompany({ name: 'Harbour', cases: [{ subject: 'Line' }] });
    const [, ticket = ''] = crm.listTickets();
    expect(await source.find('case', ticket, 10)).toMatchObject({ value: { hits: [{ customerId: company }] } });
  });

  test('the index still associates another contact with the ticket › is no hit', async () => {
    crm.put({ name: 'Bo Lind', phones: ['+1 415 555 0102'] });
    const { id, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    crm.leaveAssociationsStale();
    const answer = await connect().source.find('case', caseNumbers[0] ?? '', 10);
    expect(answer).toMatchObject({ value: { sharedBy: 1, hits: [{ customerId: id }] } });
  });

  test('search by association does not answer › a ticket’s contact is found and the search is not repeated', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }, { subject: 'Invoice' }] });
    crm.delayAssociationSearches(60_000);
    const { source } = connect();
    for (const number of caseNumbers)
      expect(await source.find('case', number, 10)).toMatchObject({ value: { hits: [{ customerId: id }] } });
    expect(listSearches()).toHaveLength(1);
  });

  test.each(['(11) 8765-4323', '+55 11 8765-4323', '11 98765-4323', '+5511987654323'])(
    'Brazilian number stored as %s › its contact and company are found',
    async (stored) => {
      const brazilian = { e164: '+5511987654323', countryCode: '55', national: '11987654323', country: 'BR' };
      const request = { ...brazilian, formerNationals: ['1187654323'] };
      const company = crm.putCompany({ name: 'Northwind', phone: stored });
      const found = await connect().connector.findByPhone(request, 10);
      expect(found).toMatchObject({ kind: 'found', value: [{ id: company }] });
      const { id } = crm.put({ name: 'Ana Lima', phones: [stored] });
      expect(await connect().connector.findByPhone(request, 10)).toMatchObject({ value: [{ id }] });
    },
  );

  test.each([
    '(415) 555-0101 (ext. 12)',
    '415-555-0101 x12',
    '415-555-0199 ::: 415-555-0101',
    '+1 415-555-0199 / +1 415-555-0101',
    '415-555-0101 home / 415-555-0199 cell',
  ])('number stored as %s › its contact and company are found', async (stored) => {
    const company = crm.putCompany({ name: 'Northwind', phone: stored });
    expect(await connect().connector.findByPhone(phone, 10)).toMatchObject({ value: [{ id: company }] });
    const { id } = crm.put({ name: 'Ann Lee', phones: [stored] });
    expect(await connect().connector.findByPhone(phone, 10)).toMatchObject({ value: [{ id }] });
  });

  test.each(['ann.b.lee42@gmail.com', 'AnnBLee42@googlemail.com', 'a.n.n.b.lee42+shop@gmail.com'])(
    '%s › is found by another address of the mailbox',
    async (stored) => {
      const mailbox = { local: 'annblee42', domains: ['gmail.com', 'googlemail.com'] };
      const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', stored] });
      crm.put({ name: 'Ann Bleek', emails: ['annblee420@gmail.com'] });
      const answer = await connect().connector.findByEmail('annblee42@gmail.com', 10, mailbox);
      expect(answer.kind === 'found' && answer.value.map((hit) => hit.id)).toContain(id);
    },
  );

  test('address in a field with several › is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example ::: lee@home.example'] });
    expect(await connect().connector.findByEmail('lee@home.example', 10)).toMatchObject({ value: [{ id }] });
  });

  test('name with accents › is found as stored, with accents or without', async () => {
    const { id } = crm.put({ name: 'Dang Hoa' });
    const { id: accented } = crm.put({ name: 'Đặng Hoa' });
    const answer = await connect().source.search({ kind: 'name', text: 'Đặng' }, 10);
    expect(answer.kind === 'found' && answer.value.toSorted()).toEqual([id, accented].toSorted());
  });

  test('additional e-mail address › is found', async () => {
    const { id } = crm.put({ name: 'Ann Lee', emails: ['ann@northwind.example', 'ann.lee@home.example'] });
    const answer = await connect().source.find('email', 'ann.lee@home.example', 10);
    expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
  });

  test('account number › is searched in the mapped property of contact or company', async () => {
    const { id } = crm.put({ ...ann, accountNumber: '778812' });
    expect(await connect().source.find('account', '778812', 10)).toMatchObject({
      value: { hits: [{ customerId: id, stored: '778812' }] },
    });
    const { source } = connect({ fields: { accountNumber: 'company.customer_number' } });
    expect(await source.find('account', '778812', 10)).toMatchObject({ kind: 'not-found' });
  });

  test('new contact, lagging index › not found', async () => {
    crm.lag(true);
    crm.put(ann);
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'not-found' });
    crm.lag(false);
    expect(await connect().source.find('phone', phone.e164, 10)).toMatchObject({ kind: 'found' });
  });

  test('name query › finds companies too', async () => {
    crm.put({ name: 'Ann Lee', company: 'Lee & Sons' });
    const answer = await connect().source.search({ kind: 'name', text: 'lee' }, 10);
    expect(answer.kind === 'found' && answer.value.map((id) => id.split(':')[0])).toEqual(['contact', 'company']);
  });
});

describe('HubSpot card', () => {
  const whole = {
    ...ann,
    company: 'Northwind',
    cases: [{ subject: 'Router' }],
    interactions: [{ at: 1_000, channel: 'voice' as const, summary: 'Asked' }],
  };
  const wholeCard = { company: 'Northwind', cases: [{ subject: 'Router' }], interactions: [{ at: 1_000 }] };

  test('fresh card › two round trips and no search', async () => {
    const { id } = crm.put({ ...whole, owner: 'Mina Park' });
    expect(await connect().source.readCustomers([id], 'fresh')).toMatchObject({ value: [wholeCard] });
    const record = `GET /crm/objects/2026-09/contacts/${id.split(':')[1]}`;
    expect(listPaths().slice(0, 3).sort()).toEqual([
      record,
      'GET /crm/owners/2026-09',
      'GET /crm/pipelines/2026-09/tickets',
    ]);
    expect(listPaths().slice(3).sort()).toEqual([
      'POST /crm/objects/2026-09/calls/batch/read',
      'POST /crm/objects/2026-09/companies/batch/read',
      'POST /crm/objects/2026-09/tickets/batch/read',
    ]);
  });

  test('card of a customer just found › nothing is read twice', async () => {
    const { id } = crm.put(whole);
    const { source } = connect();
    await source.find('phone', phone.e164, 10);
    crm.requests.length = 0;
    expect(await source.readCustomers([id])).toMatchObject({ value: [wholeCard] });
    expect(listPaths().sort()).toEqual([
      `GET /crm/objects/2026-09/contacts/${id.split(':')[1]}`,
      'GET /crm/owners/2026-09',
      'GET /crm/pipelines/2026-09/tickets',
      'POST /crm/objects/2026-09/calls/search',
      'POST /crm/objects/2026-09/companies/batch/read',
      'POST /crm/objects/2026-09/tickets/search',
    ]);
  });

  test('lagging index › card is whole', async () => {
    crm.lag(true);
    const { id } = crm.put(whole);
    expect(await connect().source.readCustomers([id])).toMatchObject({ value: [wholeCard] });
  });

  test('several customers › no search', async () => {
    const ids = [crm.put(whole).id, crm.put({ ...whole, name: 'Bo Lind' }).id];
    expect(await connect().source.readCustomers(ids)).toMatchObject({ value: [wholeCard, wholeCard] });
    expect(listSearches()).toEqual([]);
  });

  test('search by association is rejected › card is whole, the search is not repeated', async () => {
    const ids = [crm.put(whole).id, crm.put({ ...whole, name: 'Bo Lind' }).id];
    crm.refuseAssociationFilters();
    const { source } = connect();
    for (const id of ids) expect(await source.readCustomers([id])).toMatchObject({ value: [wholeCard] });
    expect(listSearches().sort()).toEqual([
      'POST /crm/objects/2026-09/calls/search',
      'POST /crm/objects/2026-09/tickets/search',
    ]);
  });

  test('search by association does not answer › card is whole, the search is not repeated', async () => {
    const ids = [crm.put(whole).id, crm.put({ ...whole, name: 'Bo Lind' }).id];
    crm.delayAssociationSearches(60_000);
    const { source } = connect();
    for (const id of ids) expect(await source.readCustomers([id])).toMatchObject({ value: [wholeCard] });
    expect(listSearches()).toHaveLength(2);
  });

  test('several contacts of one company just found › the company is read once', async () => {
    const put = (name: string) => crm.put({ name, company: 'Northwind', phones: ['+1 415 555 0101'] }).id;
    const ids = [put('Ann Lee'), put('Bo Lind')];
    const { source } = connect();
    await source.find('phone', phone.e164, 10);
    expect(await source.readCustomers(ids)).toMatchObject({ kind: 'found' });
    expect(crm.requests.filter(({ target }) => target.includes('/companies/batch/read'))).toMatchObject([
      { body: expect.not.stringMatching(/"id":"(\d+)".*"id":"\1"/) },
    ]);
  });

  test('several cards › owners and stages are requested once', async () => {
    const ids = ['Ann Lee', 'Bo Lind', 'Cy Ode'].map((name) => crm.put({ name, owner: 'Mina Park' }).id);
    const { source } = connect();
    for (const id of ids) await source.readCustomers([id]);
    expect(listPaths().filter((path) => path.includes('owners') || path.includes('pipelines'))).toHaveLength(2);
  });

  test('tickets › open ones with the label of their stage', async () => {
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

  test('company › shows its own tickets and fields', async () => {
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

  test('property mapped to the company › is shown for the contact', async () => {
    crm.putCompany({ name: 'Northwind', tier: 'Gold' });
    const { id } = crm.put({ ...ann, company: 'Northwind' });
    const answer = await connect({ fields: { tier: 'company.customer_tier' } }).source.readCustomers([id]);
    expect(answer).toMatchObject({ value: [{ company: 'Northwind', fields: { tier: 'Gold' } }] });
  });

  test('forbidden part › is missing, the rest is shown', async () => {
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

  test('300 calls › shows the newest ten, whatever their ids', async () => {
    const { id } = crm.put(ann);
    crm.addInteractions(id, listCalls(300));
    const answer = await connect().source.readCustomers([id]);
    const [card] = answer.kind === 'found' ? answer.value : [];
    expect(card?.interactions.map(({ at }) => at)).toEqual(
      listCalls(300)
        .slice(0, 10)
        .map(({ at }) => at),
    );
    expect(card?.missing).toBeUndefined();
  });

  test('twelve calls › shows the newest ten in two round trips', async () => {
    const { id } = crm.put(ann);
    crm.addInteractions(id, listCalls(12).toReversed());
    const answer = await connect().source.readCustomers([id], 'fresh');
    const [card] = answer.kind === 'found' ? answer.value : [];
    expect(card?.interactions.map(({ at }) => at)).toEqual(listCalls(10).map(({ at }) => at));
    expect(listPaths().filter((path) => path.includes('/calls/'))).toEqual([
      'POST /crm/objects/2026-09/calls/batch/read',
    ]);
  });

  test('open ticket on the second page › is shown', async () => {
    const { id } = crm.put(ann);
    const tickets = Array.from({ length: 130 }, () => ({ subject: 'Old', status: 'closed' as const }));
    crm.addTickets(id, [...tickets, { subject: 'Router' }]);
    const answer = await connect().source.readCustomers([id]);
    expect(answer).toMatchObject({ value: [{ cases: [{ subject: 'Router' }] }] });
    expect(answer).not.toHaveProperty('value.0.missing');
  });

  test('more calls and tickets than are read › both parts are missing', async () => {
    const { id } = crm.put(ann);
    crm.addInteractions(id, listCalls(501));
    crm.addTickets(
      id,
      Array.from({ length: 501 }, (_, index) => ({ subject: `Ticket ${index}` })),
    );
    const failure = { kind: 'invalid', reason: 'too-many' };
    expect(await connect().source.readCustomers([id])).toMatchObject({
      value: [
        {
          missing: [
            { part: 'cases', failure },
            { part: 'interactions', failure },
          ],
        },
      ],
    });
  });

  test('further pages cannot be read › the part is missing', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }, { subject: 'Invoice' }] });
    crm.pageAssociations(1);
    crm.deny(['/crm/associations']);
    expect(await connect().source.readCustomers([id])).toMatchObject({
      value: [{ missing: [{ part: 'cases', failure: { kind: 'forbidden' } }] }],
    });
  });

  test('record link › is HubSpot’s own URL', async () => {
    const { id } = crm.put(ann);
    const url = `https://app-eu1.hubspot.com/contacts/147893286/record/0-1/${id.split(':')[1]}`;
    expect(await connect().source.readCustomers([id])).toMatchObject({ value: [{ url }] });
  });

  /** Newest first. */
  function listCalls(count: number) {
    return Array.from({ length: count }, (_, index) => {
      return { at: Date.UTC(2026, 10, 1) - index * 3_600_000, channel: 'voice' as const, summary: `Call ${index}` };
    });
  }

  async function readCases(id: string) {
    const answer = await connect().source.readCustomers([id], 'fresh');
    return answer.kind === 'found' ? answer.value[0]?.cases : undefined;
  }
});

describe('HubSpot connection check', () => {
  test('missing fields and rights, non-unique property › are listed', async () => {
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

  test('account with thousands of properties › is checked, and they are read once', async () => {
    crm.addProperties(2_000);
    const { source } = connect({ fields: { tier: 'customer_tier', language: 'tongue' } });
    const missing = ['A contact has no property tongue: language stays empty on the card.'];
    expect(await source.check()).toMatchObject({ kind: 'found', value: { missing } });
    await source.check();
    expect(listPaths().filter((path) => path.endsWith('/contacts') && path.includes('/properties/'))).toHaveLength(1);
  });

  test('private app › end of private apps is reported', async () => {
    const report = await connect({ auth: 'private-app' }).source.check();
    expect(report).toMatchObject({ value: { missing: [], summary: expect.stringContaining('2026-10-26') } });
  });
});

describe('HubSpot settings', () => {
  test('invalid property name › is rejected', () => {
    const parse = (settings: Record<string, unknown>) =>
      hubspot.settings.safeParse({ accessToken: 'x', ...settings }).success;
    expect(parse({ fields: { tier: 'company.customer_tier' } })).toBe(true);
    for (const path of ['Tier', 'a b', 'company.', 'deal.x.y', 'x,y', '../x', 'x*']) {
      expect([path, parse({ fields: { tier: path } })]).toEqual([path, false]);
      expect([path, parse({ callKeyProperty: path })]).toEqual([path, false]);
    }
  });

  test('API version › is part of every path', async () => {
    const { id, caseNumbers } = crm.put({ ...ann, company: 'Northwind', cases: [{ subject: 'Router' }] });
    const { source } = connect({ apiVersion: '2026-03' });
    await source.find('phone', phone.e164, 10);
    await source.find('case', caseNumbers[0] ?? '', 10);
    await source.readCustomers([id]);
    await source.check();
    expect(listPaths().filter((path) => !path.includes('/2026-03'))).toEqual([]);
  });
});

describe('HubSpot rate limits', () => {
  const connectWithin = (clock = systemClock) =>
    createConnector(
      { auth: 'service-key', apiVersion: '2026-09', fields: {} },
      {
        clock,
        crm: createCrmHttp({
          connection: 'limited',
          definition: hubspot,
          baseUrl: crm.url,
          http: createHttpClient(),
          authorization: { kind: 'fixed', header: `Bearer ${crm.secrets.accessToken}` },
          tokens: createConnectionTokens({ clock }),
          clock,
          isBaseAllowed: () => false,
        }),
      },
    );

  test('many calls at once › stay below the limit, some wait and others are rate-limited', async () => {
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

  test('busy connection › cards leave the searches to finding customers, and are whole', async () => {
    const { id } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const now = Date.now();
    const connector = connectWithin(() => now);
    for (const email of ['a@home.example', 'b@home.example', 'c@home.example']) await connector.findByEmail(email, 10);
    const searches = listSearches().length;
    expect(await connector.readCustomers([id])).toMatchObject({ value: [{ cases: [{ subject: 'Router' }] }] });
    expect(listSearches()).toHaveLength(searches);
  });

  test('limit used up by other programs › is rate-limited', async () => {
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
  ])('answer %o › is %s', (answer, kind) => {
    expect(hubspot.readProblem?.({ ...answer, headers: new Headers() })).toBe(kind);
  });
});
