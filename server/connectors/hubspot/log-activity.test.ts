import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import { hubspot } from './definition.ts';
import { type FakeHubspot, startFakeHubspot } from './fake.ts';

let crm: FakeHubspot;
beforeEach(async () => {
  crm = await startFakeHubspot();
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) =>
  connectToFake(hubspot, crm, { settings: { ...crm.settings, ...settings } });
const listSearches = () => crm.requests.filter(({ target }) => target.split('?')[0]?.endsWith('/search'));
const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'] };

describe('HubSpot activity log', () => {
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

  test('call › duration in ms, the agent as owner, HubSpot’s outcome', async () => {
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

  test('unknown outcome and agent › stand in the text', async () => {
    await connect().source.logActivity({ ...activity, disposition: 'Will <call> back' });
    const [{ properties }] = writtenTo('calls');
    expect(properties).not.toHaveProperty('hs_call_disposition');
    expect(properties).not.toHaveProperty('hubspot_owner_id');
    expect(properties.hs_call_body).toContain('<p>Outcome: Will &lt;call&gt; back<br>Agent: Mina Park</p>');
  });

  test('text message and chat › communication and note with escaped HTML', async () => {
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

  test('company › is logged there', async () => {
    const customerId = crm.putCompany({ name: 'Northwind' });
    await connect().source.logActivity({ ...activity, customerId });
    expect(crm.listActivities()).toMatchObject([{ customerId }]);
  });

  test('first answer lost, lagging index › is logged once', async () => {
    crm.lag(true);
    crm.behave('commit-then-drop');
    const { source } = connect();
    await source.logActivity(activity);
    expect(await source.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.listActivities()).toHaveLength(1);
    expect(listSearches()).toEqual([]);
  });

  test('more calls than one page lists › is logged once', async () => {
    const { source } = connect();
    await source.logActivity(activity);
    for (const key of ['k-2', 'k-3', 'k-4']) await source.logActivity({ ...activity, key });
    crm.pageAssociations(1);
    const again = await source.logActivity({ ...activity, key: 'k-4' });
    expect(again).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.listActivities()).toHaveLength(4);
  });

  test('many calls long before and after › nearest in time are read, logged once', async () => {
    const { source } = connect();
    const far = (index: number) => activity.startedAt + (index % 2 === 0 ? 1 : -1) * (index + 1) * 3_600_000;
    crm.addInteractions(
      activity.customerId,
      Array.from({ length: 520 }, (_, index) => ({ at: far(index), channel: 'voice', summary: 'Call' })),
    );
    await source.logActivity(activity);
    expect(await source.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
  });

  test('more pages of calls than other lists may have › is logged once', async () => {
    const { source } = connect();
    const calls = Array.from({ length: 33 }, () => ({
      at: activity.startedAt,
      channel: 'voice' as const,
      summary: 'x',
    }));
    crm.addInteractions(activity.customerId, calls);
    await source.logActivity(activity);
    crm.pageAssociations(1);
    expect(await source.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
  });

  test('more calls than are listed, key not among them › is invalid, nothing is written', async () => {
    const calls = Array.from({ length: 60 }, () => ({
      at: activity.startedAt,
      channel: 'voice' as const,
      summary: 'x',
    }));
    crm.addInteractions(activity.customerId, calls);
    crm.pageAssociations(1);
    const answer = await connect().source.logActivity(activity);
    expect(answer).toMatchObject({ kind: 'invalid', reason: 'list-cut' });
    expect(writtenTo('calls')).toEqual([]);
  });

  test('key that is a prefix of another › is a new activity', async () => {
    const { source } = connect();
    await source.logActivity({ ...activity, key: 'default.eng-1.call-2' });
    expect(await source.logActivity(activity)).toMatchObject({ value: { isNew: true } });
  });

  test('reference quoted in notes › is a new activity', async () => {
    const { source } = connect();
    await source.logActivity({ ...activity, key: 'other', notes: 'Reference: default.eng-1.call' });
    expect(await source.logActivity(activity)).toMatchObject({ value: { isNew: true } });
  });

  test('unique property › completes an interrupted attempt', async () => {
    const { source } = connect({ callKeyProperty: 'zoom_engagement_key' });
    crm.behave('commit-then-drop');
    expect(await source.logActivity({ ...activity, caseNumber })).toMatchObject({ kind: 'unavailable' });
    expect(crm.listActivities()).toMatchObject([{ customerId: undefined, key: activity.key }]);
    expect(await source.logActivity({ ...activity, caseNumber })).toMatchObject({ value: { isNew: false } });
    expect(crm.listActivities()).toMatchObject([{ customerId: activity.customerId, caseNumber }]);
  });

  test('ticket is gone › nothing is written', async () => {
    crm.remove('tickets', caseNumber);
    expect(await connect().source.logActivity({ ...activity, caseNumber })).toMatchObject({ kind: 'not-found' });
    expect(crm.listActivities()).toEqual([]);
  });

  test('rejected by a rule of the account › invalid, no retry', async () => {
    crm.demand(() => 'hs_call_disposition is required');
    expect(await connect().source.logActivity(activity)).toMatchObject({ kind: 'invalid', reason: 'http-400' });
    expect(writtenTo('calls')).toHaveLength(1);
  });

  test('logged call › is shown on the card without our reference', async () => {
    const { source } = connect();
    const { disposition: _, ...withoutOutcome } = activity;
    await source.logActivity(withoutOutcome);
    const answer = await source.readCustomers([activity.customerId]);
    expect(answer).toMatchObject({ value: [{ interactions: [{ at: activity.startedAt, channel: 'voice' }] }] });
    const summary = answer.kind === 'found' ? answer.value[0]?.interactions[0]?.summary : undefined;
    expect(summary).toBe('Inbound call · Asked · Agent: Mina Park');
  });
});
