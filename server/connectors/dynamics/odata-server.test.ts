/**
 * Runs our filters on SAP's mock OData server, over tables shaped as Dataverse's. The server supports no wildcards,
 * bindings or doubled quotes, and compares case-sensitively: its results hold for plain OData.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MockServer from '@sap-ux/fe-mockserver-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Connector } from '../port/connector.ts';
import { dynamics } from './definition.ts';
import { type ColumnType, fakeTables } from './fake-tables.ts';

const sets = ['contacts', 'accounts', 'leads', 'incidents'];
const edmTypes: Record<ColumnType, string> = {
  text: 'Edm.String',
  guid: 'Edm.Guid',
  int: 'Edm.Int32',
  flag: 'Edm.Boolean',
  time: 'Edm.DateTimeOffset',
};

const guid = (last: number) => `3e2b8f3a-1111-4111-8111-${String(last).padStart(12, '0')}`;
const rows: Record<string, Record<string, unknown>[]> = {
  contacts: [
    { contactid: guid(1), fullname: 'Ann Lee', telephone1: '+1 (415) 555-0101', emailaddress2: 'ann@x.example' },
    { contactid: guid(2), fullname: 'Bo Lind', mobilephone: '415-555-0102', emailaddress1: 'bo@x.example' },
    { contactid: guid(3), fullname: 'Cy Moss', mobilephone: '4155550101', statecode: 1 },
    { contactid: guid(4), fullname: 'Aoife Lee', telephone3: '415.555.0101', _parentcustomerid_value: guid(11) },
  ],
  accounts: [{ accountid: guid(11), name: 'Northwind', telephone1: '+44 20 7946 0001', accountnumber: '778812' }],
  leads: [{ leadid: guid(21), fullname: 'Di Lee', telephone2: '(020) 7946 0001' }],
  incidents: [
    { incidentid: guid(31), ticketnumber: 'CAS-01000-X1Y2Z3', _customerid_value: guid(1) },
    { incidentid: guid(32), ticketnumber: 'CAS-01001-X1Y2Z3', _customerid_value: guid(2) },
    { incidentid: guid(33), ticketnumber: 'CAS-010001-X1Y2Z', _customerid_value: guid(2) },
  ],
};

let folder: string;
let mock: MockServer;
let server: Server;
let connector: Connector;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dataverse-'));
  const metadataPath = join(folder, 'metadata.xml');
  await writeFile(metadataPath, describeTables());
  for (const set of sets) {
    const complete = (rows[set] ?? []).map((row) => ({ statecode: 0, ...row }));
    await writeFile(join(folder, `${set}.json`), JSON.stringify(complete));
  }
  const service = { urlPath: '/api/data/v9.2', metadataPath, mockdataPath: folder, watch: false, noETag: true };
  const started = new MockServer({ services: [service], watch: false });
  mock = started;
  await started.isReady;
  server = createServer((request, response) => {
    if (request.url === '/token') return void response.end('{"access_token":"t","expires_in":3599}');
    started.getRouter()(request, response, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { baseUrl, tokenUrl: `${baseUrl}/token`, tenantId: 't', clientId: 'c', leads: 'include' };
  connector = connectToFake(dynamics, { settings, secrets: { clientSecret: 's' } }).connector;
});

afterAll(async () => {
  await mock.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** A schema as `$metadata` describes it. */
