import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import { uuidOf } from './activity-record.ts';
import { dynamics } from './definition.ts';
import { type FakeDynamics, startFakeDynamics } from './fake.ts';

let crm: FakeDynamics;
let activity: Activity;
let guid: string;
beforeEach(async () => {
  crm = await startFakeDynamics();
  const { id, caseNumbers } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
  guid = id.replace('contact:', '');
  activity = {
    key: 'default.eng-1.call',
    engagementId: 'eng-1',
    channel: 'voice',
    direction: 'inbound',
    startedAt: Date.UTC(2026, 10, 22, 10),
    endedAt: Date.UTC(2026, 10, 22, 10, 6, 40),
    subject: 'Inbound call',
    notes: 'Asked',
    disposition: 'Resolved',
    fromNumber: '+14155550101',
    toNumber: '+12125550199',
    customerId: id,
    caseNumber: caseNumbers[0] ?? '',
    agent: { name: 'Mina Park', email: 'Mina@deskside.example' },
  };
});
afterEach(() => crm.stop());

const log = (changes: Partial<Activity> = {}, settings: Record<string, unknown> = {}) =>
  connectToFake(dynamics, crm, { settings }).connector.logActivity({ ...activity, ...changes });
const writes = () => crm.requests.filter(({ method }) => method === 'PATCH');
const bodies = () => writes().map(({ body }) => JSON.parse(body));

describe('Dynamics log of a call', () => {
  test('inbound › one completed phone call with an id derived from the key', async () => {
    const id = uuidOf('default.eng-1.call');
    expect(await log()).toMatchObject({ kind: 'found', value: { id, isNew: true, url: expect.stringContaining(id) } });
    const [made, done] = writes();
    expect(made).toMatchObject({
      target: `/api/data/v9.2/phonecalls(${id})`,
      headers: { 'if-none-match': '*', 'odata-version': '4.0' },
    });
    expect(made?.headers).not.toHaveProperty('callerobjectid');
    const [incident] = crm.rowsOf('incidents');
    const agent = crm.rowsOf('systemusers').find((row) => row.fullname === 'Mina Park')?.systemuserid;
    expect(bodies()).toEqual([
      {
        subject: 'Inbound call',
        directioncode: false,
        phonenumber: '+14155550101',
        actualdurationminutes: 7,
        actualstart: '2026-11-22T10:00:00.000Z',
        actualend: '2026-11-22T10:06:40.000Z',
        description:
          'Asked\n\nChannel: voice, inbound\nDuration: 400 s\nResult: Resolved\nAgent: Mina Park\nZoom engagement: eng-1',
        'regardingobjectid_incident_phonecall@odata.bind': `/incidents(${incident?.incidentid})`,
        phonecall_activity_parties: [
          { 'partyid_contact@odata.bind': `/contacts(${guid})`, participationtypemask: 1 },
          { 'partyid_systemuser@odata.bind': `/systemusers(${agent})`, participationtypemask: 2 },
        ],
      },
      { statecode: 1, statuscode: 4 },
    ]);
    expect(done?.headers['if-match']).toBe('*');
  });

  test('outbound › parties reversed, status made', async () => {
    await log({ direction: 'outbound' });
    expect(bodies()).toMatchObject([
      {
        directioncode: true,
        phonenumber: '+12125550199',
        phonecall_activity_parties: [{ participationtypemask: 2 }, { participationtypemask: 1 }],
      },
      { statuscode: 2 },
    ]);
  });

  test('first attempt interrupted › completed by the next', async () => {
    const { connector } = connectToFake(dynamics, crm);
    crm.behave('commit-then-drop');
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'unavailable' });
    expect(crm.rowsOf('phonecalls')).toMatchObject([{ statecode: 0 }]);
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.rowsOf('phonecalls')).toMatchObject([{ statecode: 1, statuscode: 4 }]);
    const before = writes().length;
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    // This attempt is answered that the record exists.
    expect(writes()).toHaveLength(before + 1);
  });

  test('concurrent attempts › one record', async () => {
    const outcomes = await Promise.all([log(), log()]);
    expect(outcomes.map((item) => item.kind === 'found' && item.value.isNew).sort()).toEqual([false, true]);
    expect(crm.rowsOf('phonecalls')).toMatchObject([{ statecode: 1 }]);
  });

  test('unknown agent › name stands in the description', async () => {
    await log({ agent: { name: 'Noor Haddad', email: "noor'@deskside.example" } });
    const [made] = bodies();
    expect(made.phonecall_activity_parties).toHaveLength(1);
    expect(made.description).toContain('Agent: Noor Haddad');
  });

  test('no right to read users › is logged', async () => {
    crm.forbid('systemusers');
    expect(await log()).toMatchObject({ kind: 'found' });
  });

  test('attribution › agent only if configured', async () => {
    await log({}, { attribution: 'agent' });
    const agent = crm.rowsOf('systemusers').find((row) => row.fullname === 'Mina Park');
    expect(writes()[0]?.headers.callerobjectid).toBe(agent?.azureactivedirectoryobjectid);
    expect(crm.rowsOf('phonecalls')).toMatchObject([{ _ownerid_value: agent?.systemuserid }]);
  });

  test('case is gone › not logged', async () => {
    expect(await log({ caseNumber: 'CAS-09999-X1Y2Z3' })).toEqual({ kind: 'not-found' });
    expect(await log({ caseNumber: 'x\u0000' })).toEqual({ kind: 'not-found' });
    expect(writes()).toEqual([]);
  });

  test('notes longer than the description › kept in one note', async () => {
    const notes = `${'é😀'.repeat(1_500)} end`;
    for (const isNew of [true, false]) expect(await log({ notes })).toMatchObject({ value: { isNew } });
    const description = String(crm.rowsOf('phonecalls')[0]?.description);
    expect(description.length).toBeLessThanOrEqual(2_000);
    expect(description).toMatch(/…\n\nChannel: voice, inbound\nDuration: 400 s/);
    expect(description).not.toMatch(/\p{Cs}/u);
    expect(crm.rowsOf('annotations')).toMatchObject([{ notetext: notes, _objectid_value: uuidOf(activity.key) }]);
  });
});

test('Dynamics log › company and lead › are parties of their calls', async () => {
  const account = crm.add('accounts', { name: 'Northwind' });
  const lead = crm.add('leads', { fullname: 'Cy Moss' });
  const { caseNumber: _, ...without } = activity;
  const { connector } = connectToFake(dynamics, crm);
  for (const customerId of [`account:${account}`, `lead:${lead}`]) {
    await connector.logActivity({ ...without, customerId, key: customerId.replace(':', '.') });
  }
  expect(crm.listActivities()).toMatchObject([{ customerId: `account:${account}` }, { customerId: `lead:${lead}` }]);
  expect(bodies()[2]).toMatchObject({ 'regardingobjectid_lead_phonecall@odata.bind': `/leads(${lead})` });
});

test('Dynamics log › chat › completed task', async () => {
  expect(await log({ channel: 'chat' })).toMatchObject({ value: { url: expect.stringContaining('etn=task&') } });
  expect(crm.rowsOf('tasks')).toMatchObject([{ statecode: 1, statuscode: 5, actualdurationminutes: 7 }]);
  expect(crm.rowsOf('tasks')[0]?.description).toContain('Channel: chat, inbound');
});

test('Dynamics log › record id › stable UUID version 5', () => {
  expect(uuidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf('a')).toBe(uuidOf('a'));
  expect(uuidOf('a')).not.toBe(uuidOf('b'));
});
