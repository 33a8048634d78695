import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engagementFacts } from '#contract/engagements.ts';
import type { AgentEvent, EngagementEvent } from '../../events.ts';
import { eventCatalog } from './event-catalog.ts';
import { documentedEvents, fakeAccountId, rtmsEvent, zoomEvent } from './fake-zoom-events.ts';
import { type Normalization, normalizeRow, unreadableEvent } from './normalize-row.ts';
import { type ReceivedEvent, readEnvelope } from './read-envelope.ts';

const receivedAt = Date.parse('2026-11-20T09:27:20Z');
const at = Date.parse('2026-11-20T09:27:15.987Z');

/** Reads a body as at its arrival and normalizes the row that would be stored. */
function normalize(body: unknown): Omit<ReceivedEvent, 'outcome'> & Normalization {
  const { outcome, ...received } = readEnvelope(body, receivedAt);
  const normalized = normalizeRow({
    origin: 'webhook',
    event: received.event,
    engagement_id: received.engagementId,
    happened_at: received.happenedAt,
    received_at: receivedAt,
    dedupe_key: received.key,
    body: JSON.stringify(body),
  });
  if (outcome.state === 'ignored') expect(normalized).toEqual({ kind: 'ignored' });
  if (outcome.state === 'dead') expect(normalized).toEqual({ kind: 'malformed', reason: outcome.reason });
  return { ...received, ...normalized };
}

type Envelope = { eventTs?: number };

const read = (name: string, overrides: Record<string, unknown> = {}, envelope: Envelope = {}) =>
  normalize(zoomEvent(name, overrides, envelope));

function engagement(name: string, overrides: Record<string, unknown> = {}, envelope: Envelope = {}): EngagementEvent {
  const normalized = read(name, overrides, envelope);
  const first = normalized.kind === 'events' ? normalized.events[0] : undefined;
  if (first?.subject !== 'engagement') throw new Error(`${name} is ${normalized.kind}`);
  return first.event;
}

function agent(name: string, overrides: Record<string, unknown> = {}): AgentEvent {
  const normalized = read(name, overrides);
  const first = normalized.kind === 'events' ? normalized.events[0] : undefined;
  if (first?.subject !== 'agent') throw new Error(`${name} is ${normalized.kind}`);
  return first.event;
}

const keyOf = (body: unknown) => readEnvelope(body, receivedAt).key;

describe('normalization of documented bodies', () => {
  test.each(documentedEvents)('%s › is normalized', (name) => {
    const normalized = read(name);
    expect(normalized).toMatchObject({ event: name, accountId: fakeAccountId });
    expect(normalized.kind).toBe(eventCatalog.get(name)?.subject === 'none' ? 'ignored' : 'events');
    if (normalized.kind !== 'events') return;
    expect(normalized.happenedAt).toBe(at);
    for (const { event } of normalized.events) {
      expect(event.key).toBe(normalized.key);
      if ('facts' in event) expect(engagementFacts.safeParse(event.facts).success).toBe(true);
    }
  });

  test.each([...eventCatalog.keys()])('%s with unknown fields › is not malformed', (name) => {
    const normalized = read(name, { user_id: 'agent-1', something_new: { deep: [1, null] } });
    expect(normalized.kind).not.toBe('malformed');
  });

  test('an event that is not in the catalog › is ignored under its name', () => {
    expect(normalize({ event: 'meeting.started', payload: {} })).toMatchObject({
      kind: 'ignored',
      event: 'meeting.started',
      engagementId: null,
      happenedAt: null,
    });
  });

  test('a media-stream event without account and object › is ignored and names its engagement', () => {
    const normalized = normalize(rtmsEvent('started', 'E-1'));
    expect(normalized).toMatchObject({ kind: 'ignored', engagementId: 'E-1', accountId: undefined, happenedAt: at });
  });
});

