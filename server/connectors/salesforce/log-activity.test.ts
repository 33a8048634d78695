import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeLogging } from '../conformance/logging-conformance.ts';
import type { Activity } from '../port/connector.ts';
import { holdsReference } from './activity-record.ts';
import { salesforce } from './definition.ts';
import { type FakeSalesforce, startFakeSalesforce } from './fake.ts';

let crm: FakeSalesforce;
beforeEach(async () => {
  crm = await startFakeSalesforce();
});
afterEach(() => crm.stop());

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

describe('Salesforce activity log', () => {
  const log = (changes: Partial<Activity>, settings: Record<string, unknown> = {}) =>
    connectToFake(salesforce, crm, { settings }).connector.logActivity({ ...activity, ...changes });

  test('call with a case › completed call Task owned by the agent', async () => {
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

  test('Task has hundreds of custom fields › logs, and describes Task once', async () => {
    crm.addFields('Task', 360);
    const { id: customerId } = crm.put(ann);
    const { connector } = connectToFake(salesforce, crm);
    expect(await connector.logActivity({ ...activity, customerId })).toMatchObject({ kind: 'found' });
    const other = { ...activity, customerId, key: 'default.eng-2.call' };
    expect(await connector.logActivity(other)).toMatchObject({ kind: 'found', value: { isNew: true } });
    expect(crm.requests.filter(({ target }) => target.includes('/describe'))).toHaveLength(1);
    expect(await connector.check()).toMatchObject({ kind: 'found', value: { missing: [] } });
  });

  test('no unique active user › owner is the app’s user', async () => {
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

  test('lead › Task without WhatId, case in the description', async () => {
    const { caseNumbers } = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    const customerId = crm.insert('Lead', { Name: 'Kim Vo' });
    expect(await log({ customerId, caseNumber: caseNumbers[0] ?? '' })).toMatchObject({ kind: 'found' });
    expect(tasks()).toMatchObject([
      { WhoId: customerId, WhatId: null, Description: expect.stringContaining('Case: 00001001') },
    ]);
  });

  test('company › WhatId is the case, else the company', async () => {
    const customerId = crm.insert('Account', { Name: 'Northwind' });
    const about = crm.insert('Case', { CaseNumber: '00002000', Subject: 'Delivery', AccountId: customerId });
    await log({ customerId });
    await log({ customerId, key: 'another', caseNumber: '00002000' });
    expect(tasks()).toMatchObject([
      { WhoId: null, WhatId: customerId },
      { WhoId: null, WhatId: about },
    ]);
  });

  test('chat › plain Task with the channel in its subject', async () => {
    const { id: customerId } = crm.put(ann);
    await log({ customerId, channel: 'chat', subject: 'x'.repeat(300) });
    const [task] = tasks();
    expect(task).toMatchObject({ TaskSubtype: 'Task', Subject: `${'x'.repeat(248)} (chat)` });
  });

  test('long notes › are cut to the field’s length', async () => {
    const { id: customerId } = crm.put(ann);
    expect(await log({ customerId, notes: '😀'.repeat(20_000), disposition: 'd'.repeat(300) })).toMatchObject({
      kind: 'found',
    });
  });

  test('customer or case is gone › nothing is written', async () => {
    const { id: customerId } = crm.put(ann);
    expect(await log({ customerId, caseNumber: '00009999' })).toEqual({ kind: 'not-found' });
    crm.remove(customerId);
    expect(await log({ customerId })).toEqual({ kind: 'not-found' });
    expect(crm.listActivities()).toEqual([]);
  });

  test('two Tasks have the key › returns the first and writes nothing', async () => {
    const { id: customerId } = crm.put(ann);
    const first = crm.insert('Task', { Subject: 'a', Engagement_Id__c: activity.key });
    crm.insert('Task', { Subject: 'b', Engagement_Id__c: activity.key });
    expect(await log({ customerId }, { externalIdField: 'Engagement_Id__c' })).toMatchObject({
      kind: 'found',
      value: { id: first, isNew: false },
    });
    expect(crm.listActivities()).toHaveLength(2);
  });

  test('reference line › matches as a whole line only', () => {
    expect(holdsReference('Notes\r\nReference: k-1\r\nmore', 'k-1')).toBe(true);
    expect(holdsReference('Reference: k-12', 'k-1')).toBe(false);
  });
});

const callFields = ['CallType', 'CallDurationInSeconds', 'CallDisposition', 'CallObject', 'IsVisibleInSelfService'];

/** Other places where the key can be stored. */
describe.each([
  ['Salesforce log key in an external id', { externalIdField: 'Engagement_Id__c' }, [] as string[]],
  ['Salesforce log without call fields', {}, callFields],
  ['Salesforce log key in an external id, without call fields', { externalIdField: 'Engagement_Id__c' }, callFields],
])('%s', (_name, settings, hidden) => {
  describeLogging(salesforce, async () => {
    const fake = await startFakeSalesforce();
    fake.hide('Task', hidden);
    const { source, errors } = connectToFake(salesforce, fake, { settings });
    return {
      source,
      errors,
      keepsNormalized: false,
      put: async (customer) => fake.put(customer),
      listActivities: async () => fake.listActivities(),
      dropNextWrite: () => fake.behave('commit-then-drop'),
      stop: () => fake.stop(),
    };
  });
});
