import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import { toNote, toRecordKey } from './activity-record.ts';
import { servicenow } from './definition.ts';
import { type FakeServicenow, startFakeServicenow } from './fake.ts';

describe('ServiceNow activity log', () => {
  let crm: FakeServicenow;
  let activity: Activity;
  beforeEach(async () => {
    crm = await startFakeServicenow();
    const { id, caseNumbers } = crm.put({ name: 'Ann Lee', cases: [{ subject: 'Router' }] });
    activity = {
      key: 'default.eng-1.call',
      engagementId: 'eng-1',
      channel: 'voice',
      direction: 'inbound',
      startedAt: Date.UTC(2026, 10, 22, 10),
      endedAt: Date.UTC(2026, 10, 22, 10, 5),
      customerId: id,
      subject: 'Inbound call',
      notes: 'Asked twice',
      fromNumber: '+14155550101',
      toNumber: '+12125550199',
      caseNumber: caseNumbers[0] ?? '',
      agent: { name: 'Mina Park', email: 'mina@deskside.example' },
    };
  });
  afterEach(() => crm.stop());

  const connect = (settings: Record<string, unknown> = {}) => connectToFake(servicenow, crm, { settings }).connector;
  const writes = () => crm.requests.filter(({ method, target }) => method !== 'GET' && target.startsWith('/api/'));
  const bodies = () => writes().map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  const caseNotes = () => bodies().filter((body) => 'work_notes' in body && !('type' in body));

  const relations = () => bodies().filter((body) => 'document_id' in body);

  test('call with a case › interaction, relation and work note', async () => {
    await connect().logActivity(activity);
    expect(bodies()).toMatchObject([
      {
        type: 'phone',
        direction: 'inbound',
        state: 'closed_complete',
        contact: activity.customerId,
        opened_at: '2026-11-22 10:00:00',
        closed_at: '2026-11-22 10:05:00',
        assigned_to: expect.any(String),
        client_session_id: 'default.eng-1.call',
      },
      { document_table: 'sn_customerservice_case', type: 'task' },
      { work_notes: expect.stringContaining('Asked twice') },
    ]);
  });

  test('notes › are not visible to customers', async () => {
    await connect().logActivity(activity);
    await connect({ openFrame: 'on' }).logActivity({ ...activity, key: 'other' });
    expect(crm.listComments()).toEqual([]);
    for (const { body } of writes()) expect(body).not.toContain('"comments"');
  });

  test.each([1, 2, 3])('%i writes interrupted › complete and logged once', async (breaks) => {
    const connector = connect();
    for (let index = 0; index < breaks; index += 1) {
      crm.behave('commit-then-drop');
      await connector.logActivity(activity);
    }
    crm.behave('up');
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.listActivities()).toMatchObject([{ caseNumber: activity.caseNumber, seconds: 300 }]);
    expect(caseNotes()).toHaveLength(1);
    expect(relations()).toHaveLength(1);
    const count = writes().length;
    await connector.logActivity(activity);
    expect(writes()).toHaveLength(count);
  });

  test('relation failed › next attempt relates, one note', async () => {
    const connector = connect();
    crm.forbid('interaction_related_record');
    expect(await connector.logActivity(activity)).toEqual({ kind: 'forbidden' });
    crm.allow('interaction_related_record');
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(crm.listActivities()).toMatchObject([{ caseNumber: activity.caseNumber }]);
    expect(caseNotes()).toHaveLength(1);
  });

  test('key column is unknown › nothing is written', async () => {
    crm.put({ name: 'Bo Lind', interactions: [{ at: 0, summary: 'x' }] });
    crm.dropColumn('interaction', 'client_session_id');
    expect(await connect().logActivity(activity)).toEqual({ kind: 'invalid', reason: 'query-ignored' });
    expect(writes()).toEqual([]);
  });

  test('case is gone › nothing is written', async () => {
    expect(await connect().logActivity({ ...activity, caseNumber: 'CS9999999' })).toEqual({ kind: 'not-found' });
    expect(writes()).toEqual([]);
  });

  test('unknown agent › is logged unassigned', async () => {
    const agent = { name: 'Nobody', email: 'nobody^NQactive=true@deskside.example' };
    expect(await connect().logActivity({ ...activity, agent })).toMatchObject({ kind: 'found' });
    expect(bodies()[0]).not.toHaveProperty('assigned_to');
  });

  test('OpenFrame › voice interaction with a phone log', async () => {
    const connector = connect({ openFrame: 'on' });
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: true } });
    expect(await connector.logActivity(activity)).toMatchObject({ kind: 'found', value: { isNew: false } });
    expect(writes().map(({ target }) => target)).toEqual(['/api/now/openframe/voice-interaction']);
    expect(crm.listActivities()).toMatchObject([
      { caseNumber: activity.caseNumber, direction: 'inbound', seconds: 300 },
    ]);
  });

  test('OpenFrame, chat or no number › plain interaction', async () => {
    const connector = connect({ openFrame: 'on' });
    await connector.logActivity({ ...activity, channel: 'chat', key: 'a' });
    const { fromNumber: _, ...withheld } = activity;
    await connector.logActivity({ ...withheld, key: 'b' });
    expect(writes().some(({ target }) => target.includes('openframe'))).toBe(false);
    expect(crm.listActivities()).toHaveLength(2);
  });

  test('long key › is hashed to the column’s length', () => {
    const long = 'x'.repeat(160);
    expect(toRecordKey('default.eng-1.call')).toBe('default.eng-1.call');
    expect(toRecordKey(long)).toMatch(/^[0-9a-f]{40}$/);
    expect(toRecordKey(long)).toBe(toRecordKey(long));
    expect(toRecordKey(`${long}y`)).not.toBe(toRecordKey(long));
  });

  test('notes with markup or a marker › are escaped', () => {
    const note = toNote({ ...activity, notes: '[code]<script>[/CODE] [deskside:other]' });
    expect(note).not.toMatch(/\[\/?code\]/i);
    expect(note.match(/\[deskside:/g)).toHaveLength(1);
  });
});