describe('normalized engagement event', () => {
  test('answered › has agent, queue, consumer and both numbers', () => {
    expect(engagement('engagement_user_answered')).toEqual({
      engagementId: 'kT93fLqWQ0yV5hZr1NcX2A',
      key: expect.any(String),
      at,
      origin: 'webhook',
      kind: 'answered',
      agent: { id: 'm1NaPaRkR0y9bTgHuJikLQ', name: 'Mina Park' },
      facts: {
        acceptTime: at,
        channel: 'video',
        source: 'in_app_video',
        direction: 'inbound',
        flowId: 'ZWF0B1C2D3E4F5061728394A5B6C7D8E9F0',
        flowName: 'Front door',
        flowNumber: '14155550199',
        queueId: 'b7Kd0ZxWSeOaPqMnGtUu1w',
        queueName: 'Support',
        assignedAgentId: 'm1NaPaRkR0y9bTgHuJikLQ',
        assignedAgentName: 'Mina Park',
        consumers: [{ id: 'c3AnNlEeQe7dXsZaWqErTyU', displayName: 'Ann Lee', number: '+14155550101' }],
      },
    });
  });

  test('task reservation › rings at its agent and has the caller', () => {
    const ringing = engagement('task_reservation_created');
    expect(ringing).toMatchObject({ kind: 'ringing', agent: { id: 'm1NaPaRkR0y9bTgHuJikLQ' } });
    expect(ringing.facts).toMatchObject({ consumers: [{ number: '+14155550101' }], flowNumber: '1045' });
    expect(ringing.facts.assignedAgentId).toBeUndefined();
  });

  test('outbound call › the consumer is the callee', () => {
    const { facts } = engagement('task_reservation_created', { engagement_direction: 'outbound' });
    expect(facts).toMatchObject({ consumers: [{ number: '1045' }], flowNumber: '+14155550101' });
  });

  test.each([
    [
      { cc_queue_id: 'new', queue_id: 'old' },
      { queueId: 'new', queueAlias: 'old' },
    ],
    [{ cc_queue_id: undefined, queue_id: 'old' }, { queueId: 'old' }],
    [{ cc_queue_id: 'same', queue_id: 'same' }, { queueId: 'same' }],
  ])('both ids of a queue: %j › are id and alias', (given, expected) => {
    const { queueId, queueAlias } = engagement('task_entered_queue', given).facts;
    expect({ queueId, ...(queueAlias ? { queueAlias } : {}) }).toEqual(expected);
  });

  test.each([
    ['sms', { channel: 'messaging', source: 'sms' }],
    ['in_app_chat', { channel: 'messaging', source: 'in_app_chat' }],
    ['voice', { channel: 'voice' }],
    ['constructor', { channel: 'constructor' }],
  ])('task with channel %s › has the channel and source of other events', (channel_name, expected) => {
    const { channel, source } = engagement('task_created', { channel_name }).facts;
    expect({ channel, ...(source ? { source } : {}) }).toEqual(expected);
  });

  test('accepted transfer › is assigned to the receiver and the receiving queue, from the sender', () => {
    const accepted = engagement('engagement_transfer_accepted');
    expect(accepted).toMatchObject({
      kind: 'transfer-accepted',
      agent: { id: 'm1NaPaRkR0y9bTgHuJikLQ', name: 'Mina Park' },
      others: [{ id: 'o2SkArLiTh4cVfRgByHnUA', name: 'Oskar Lind' }],
      mode: 'warm',
    });
    expect(accepted.facts).toMatchObject({
      queueName: 'Billing',
      assignedAgentId: 'o2SkArLiTh4cVfRgByHnUA',
      isTransfer: true,
      transferFromAgentName: 'Mina Park',
    });
  });

  test('supervision › the agent stays the agent, the supervisor is another', () => {
    const supervisor = { id: 's7UpErViSoRqWeRtYuIoP8', name: 'Sara Voss' };
    expect(engagement('engagement_monitor_started')).toMatchObject({
      agent: { name: 'Mina Park' },
      others: [supervisor],
      mode: 'barge',
    });
    const names = { takeover_user_id: supervisor.id, takeover_user_display_name: supervisor.name };
    expect(engagement('engagement_takeover_started', names)).toMatchObject({
      agent: { name: 'Mina Park' },
      others: [supervisor],
      facts: { assignedAgentId: supervisor.id },
    });
  });

  test('transfer that is not completed › has no assigned agent and no new queue', () => {
    for (const name of ['initiated', 'queued', 'reserved', 'rejected', 'timeout', 'canceled']) {
      const { facts } = engagement(`engagement_transfer_${name}`);
      expect([undefined, 'Support']).toContain(facts.queueName);
      expect(facts).not.toHaveProperty('assignedAgentId');
      expect(facts).not.toHaveProperty('isTransfer');
    }
  });

  test('transfer without a receiving agent › has its target', () => {
    const noReceiver = { transfer_to_user_id: undefined, transfer_to_user_display_name: undefined };
    expect(engagement('engagement_transfer_initiated', noReceiver)).toMatchObject({ to: 'Billing' });
    expect(engagement('engagement_transfer_initiated')).not.toHaveProperty('to');
  });

  test('events of a leaving agent › have neither assigned agent nor queue', () => {
    for (const name of [
      'user_ended',
      'wrap_up_started',
      'note_added',
      'disposition_added',
      'user_unhold',
      'user_muted',
    ]) {
      const { facts } = engagement(`engagement_${name}`);
      expect(facts).not.toHaveProperty('assignedAgentId');
      expect(facts).not.toHaveProperty('queueName');
    }
  });

  test('events of the consumer › the user is not the agent', () => {
    expect(engagement('engagement_consumer_ended')).not.toHaveProperty('agent');
    for (const name of ['consumer_answered', 'consumer_sent_message', 'consumer_sent_file']) {
      const normalized = engagement(`engagement_${name}`);
      expect(normalized).not.toHaveProperty('agent');
      expect(normalized.others).toEqual([{ id: 'm1NaPaRkR0y9bTgHuJikLQ', name: 'Mina Park' }]);
    }
  });

  test('texts › notes and dispositions have theirs, keypad input only its length', () => {
    expect(engagement('engagement_note_added').text).toBe('Asked about the invoice.');
    expect(engagement('engagement_note_added', { note: 'x'.repeat(20_000) }).text).toHaveLength(8_000);
    expect(engagement('engagement_disposition_added').text).toBe('Solved');
    expect(engagement('engagement_user_dtmf_sent', { dtmf_input: '•••••' })).toMatchObject({ digits: 5 });
    expect(engagement('engagement_follow_up_task_created').text).toBe('engagement_follow_up_task_created');
  });

  test('ended › later events of kind ended do not set the end time', () => {
    expect(engagement('engagement_ended').facts.endTime).toBe(at);
    const ready = engagement('cx_engagement_end_data_ready', { start_time: '2026-11-20T09:00:00Z' });
    expect(ready).toMatchObject({ kind: 'ended', facts: { startTime: Date.parse('2026-11-20T09:00:00Z') } });
    expect(ready.facts).not.toHaveProperty('endTime');
  });

  test('events of an agent › have the agent, status and queue', () => {
    expect(agent('user_status_changed')).toMatchObject({
      kind: 'status',
      at,
      agent: { id: 'm1NaPaRkR0y9bTgHuJikLQ', name: 'Mina Park', email: 'mina.park@acme.example' },
      status: 'Not Ready',
      subStatus: 'Meal',
    });
    expect(agent('user_opt_in')).toMatchObject({
      kind: 'opted-in',
      queueId: 'b7Kd0ZxWSeOaPqMnGtUu1w',
      queueName: 'Support',
    });
    expect(agent('queue_agent_assigned').kind).toBe('profile');
  });
});

