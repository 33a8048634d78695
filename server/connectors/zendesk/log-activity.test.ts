import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import { zendesk } from './definition.ts';
import { type FakeZendesk, startFakeZendesk } from './fake.ts';
import { toZendeskTime } from './fake-records.ts';

let crm: FakeZendesk;
beforeEach(async () => {
  crm = await startFakeZendesk();
});
afterEach(() => crm.stop());

const connect = (settings: Record<string, unknown> = {}) => connectToFake(zendesk, crm, { settings });
const sent = () => crm.requests.map(({ method, target }) => `${method} ${target.split('?')[0]}`);
const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'], emails: ['ann@northwind.example'] };

describe('Zendesk activity log', () => {
  const endedAt = Date.now() - 5_000;
  const make = (changes: Partial<Activity> = {}): Activity => ({
    key: 'default.eng-1.call',
    engagementId: 'eng-1',
    channel: 'voice',
    direction: 'inbound',
    startedAt: endedAt - 420_000,
    endedAt,
    subject: 'Inbound call - Billing',
    notes: 'Asked',
    disposition: 'Done',
    fromNumber: '+14155550101',
    toNumber: '+12125550199',
    customerId: '',
    agent: { name: 'Mina Park', email: 'mina@deskside.example' },
    ...changes,
  });
  const talk = { talkPartner: 'on', appId: '735264019863524' };
  let customerId: string;
  let caseNumber: string;

  beforeEach(() => {
    const made = crm.put({ ...ann, cases: [{ subject: 'Router' }] });
    customerId = made.id;
    caseNumber = made.caseNumbers[0] ?? '';
  });
  afterEach(() => {
    // No test may write to the customer.
    expect(crm.records.comments.filter((comment) => comment.public)).toEqual([]);
  });

  const noteCount = () => crm.listActivities().length;

  test('no case › solved ticket of the agent with an idempotency key', async () => {
    const logged = await connect().connector.logActivity(make({ customerId }));
    const ticket = [...crm.records.tickets.values()].at(-1);
    expect(logged).toMatchObject({ value: { id: String(ticket?.id), isNew: true } });
    expect(ticket).toMatchObject({
      status: 'solved',
      assignee_id: 7002,
      external_id: 'deskside:default.eng-1.call',
      tags: ['zoom_contact_center'],
    });
    const write = crm.requests.find(({ method, target }) => method === 'POST' && target.includes('tickets'));
    expect(write?.headers['idempotency-key']).toBe('deskside:default.eng-1.call');
    expect(crm.records.comments[0]).toMatchObject({ author_id: 7002, public: false });
  });

  test('unknown agent › is logged without an author', async () => {
    const agent = { name: 'Kim', email: 'kim@elsewhere.example' };
    expect(await connect().connector.logActivity(make({ customerId, agent }))).toMatchObject({ kind: 'found' });
    expect([...crm.records.tickets.values()].at(-1)).toMatchObject({ status: 'new', assignee_id: null });
    expect(crm.records.comments[0]?.body).toContain('Agent: Kim');
  });

  test('closed ticket › one follow-up ticket', async () => {
    Object.assign(crm.records.tickets.get(Number(caseNumber)) ?? {}, { status: 'closed' });
    const { connector } = connect();
    await connector.logActivity(make({ customerId, caseNumber }));
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: false } });
    expect(crm.listActivities()).toMatchObject([{ caseNumber }]);
  });

  test('case is gone › not found', async () => {
    expect(await connect().connector.logActivity(make({ customerId, caseNumber: '99999' }))).toEqual({
      kind: 'not-found',
    });
  });

  test('ticket of an interrupted attempt › is found again', async () => {
    crm.behave('commit-then-drop');
    const { connector } = connect();
    expect(await connector.logActivity(make({ customerId }))).toMatchObject({ kind: 'unavailable' });
    expect(await connector.logActivity(make({ customerId }))).toMatchObject({ value: { isNew: false } });
    expect(noteCount()).toBe(1);
  });

  test('ticket changed between read and write › comment is rejected, next attempt succeeds', async () => {
    const ticket = crm.records.tickets.get(Number(caseNumber));
    Object.assign(ticket ?? {}, { updated_at: '2026-01-01T00:00:00Z' });
    const { connector } = connect();
    crm.slowDown(40);
    const trying = connector.logActivity(make({ customerId, caseNumber }));
    await expect.poll(() => sent().some((line) => line.endsWith('/comments.json')), { interval: 5 }).toBe(true);
    Object.assign(ticket ?? {}, { updated_at: '2026-01-01T00:00:01Z' });
    expect(await trying).toMatchObject({ kind: 'unavailable' });
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: true } });
    expect(noteCount()).toBe(1);
  });

  test('marker inside other text › is not ours', async () => {
    const notes = 'He said [deskside:default.eng-2.call]';
    const { connector } = connect();
    await connector.logActivity(make({ customerId, caseNumber, notes }));
    const second = make({ customerId, caseNumber, key: 'default.eng-2.call' });
    expect(await connector.logActivity(second)).toMatchObject({ value: { isNew: true } });
    const written = { ticket_id: Number(caseNumber), type: 'Comment', author_id: Number(customerId) } as const;
    crm.records.addComment({ ...written, public: true, body: '[deskside:default.eng-3.call]' });
    const third = make({ customerId, caseNumber, key: 'default.eng-3.call' });
    expect(await connector.logActivity(third)).toMatchObject({ value: { isNew: true } });
    crm.records.comments.splice(0, Infinity, ...crm.records.comments.filter((comment) => !comment.public));
  });

  test('thirty newer comments › our note is found', async () => {
    const { connector } = connect();
    await connector.logActivity(make({ customerId, caseNumber }));
    for (let index = 0; index < 30; index += 1) {
      const comment = { ticket_id: Number(caseNumber), type: 'Comment', author_id: 7002, public: false } as const;
      crm.records.addComment({ ...comment, body: `Internal ${index}` });
    }
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: false } });
  });

  test.each([true, false])('Talk Partner Edition, with a case: %s › call record and note', async (hasCase) => {
    crm.setTalk('on');
    const activity = make({ customerId, ...(hasCase && { caseNumber }) });
    const { connector } = connect(talk);
    expect(await connector.logActivity(activity)).toMatchObject({ value: { isNew: true } });
    expect(await connector.logActivity(activity)).toMatchObject({ value: { isNew: false } });
    expect(crm.records.calls).toMatchObject([
      {
        app_id: 735264019863524,
        from_line: '+14155550101',
        to_line: '+12125550199',
        direction: 'inbound',
        call_started_at: toZendeskTime(activity.startedAt),
        call_ended_at: toZendeskTime(endedAt),
        agent_id: 7002,
        end_user_id: Number(customerId),
        call_disposition: 'Done',
        external_id: activity.key,
      },
    ]);
    expect(crm.listActivities()).toMatchObject([{ seconds: 420, caseNumber: hasCase ? caseNumber : undefined }]);
  });

  test('answer of the call was lost › not recorded again, note is written', async () => {
    crm.setTalk('on');
    crm.behave('commit-then-drop');
    const { connector } = connect(talk);
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ kind: 'unavailable' });
    expect(noteCount()).toBe(0);
    expect(await connector.logActivity(make({ customerId, caseNumber }))).toMatchObject({ value: { isNew: true } });
    expect([crm.records.calls.length, noteCount()]).toEqual([1, 1]);
  });

  test.each(['denied', 'absent'] as const)('Talk Partner Edition %s › only the note is written', async (state) => {
    crm.setTalk(state);
    const { connector } = connect(talk);
    expect(await connector.logActivity(make({ customerId }))).toMatchObject({ value: { isNew: true } });
    expect(await connector.logActivity(make({ customerId, key: 'k-2' }))).toMatchObject({ value: { isNew: true } });
    // One request: the denial is remembered for an hour.
    expect(sent().filter((line) => line === 'POST /api/v2/calls')).toHaveLength(1);
    expect(noteCount()).toBe(2);
  });
});
