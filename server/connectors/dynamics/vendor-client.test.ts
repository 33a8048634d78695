/** Drives the fake with dynamics-web-api, the community's client, and compares its requests with ours. */

import { DynamicsWebApi } from 'dynamics-web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeActivity } from '../conformance/activity-for-tests.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { uuidOf } from './activity-record.ts';
import { dynamics } from './definition.ts';
import { type FakeDynamics, startFakeDynamics } from './fake.ts';
import { isOneOf } from './query.ts';
import { summaryColumns, tables } from './tables.ts';

let crm: FakeDynamics;
let theirs: DynamicsWebApi;
beforeEach(async () => {
  crm = await startFakeDynamics();
  theirs = new DynamicsWebApi({
    serverUrl: crm.url,
    dataApi: { version: '9.2' },
    includeAnnotations: 'OData.Community.Display.V1.FormattedValue',
    onTokenRefresh: fetchToken,
  });
});
afterEach(() => crm.stop());

const ours = () => connectToFake(dynamics, crm).connector;

/** A token request as Microsoft’s own libraries send it. */
async function fetchToken(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'deskside-client',
    client_secret: 'dynamics-secret',
    scope: `${crm.url}/.default`,
  });
  const answer = await fetch(String(crm.settings.tokenUrl), { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The requests since then, without those for tokens. */
async function record(work: () => Promise<unknown>) {
  const before = crm.requests.length;
  await work();
  return crm.requests.slice(before).filter(({ target }) => target.startsWith('/api/'));
}

const lineOf = ({ method, target }: { method: string; target: string }) => {
  const url = new URL(target, 'http://fake');
  return { line: `${method} ${url.pathname}`, query: Object.fromEntries(url.searchParams) };
};

describe('Dynamics fake driven by dynamics-web-api', () => {
  test('contacts with company and display texts › same request as ours', async () => {
    const { id } = crm.put({ name: "Aoife O'Brien", company: 'Northwind', owner: 'Mina Park', tier: 'Gold' });
    const guid = id.replace('contact:', '');
    const sent = await record(() => ours().readCustomers([id]));
    let read: unknown;
    const [their] = await record(async () => {
      read = await theirs.retrieveMultiple({
        collection: 'contacts',
        select: [...summaryColumns(tables.contact), '_parentcustomerid_value', '_ownerid_value', 'new_tier'],
        filter: isOneOf('contactid', [guid]),
        expand: [{ property: 'parentcustomerid_account', select: ['name', 'accountnumber'] }],
      });
    });
    expect(read).toMatchObject({
      value: [
        {
          contactid: guid,
          fullname: "Aoife O'Brien",
          parentcustomerid_account: { name: 'Northwind' },
          '_ownerid_value@OData.Community.Display.V1.FormattedValue': 'Mina Park',
        },
      ],
    });
    const our = sent.find(({ target }) => target.includes('/contacts?'));
    expect(our && lineOf(our)).toEqual(their && lineOf(their));
    expect(our?.headers.prefer).toBe(their?.headers.prefer);
    for (const name of ['odata-version', 'odata-maxversion', 'accept']) {
      expect(our?.headers[name]).toBe(their?.headers[name]);
    }
  });

  test('search › same filter, order and limit as ours', async () => {
    crm.put({ name: 'Ann Lee', emails: ["o'brien@northwind.example"] });
    const sent = await record(() => ours().findByEmail("o'brien@northwind.example", 10));
    const our = sent.find(({ target }) => target.includes('/contacts?'));
    const filter = our && new URL(our.target, 'http://fake').searchParams.get('$filter');
    let read: unknown;
    const [their] = await record(async () => {
      read = await theirs.retrieveMultiple({
        collection: 'contacts',
        select: summaryColumns(tables.contact),
        filter: filter ?? '',
        orderBy: ['fullname'],
        top: 10,
      });
    });
    expect(read).toMatchObject({ value: [{ fullname: 'Ann Lee' }] });
    expect(our && lineOf(our)).toEqual(their && lineOf(their));
  });

  test('write with a given id › once, same request as ours', async () => {
    const { id } = crm.put({ name: 'Ann Lee' });
    const activity = { ...fakeActivity, customerId: id };
    const our = (await record(() => ours().logActivity(activity))).filter(({ method }) => method === 'PATCH');
    const data = JSON.parse(our[0]?.body ?? '');
    const key = uuidOf('k-2');
    const their = await record(async () => {
      await theirs.upsert({ collection: 'phonecalls', key, data, ifnonematch: '*' });
      // Answered 412, which this client returns as null or undefined instead of an error.
      expect(await theirs.upsert({ collection: 'phonecalls', key, data, ifnonematch: '*' })).toBeFalsy();
    });
    expect(crm.rowsOf('phonecalls')).toHaveLength(2);
    expect(crm.listActivities()).toMatchObject([{ customerId: id }, { customerId: id }]);
    expect(their[0]?.target).toBe(our[0]?.target.replace(uuidOf('k-1'), key));
    expect(JSON.parse(their[0]?.body ?? '')).toEqual(data);
    for (const name of ['if-none-match', 'odata-version', 'odata-maxversion']) {
      expect(our[0]?.headers[name]).toBe(their[0]?.headers[name]);
    }
  });

  test('contact creation › same validation errors', async () => {
    await theirs.create({ collection: 'contacts', data: { fullname: 'Ann Lee', mobilephone: '(415) 555-0101' } });
    const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
    expect(await ours().findByPhone(phone, 10)).toMatchObject({ value: [{ name: 'Ann Lee' }] });
    const contact = crm.rowsOf('contacts')[0]?.contactid;
    const refused = [
      { subject: 'Call', 'regardingobjectid_contact@odata.bind': `/contacts(${contact})` },
      { subject: 'Call', 'regardingobjectid_contact_task@odata.bind': `/contacts(${contact})` },
      { subject: 'x'.repeat(201) },
      { subject: 'Call', duration: 5 },
      { subject: 'Call', directioncode: 'out' },
    ];
    for (const data of refused) {
      await expect(theirs.create({ collection: 'phonecalls', data })).rejects.toMatchObject({ status: 400 });
    }
    const gone = '/contacts(3e2b8f3a-1111-4111-8111-111111111111)';
    const data = { subject: 'Call', 'regardingobjectid_contact_phonecall@odata.bind': gone };
    await expect(theirs.create({ collection: 'phonecalls', data })).rejects.toMatchObject({ status: 404 });
    const unknown = { collection: 'contacts', select: ['nickname_of_hers'], filter: "fullname eq 'o'brien'" };
    await expect(theirs.retrieveMultiple(unknown)).rejects.toMatchObject({ status: 400 });
    expect(crm.rowsOf('phonecalls')).toEqual([]);
  });
});

test('Dynamics fake › no OData headers › rejected, display texts only on request', async () => {
  crm.put({ name: 'Ann Lee', owner: 'Mina Park' });
  const authorization = `Bearer ${await fetchToken()}`;
  const send = (headers: Record<string, string>) =>
    fetch(`${crm.url}/api/data/v9.2/contacts?$select=fullname,_ownerid_value`, {
      headers: { authorization, ...headers },
    });
  expect((await send({})).status).toBe(400);
  const answer = await send({ 'odata-version': '4.0', 'odata-maxversion': '4.0' });
  expect(await answer.text()).not.toContain('FormattedValue');
});
