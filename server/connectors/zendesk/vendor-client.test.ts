/** Drives the fake with node-zendesk, the community's client, and compares its requests with ours. */

import { createClient } from 'node-zendesk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fakeActivity } from '../conformance/activity-for-tests.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { zendesk } from './definition.ts';
import { type FakeZendesk, startFakeZendesk } from './fake.ts';

let crm: FakeZendesk;
beforeEach(async () => {
  crm = await startFakeZendesk();
});
afterEach(() => crm.stop());

const theirs = () =>
  createClient({ endpointUri: `${crm.url}/api/v2`, username: 'deskside@acme.example', token: 'zendesk-api-token' });
const ours = () => connectToFake(zendesk, crm).connector;

/** The requests since then, without those for tokens. */
async function record(work: () => Promise<unknown>) {
  const before = crm.requests.length;
  await work();
  return crm.requests.slice(before).filter(({ target }) => target !== '/oauth/tokens');
}

const lineOf = ({ method, target }: { method: string; target: string }) => {
  const url = new URL(target, 'http://fake');
  return { line: `${method} ${url.pathname}`, query: Object.fromEntries(url.searchParams) };
};

describe('Zendesk fake driven by node-zendesk', () => {
  test('API token › same header as ours', () => {
    const given = { baseUrl: 'https://acme.zendesk.com', auth: 'api-token', email: 'a@b.example', apiToken: 'tok' };
    expect(zendesk.authorize(zendesk.settings.parse(given))).toEqual({
      kind: 'fixed',
      header: `Basic ${Buffer.from('a@b.example/token:tok').toString('base64')}`,
    });
  });

  test('user search › same URL as ours', async () => {
    const { id } = crm.put({ name: 'Ann Lee', phones: ['+1 415 555 0101'] });
    const query = 'role:end-user phone:*4155550101';
    let found: unknown;
    const [their] = await record(async () => {
      found = await theirs().users.search({ query });
    });
    expect(found).toMatchObject([{ id: Number(id), name: 'Ann Lee' }]);
    const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
    const sent = (await record(() => ours().findByPhone(phone, 10))).map(lineOf);
    expect(their && lineOf(their)).toMatchObject({ line: 'GET /api/v2/users/search.json', query: { query } });
    expect(sent).toContainEqual({
      line: 'GET /api/v2/users/search.json',
      query: { query, per_page: '100', include: 'identities' },
    });
  });

  test('reads of users, tickets and comments › same URLs as ours', async () => {
    const { id, caseNumbers } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
    const ticketId = Number(caseNumbers[0]);
    const answers: unknown[] = [];
    const their = await record(async () => {
      answers.push(await theirs().users.showMany([Number(id)]));
      answers.push(await theirs().tickets.listByUserRequested(Number(id)));
      answers.push(await theirs().tickets.show(ticketId));
      answers.push(await theirs().tickets.getComments(ticketId));
    });
    expect(answers).toMatchObject([
      expect.anything(),
      [{ id: ticketId, subject: 'Router' }],
      { result: { id: ticketId, requester_id: Number(id) } },
      [],
    ]);
    const log = { key: 'k-1', caseNumber: String(ticketId), customerId: id };
    const our = await record(async () => {
      await ours().readCustomers([id]);
      await ours().logActivity({ ...fakeActivity, ...log });
    });
    const ourLines = our.map((request) => lineOf(request).line);
    for (const request of their) expect(ourLines).toContain(lineOf(request).line);
  });

  test('ticket creation and update › same requests as ours', async () => {
    const { id } = crm.put({ name: 'Ann Lee' });
    const comment = { body: 'Asked about the invoice', public: false };
    const their = await record(async () => {
      await theirs().tickets.create({ ticket: { subject: 'Call', requester_id: Number(id), comment } });
      const ticketId = [...crm.records.tickets.keys()].at(-1) ?? 0;
      await theirs().tickets.update(ticketId, { ticket: { comment } });
    });
    expect(crm.records.comments).toMatchObject([comment, comment]);
    const our = await record(() => ours().logActivity({ ...fakeActivity, customerId: id }));
    const writesOf = (requests: typeof our) => requests.filter(({ method }) => method !== 'GET');
    const [theirCreation, theirUpdate] = writesOf(their);
    const [creation] = writesOf(our);
    expect(creation && lineOf(creation)).toEqual(theirCreation && lineOf(theirCreation));
    expect(creation?.headers['content-type']).toBe(theirCreation?.headers['content-type']);
    expect(Object.keys(JSON.parse(creation?.body ?? '{}'))).toEqual(
      Object.keys(JSON.parse(theirCreation?.body ?? '{}')),
    );

    const ticketId = [...crm.records.tickets.keys()].at(-1) ?? 0;
    const again = { ...fakeActivity, key: 'k-2', customerId: id, caseNumber: String(ticketId) };
    const [update] = writesOf(await record(() => ours().logActivity(again)));
    expect(update && lineOf(update).line.replace(/\d{3,}/, 'N')).toEqual(
      theirUpdate && lineOf(theirUpdate).line.replace(/\d{3,}/, 'N'),
    );
    const comments = await theirs().tickets.getComments(ticketId);
    expect(comments).toMatchObject([{ public: false }, { public: false }]);
  });

  test('rejections › same as ours', async () => {
    await expect(theirs().tickets.show(99_999)).rejects.toThrow('Zendesk Error (404)');
    const ticket = { subject: 'Call', requester_id: 1, comment: { body: 'x' } };
    await expect(theirs().tickets.create({ ticket })).rejects.toThrow('Zendesk Error (422)');
    await expect(theirs().users.search({ query: 'email:"unclosed' })).rejects.toThrow('Zendesk Error (422)');
  });
});