describe('normalization of implausible and malformed bodies', () => {
  const outside = { date_time_ms: '2099-01-01T00:00:00.000Z' };

  test('a time in the far future › is replaced by the envelope’s, then by the arrival', () => {
    expect(engagement('engagement_ended', outside, { eventTs: at })).toMatchObject({ at, facts: { endTime: at } });
    const neither = read('engagement_ended', outside, { eventTs: Date.parse('2099-01-01T00:00:00Z') });
    expect(neither).toMatchObject({ happenedAt: null, events: [{ event: { at: receivedAt } }] });
  });

  test.each([
    ['2026-11-20T09:27:15.987Z', at],
    ['2026-11-20T10:27:15.987+01:00', at],
    ['2026-11-20T09:27:15.987', at],
    [at, at],
    [String(at), at],
    ['yesterday', at + 1],
    ['1', at + 1],
    [-1, at + 1],
    [Number.POSITIVE_INFINITY, at + 1],
    [null, at + 1],
    [{ toString: 1 }, at + 1],
  ])('time %j › is read as UTC or replaced by the envelope’s', (date_time_ms, expected) => {
    expect(engagement('engagement_ended', { date_time_ms }, { eventTs: at + 1 }).at).toBe(expected);
  });

  test('accepted reservation › has the time of the envelope, not of its creation', () => {
    const times = { created_time_ms: '2026-11-20T09:27:01.000Z', last_modified_time_ms: undefined };
    expect(engagement('task_reservation_accepted', times, { eventTs: at }).at).toBe(at);
    expect(engagement('task_reservation_created', times, { eventTs: at }).at).toBe(Date.parse('2026-11-20T09:27:01Z'));
  });

  test('values too long or of a wrong type › are dropped without the others', () => {
    const { facts, agent: agentReference } = engagement('engagement_user_answered', {
      queue_name: 'x'.repeat(513),
      flow_number: 14155550199,
      consumer_number: ['+14155550101'],
      user_display_name: '',
      engagement_direction: 'nul\0l',
    });
    expect(facts).toMatchObject({ queueId: 'b7Kd0ZxWSeOaPqMnGtUu1w', direction: 'null', channel: 'video' });
    expect(facts).not.toHaveProperty('queueName');
    expect(facts).not.toHaveProperty('flowNumber');
    expect(facts.consumers).toEqual([{ id: 'c3AnNlEeQe7dXsZaWqErTyU', displayName: 'Ann Lee' }]);
    expect(agentReference).toEqual({ id: 'm1NaPaRkR0y9bTgHuJikLQ' });
  });

  test.each([
    ['no engagement', 'engagement_ended', { engagement_id: undefined }, 'no-engagement-id'],
    ['an id that is a path', 'engagement_ended', { engagement_id: '../../etc' }, 'bad-engagement-id'],
    ['an id that is a number', 'engagement_ended', { engagement_id: 7 }, 'bad-engagement-id'],
    ['no agent', 'user_login', { user_id: undefined }, 'no-user-id'],
  ])('%s › is malformed', (_, name, overrides, reason) => {
    expect(read(name, overrides)).toMatchObject({ kind: 'malformed', event: name, reason });
  });

  test.each([null, 7, 'text', [], {}, { event: 7 }, { event: '' }])(
    'body %j › is malformed without an event name',
    (body) => {
      expect(normalize(body)).toMatchObject({
        kind: 'malformed',
        event: 'unnamed',
        reason: 'no-event-name',
      });
    },
  );

  test('a body was unreadable at its arrival and is readable now › yields the events of its delivery', () => {
    const body = zoomEvent('engagement_started');
    const row = { origin: 'webhook', engagement_id: null, happened_at: null, received_at: receivedAt } as const;
    const stored = { ...row, event: unreadableEvent, dedupe_key: 'of the unreadable text', body: JSON.stringify(body) };
    const { events } = normalize(body) as Normalization & { kind: 'events' };
    expect(normalizeRow(stored)).toEqual({ kind: 'events', events, accountId: fakeAccountId });
  });

  test('a body is still unreadable › is malformed', () => {
    const row = { origin: 'webhook', engagement_id: null, happened_at: null, received_at: receivedAt } as const;
    const stored = { ...row, event: unreadableEvent, dedupe_key: 'of the unreadable text', body: 'not json' };
    expect(normalizeRow(stored)).toEqual({ kind: 'malformed', reason: 'not-json' });
  });

  test('any JSON › does not throw', () => {
    const json = fc.jsonValue();
    const names = fc.constantFrom(...eventCatalog.keys(), '__proto__', 'constructor');
    fc.assert(
      fc.property(
        names,
        fc.dictionary(
          fc.constantFrom(
            ...Object.keys(zoomEvent('engagement_transfer_initiated').payload.object ?? {}),
            '__proto__',
            'users',
            'consumers',
            'queue_id',
          ),
          json,
        ),
        json,
        (name, object, event_ts) => {
          const body = { event: `contact_center.${name}`, event_ts, payload: { account_id: 'a', object } };
          const normalized = normalize(body);
          expect(normalized.key).toBe(normalize(JSON.parse(JSON.stringify(body))).key);
        },
      ),
    );
  });
});

