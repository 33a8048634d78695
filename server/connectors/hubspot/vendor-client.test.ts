/**
 * Drives the fake with HubSpot's own client and compares its requests with ours. The client still uses the
 * numbered versions, so paths are compared without them; the 2026-09 API description changed nothing else in them.
 */
import { AssociationTypes, Client } from '@hubspot/api-client';
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js';
import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/objects/calls/models/AssociationSpec.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import { associationTypes } from './activity-record.ts';
import { hubspot } from './definition.ts';
import { type FakeHubspot, startFakeHubspot } from './fake.ts';
import { propertiesOf } from './mapping.ts';

let crm: FakeHubspot;
let client: Client;
beforeEach(async () => {
  crm = await startFakeHubspot();
  client = new Client({ accessToken: crm.secrets.accessToken ?? '', basePath: crm.url, numberOfApiCallRetries: 0 });
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) =>
  connectToFake(hubspot, crm, { settings: { ...crm.settings, ...settings } });

/** Recorded requests without the version in the path; lists in a query as one text. */
function listRequests() {
  return crm.requests.splice(0).map(({ method, target, body, headers }) => {
    const url = new URL(target, crm.url);
    const query = Object.fromEntries(
      [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(',')]),
    );
    const path = url.pathname
      .replace(/^\/crm\/v[34]\//, '/crm/')
      .replace(/\/\d{4}-\d{2}(?=\/|$)/, '')
      .replace(/\/$/, '');
    return { method, path, query, json: body === '' ? undefined : JSON.parse(body), key: headers.authorization };
  });
}

const ann = {
  name: 'Ann Lee',
  phones: ['+1 415 555 0101'],
  emails: ['ann@northwind.example'],
  company: 'Northwind',
  owner: 'Mina Park',
  cases: [{ subject: 'Router', updatedAt: Date.UTC(2026, 10, 1) }],
};
const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };

test('HubSpot client › phone search › same request and customer as ours', async () => {
  const { id } = crm.put(ann);
  await connect().connector.findByPhone(phone, 10);
  const [ours] = listRequests();
  const { ContainsToken, Eq } = FilterOperatorEnum;
  const group = (propertyName: string, operator: FilterOperatorEnum, value: string) => {
    return { filters: [{ propertyName, operator, value }] };
  };
  const answer = await client.crm.contacts.searchApi.doSearch({
    filterGroups: [
      group('hs_searchable_calculated_phone_number', ContainsToken, '*4155550101*'),
      group('hs_searchable_calculated_mobile_number', ContainsToken, '*4155550101*'),
      group('phone', Eq, '+14155550101'),
      group('mobilephone', Eq, '+14155550101'),
      {
        filters: ['*415', '555', '0101*'].map((value) => {
          return { propertyName: 'phone', operator: ContainsToken, value };
        }),
      },
    ],
    properties: propertiesOf('contact'),
    limit: 200,
    after: '0',
    sorts: [],
  });
  expect(listRequests()).toEqual([ours]);
  expect(answer.total).toBe(1);
  expect(answer.results[0]).toMatchObject({ properties: { firstname: 'Ann', phone: '+1 415 555 0101' } });
  expect(`contact:${answer.results[0]?.id}`).toBe(id);
  expect(answer.results[0]?.createdAt).toBeInstanceOf(Date);
});

test('HubSpot client › search by association › same request as ours', async () => {
  const { id, caseNumbers } = crm.put(ann);
  await connect().connector.readCustomers([id]);
  const ours = listRequests().find(({ path }) => path === '/crm/objects/tickets/search');
  const answer = await client.crm.tickets.searchApi.doSearch({
    filterGroups: [
      {
        filters: [
          { propertyName: 'associations.contact', operator: FilterOperatorEnum.Eq, value: id.split(':')[1] ?? '' },
        ],
      },
    ],
    properties: ['subject', 'hs_pipeline_stage', 'hs_ticket_priority', 'hs_lastmodifieddate', 'closed_date'],
    limit: 20,
    after: '0',
    sorts: [],
  });
  expect(listRequests()).toEqual([ours]);
  expect(answer.results.map((ticket) => ticket.id)).toEqual(caseNumbers);
});