function describeTables(): string {
  const types = sets.map((set) => {
    const { name = '', key = '', columns = {}, one = {}, many = {} } = fakeTables[set] ?? {};
    const properties = Object.entries(columns).map(([column, type]) => {
      return `<Property Name="${column}" Type="${edmTypes[type]}"${column === key ? ' Nullable="false"' : ''}/>`;
    });
    const toOne = Object.entries(one).map(([property, target]) => {
      const { name: type, key: theirs } = fakeTables[target.set] ?? {};
      const constraint = `<ReferentialConstraint Property="${target.column}" ReferencedProperty="${theirs}"/>`;
      return `<NavigationProperty Name="${property}" Type="mscrm.${type}">${constraint}</NavigationProperty>`;
    });
    const toMany = Object.entries(many).map(([property, target]) => {
      const constraint = `<ReferentialConstraint Property="${key}" ReferencedProperty="${target.column}"/>`;
      const type = `Collection(mscrm.${fakeTables[target.set]?.name})`;
      return `<NavigationProperty Name="${property}" Type="${type}">${constraint}</NavigationProperty>`;
    });
    const keys = `<Key><PropertyRef Name="${key}"/></Key>`;
    return `<EntityType Name="${name}">${keys}${[...properties, ...toOne, ...toMany].join('')}</EntityType>`;
  });
  const entitySets = sets.map((set) => {
    const { name, one = {}, many = {} } = fakeTables[set] ?? {};
    const bindings = Object.entries({ ...one, ...many }).map(([property, target]) => {
      return `<NavigationPropertyBinding Path="${property}" Target="${target.set}"/>`;
    });
    return `<EntitySet Name="${set}" EntityType="mscrm.${name}">${bindings.join('')}</EntitySet>`;
  });
  const schema = 'xmlns="http://docs.oasis-open.org/odata/ns/edm"';
  return (
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>' +
    `<Schema Namespace="mscrm" ${schema}>${types.join('')}` +
    `<EntityContainer Name="System">${entitySets.join('')}</EntityContainer></Schema>` +
    '</edmx:DataServices></edmx:Edmx>'
  );
}

const phone = (countryCode: string, national: string) => ({
  e164: `+${countryCode}${national}`,
  countryCode,
  national,
  country: undefined,
});

test('Dynamics filter on an OData server › phone › active records, any spelling', async () => {
  expect(await connector.findByPhone(phone('1', '4155550101'), 10)).toMatchObject({
    kind: 'found',
    value: [{ name: 'Ann Lee' }, { name: 'Aoife Lee' }],
  });
  expect(await connector.findByPhone(phone('44', '2079460001'), 10)).toMatchObject({
    kind: 'found',
    value: [{ id: `account:${guid(11)}` }, { id: `lead:${guid(21)}` }],
  });
  expect(await connector.findByPhone(phone('1', '2125550199'), 10)).toEqual({ kind: 'not-found' });
});

test('Dynamics filter on an OData server › e-mail › any of the columns', async () => {
  expect(await connector.findByEmail('ann@x.example', 10)).toMatchObject({ value: [{ id: `contact:${guid(1)}` }] });
  expect(await connector.findByEmail('nn@x.example', 10)).toEqual({ kind: 'not-found' });
});

test('Dynamics filter on an OData server › keyed-in case number › no longer number', async () => {
  const hit = { number: 'CAS-01000-X1Y2Z3', customer: { id: `contact:${guid(1)}` } };
  for (const number of ['1000', 'CAS-01000-X1Y2Z3']) {
    expect(await connector.findByCase(number, 10)).toMatchObject({ kind: 'found', value: [hit] });
  }
  expect(await connector.findByCase('1002', 10)).toEqual({ kind: 'not-found' });
});

test('Dynamics filter on an OData server › account number › its contacts', async () => {
  expect(await connector.findByAccount?.('00778812', 10)).toMatchObject({
    kind: 'found',
    value: [{ number: '778812', customer: { id: `contact:${guid(4)}`, name: 'Aoife Lee' } }],
  });
});

test('Dynamics filter on an OData server › name › ordered and limited', async () => {
  const all = [`contact:${guid(1)}`, `contact:${guid(4)}`, `lead:${guid(21)}`];
  expect(await connector.search({ kind: 'name', text: 'Lee' }, 10)).toEqual({ kind: 'found', value: all });
  expect(await connector.search({ kind: 'name', text: 'Lee' }, 1)).toMatchObject({ value: [all[0], all[2]] });
  expect(await connector.search({ kind: 'email-prefix', text: 'bo@' }, 10)).toMatchObject({
    value: [`contact:${guid(2)}`],
  });
});