describe('event key', () => {
  test('another order of keys › is the same', () => {
    const shuffle = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, shuffle(inner)]),
          )
        : value;
    for (const name of documentedEvents) expect(keyOf(shuffle(zoomEvent(name)))).toBe(keyOf(zoomEvent(name)));
  });

  test('another envelope time › is the same, unless the object has no time', () => {
    expect(keyOf(zoomEvent('engagement_ended', {}, { eventTs: 1 }))).toBe(keyOf(zoomEvent('engagement_ended')));
    const timeless = { date_time_ms: undefined };
    expect(keyOf(zoomEvent('engagement_ended', timeless, { eventTs: 1 }))).not.toBe(
      keyOf(zoomEvent('engagement_ended', timeless)),
    );
    expect(keyOf(rtmsEvent('started', 'E', 1))).not.toBe(keyOf(rtmsEvent('started', 'E', 2)));
  });

  test('another event, account, time or field › differs', () => {
    const keys = [
      ...documentedEvents.map((name) => keyOf(zoomEvent(name))),
      keyOf(zoomEvent('engagement_ended', {}, { accountId: 'another' })),
      keyOf(zoomEvent('engagement_ended', { date_time_ms: '2026-11-20T09:27:15.988Z' })),
      keyOf(zoomEvent('engagement_ended', { flow_name: 'Another' })),
      keyOf(rtmsEvent('started')),
      keyOf(rtmsEvent('stopped')),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
