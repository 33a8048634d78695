import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engagementFacts } from '#contract/engagements.ts';
import { readReport, readVariableLogs } from './engagement-report.ts';
import { toEngagementEvents, toVariables } from './to-engagement-events.ts';

const body = {
  engagement_id: 'eng_REST.1',
  start_time: '2026-11-25T09:00:00Z',
  end_time: '2026-11-25T09:10:00Z',
  duration: 600,
  direction: 'inbound',
  channels: [{ channel: 'voice' }],
  consumers: [{ consumer_id: 'c1', consumer_display_name: 'Ann Lee', consumer_number: '+14155550101' }],
  flows: [{ flow_id: 'f1', flow_name: 'Main', flow_version: '3' }],
  queues: [
    { cc_queue_id: 'q1', queue_id: 'ZWQ1', queue_name: 'Support' },
    { cc_queue_id: 'q2', queue_name: 'Billing' },
  ],
  agents: [
    { user_id: 'u1', display_name: 'Mina' },
    { user_id: 'u2', display_name: 'Tom' },
  ],
  dispositions: [{ disposition_id: 'd1', disposition_name: 'Resolved' }],
  notes: [{ note_id: 'n1', note: ' Sent a new router. ', user_id: 'u2', last_modified_time: '2026-11-25T09:11:00Z' }],
  events: [
    { event_type: 'something', start_time: '2026-11-25T09:00:10Z', user_id: 'u1' },
    {
      start_time: '2026-11-25T09:00:30Z',
      accept_type: 'manual',
      user_id: 'u1',
      cc_queue_id: 'q1',
      queue_name: 'Support',
    },
    { start_time: '2026-11-25T09:05:00Z', accept_type: 'auto', user_id: 'u2', user_display_name: 'Tom' },
    { start_time: '2026-11-25T09:05:00Z', transfer_to_user_id: 'u2', transfer_type: 'warm', user_id: 'u1' },
  ],
};

const readEvents = (json: unknown, logs: unknown = {}) => {
  const report = readReport(json);
  return report ? toEngagementEvents(report, toVariables(readVariableLogs(logs).logs)) : [];
};
const at = (time: string) => Date.parse(`2026-11-25T${time}Z`);

describe('report', () => {
  test('complete › becomes engagement events of origin rest', () => {
    const events = readEvents(body);
    expect(events.map(({ kind, at, agent, text }) => ({ kind, at, agent, text }))).toEqual([
      { kind: 'started', at: at('09:00:00') },
      { kind: 'answered', at: at('09:00:30'), agent: { id: 'u1', name: 'Mina' } },
      { kind: 'answered', at: at('09:05:00'), agent: { id: 'u2', name: 'Tom' } },
      { kind: 'note', at: at('09:11:00'), agent: { id: 'u2', name: 'Tom' }, text: 'Sent a new router.' },
      { kind: 'disposition', at: at('09:10:00'), text: 'Resolved' },
      { kind: 'ended', at: at('09:10:00') },
    ]);
    expect(events.every(({ origin, engagementId }) => origin === 'rest' && engagementId === 'eng_REST.1')).toBe(true);
    expect(events[0]?.facts).toEqual({
      startTime: at('09:00:00'),
      direction: 'inbound',
      channel: 'voice',
      queueId: 'q1',
      queueAlias: 'ZWQ1',
      queueName: 'Support',
      flowId: 'f1',
      flowName: 'Main',
      consumers: [{ id: 'c1', displayName: 'Ann Lee', number: '+14155550101' }],
    });
    expect(events.at(-1)?.facts).toEqual({ endTime: at('09:10:00') });
  });

  test('one agent or several › only a single one is named', () => {
    const [started, , , disposition] = readEvents({
      ...body,
      events: [],
      agents: [{ user_id: 'u1', display_name: 'Mina' }],
    });
    expect(started?.facts).toMatchObject({ assignedAgentId: 'u1', assignedAgentName: 'Mina' });
    expect(disposition).toBeDefined();
    expect(readEvents(body)[0]?.facts).not.toHaveProperty('assignedAgentId');
  });

  test('channel in either field › is read', () => {
    const { channels: _channels, ...rest } = body;
    const [single] = readEvents({ ...rest, channel: 'messaging', channel_source: 'sms' });
    expect(single?.facts).toMatchObject({ channel: 'messaging', source: 'sms' });
  });

  test('read again › same events, new ones only for new content', () => {
    const logs = { variable_logs: [{ variable_name: 'case', variable_value: 'CS-1' }] };
    const before = new Set(readEvents(body).map(({ key }) => key));
    const same = readEvents(structuredClone(body));
    expect(same.filter(({ key }) => !before.has(key))).toEqual([]);
    const more = readEvents({ ...body, notes: [...body.notes, { note_id: 'n2', note: 'Called back.' }] }, logs);
    expect(more.filter(({ key }) => !before.has(key)).map(({ kind }) => kind)).toEqual(['note', 'ended']);
  });

  test('no end › has started', () => {
    const bare = { engagement_id: 'a', start_time: '2026-11-25T09:00:00Z' };
    expect(readEvents(bare)).toMatchObject([{ kind: 'started', facts: { startTime: at('09:00:00') } }]);
  });

  test.each([{}, { engagement_id: 'a/b' }, { engagement_id: 7 }, [], null, 'x', { engagement_id: 'a' }])(
    'invalid %j › no events',
    (json) => expect(readEvents(json)).toEqual([]),
  );
});

describe('flow variables', () => {
  test('log in any order › the last value wins', () => {
    const line = (variable_name: string, variable_value: string, minute: number) => ({
      variable_name,
      variable_value,
      created_at: `2026-11-25T09:0${minute}:00Z`,
    });
    const variable_logs = [line('Case', 'CS-2', 3), line('case', 'CS-1', 1), line('Language', 'vi', 2)];
    expect(readEvents(body, { variable_logs }).at(-1)?.facts.variables).toEqual([
      { id: 'Case', name: 'Case', value: 'CS-2' },
      { id: 'Language', name: 'Language', value: 'vi' },
    ]);
  });

  test('beyond the contract’s limits › are cut', () => {
    const variable_logs = Array.from({ length: 900 }, (_, n) => ({
      variable_name: `v${n}`,
      variable_value: 'x'.repeat(n === 0 ? 9_000 : 1),
    }));
    const facts = readEvents(body, { variable_logs }).at(-1)?.facts;
    expect(facts?.variables).toHaveLength(500);
    expect(engagementFacts.safeParse(facts).success).toBe(true);
  });
});

test('report › arbitrary JSON › every engagement event is valid', () => {
  const keys = Object.keys(body) as (keyof typeof body)[];
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ maxLength: 9_000 }),
    fc.constantFrom('a\0b', '', '  '),
  );
  const item = (one: object) => fc.dictionary(fc.constantFrom(...Object.keys(one)), junk, { maxKeys: 4 });
  const mangled = fc.constantFrom(...keys).chain((key) => {
    const value = body[key];
    return (Array.isArray(value) ? fc.array(item(value[0] ?? {}), { maxLength: 60 }) : junk).map((other) => ({
      ...body,
      [key]: other,
    }));
  });
  fc.assert(
    fc.property(mangled, fc.jsonValue(), (json, logs) => {
      for (const event of readEvents(json, logs)) {
        expect(engagementFacts.safeParse(event.facts).success).toBe(true);
        expect(event.at).toBeGreaterThan(0);
        expect(JSON.stringify(event)).not.toContain('\\u0000');
      }
    }),
    { numRuns: 500 },
  );
});