test('HubSpot client › card › same requests as ours', async () => {
  const { id, caseNumbers } = crm.put(ann);
  await connect().connector.readCustomers([id], 'fresh');
  const ours = listRequests();
  const like = (method: string, path: string) =>
    ours.find((candidate) => candidate.method === method && candidate.path === path);
  const contactId = id.split(':')[1] ?? '';
  const ticketId = caseNumbers[0] ?? '';

  const properties = like('GET', `/crm/objects/contacts/${contactId}`)?.query.properties?.split(',') ?? [];
  const associations = ['tickets', 'calls', 'notes', 'communications'];
  const contact = await client.crm.contacts.basicApi.getById(contactId, properties, undefined, associations);
  expect(listRequests()).toEqual([like('GET', `/crm/objects/contacts/${contactId}`)]);
  expect(contact.associations?.tickets?.results.map((ticket) => ticket.id)).toEqual([ticketId]);

  const names = ['subject', 'hs_pipeline_stage', 'hs_ticket_priority', 'hs_lastmodifieddate', 'closed_date'];
  const input = { properties: names, propertiesWithHistory: [], inputs: [{ id: ticketId }] };
  const tickets = await client.crm.tickets.batchApi.read(input);
  expect(listRequests()).toEqual([like('POST', '/crm/objects/tickets/batch/read')]);
  expect(tickets.results[0]?.properties).toMatchObject({ subject: 'Router', hs_pipeline_stage: '2' });

  const owners = await client.crm.owners.ownersApi.getPage(undefined, undefined, 500);
  expect(listRequests()).toEqual([like('GET', '/crm/owners')]);
  expect(owners.results[0]).toMatchObject({ firstName: 'Mina', lastName: 'Park' });

  const pipelines = await client.crm.pipelines.pipelinesApi.getAll('tickets');
  expect(listRequests()).toEqual([like('GET', '/crm/pipelines/tickets')]);
  expect(pipelines.results[0]?.stages.map(({ metadata }) => metadata?.ticketState)).toEqual(['OPEN', 'OPEN', 'CLOSED']);
});

test('HubSpot client › ticket with its contacts › same request as ours', async () => {
  const { caseNumbers } = crm.put(ann);
  const number = caseNumbers[0] ?? '';
  await connect().connector.findByCase(number, 10);
  const [ours] = listRequests();
  const ticket = await client.crm.tickets.basicApi.getById(number, ['subject'], undefined, ['contacts', 'companies']);
  expect(listRequests()).toEqual([ours]);
  expect(ticket.associations?.contacts?.results).toHaveLength(1);
});

test('HubSpot client › batch with a deleted record › same result as ours', async () => {
  const { caseNumbers } = crm.put(ann);
  const input = {
    properties: ['subject'],
    propertiesWithHistory: [],
    inputs: [{ id: caseNumbers[0] ?? '' }, { id: '1' }],
  };
  const answer = await client.crm.tickets.batchApi.read(input);
  expect(answer).toMatchObject({ results: [{ id: caseNumbers[0] }], numErrors: 1 });
});

function describeCall(customerId: string): Activity {
  return {
    key: 'k-1',
    engagementId: 'eng-1',
    channel: 'voice',
    direction: 'outbound',
    customerId,
    startedAt: Date.UTC(2026, 10, 22, 10),
    endedAt: Date.UTC(2026, 10, 22, 10, 1),
    subject: 'Outbound call',
    notes: 'Asked',
    agent: { name: 'Mina Park', email: 'mina.park@agents.example' },
  };
}

test('HubSpot client › call › same request as ours', async () => {
  const { id } = crm.put(ann);
  await connect().connector.logActivity(describeCall(id));
  const ours = listRequests().find(({ method }) => method === 'POST');
  const call = await client.crm.objects.calls.basicApi.create({
    properties: ours?.json.properties,
    associations: [
      {
        to: { id: id.split(':')[1] ?? '' },
        types: [
          {
            associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined,
            associationTypeId: AssociationTypes.callToContact,
          },
        ],
      },
    ],
  });
  expect(listRequests()).toEqual([ours]);
  expect(call.properties.hs_call_duration).toBe('60000');
});

test('HubSpot client › call upsert › same requests as ours', async () => {
  const { id } = crm.put(ann);
  await connect({ callKeyProperty: 'zoom_engagement_key' }).connector.logActivity(describeCall(id));
  const [upsert, association] = listRequests().filter(({ method }) => method !== 'GET');
  const { results } = await client.crm.objects.calls.batchApi.upsert(upsert?.json);
  expect(listRequests()).toEqual([upsert]);
  expect(results[0]).toMatchObject({ _new: false });
  const [callId = '', contactId = ''] = [results[0]?.id, id.split(':')[1]];
  await client.crm.associations.v4.basicApi.createDefault('calls', callId, 'contacts', contactId);
  expect(listRequests()).toEqual([association]);
});

test('HubSpot client › association type ids › same as ours', () => {
  const types = AssociationTypes;
  expect(associationTypes).toEqual({
    calls: { contacts: types.callToContact, companies: types.callToCompany, tickets: types.callToTicket },
    notes: { contacts: types.noteToContact, companies: types.noteToCompany, tickets: types.noteToTicket },
    communications: {
      contacts: types.communicationToContact,
      companies: types.communicationToCompany,
      tickets: types.communicationToTicket,
    },
  });
});

test('HubSpot client › error › parses as HubSpot’s own', async () => {
  const refused = new Client({ accessToken: 'another', basePath: crm.url, numberOfApiCallRetries: 0 });
  await expect(refused.crm.contacts.basicApi.getById('1')).rejects.toMatchObject({
    code: 401,
    body: { category: 'INVALID_AUTHENTICATION', status: 'error' },
  });
});
