import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engagementFacts } from '#contract/engagements.ts';
import type { EngagementEvent } from '../../events.ts';
import { computeFlowPostKey, flowEventName, normalizeFlowPost } from './normalize-flow-post.ts';
import { redactBody } from './parse-and-redact.ts';

const receivedAt = Date.parse('2026-11-20T09:27:20Z');
const body = {
  engagementId: 'kT93fLqWQ0yV5hZr1NcX2A',
  caller_number: '+14155550101',
  agent_email: 'mina.park@acme.example',
  queue_name: 'Support',
};

function read(fields: Record<string, unknown>, name = 'acceptedcall'): EngagementEvent {
  const post = normalizeFlowPost({ name, body: fields, key: computeFlowPostKey(name, fields), receivedAt });
  if (post.kind !== 'read') throw new Error(post.advice);
  return post.event;
}

const variablesOf = (fields: Record<string, unknown>) =>
  Object.fromEntries((read({ ...body, ...fields }).facts.variables ?? []).map(({ id, value }) => [id, value]));

test('flow post › accepted call › has caller, agent, queue and the time of its arrival', () => {
  expect(read(body)).toEqual({
    engagementId: body.engagementId,
    key: expect.any(String),
    at: receivedAt,
    origin: 'flow',
    kind: 'answered',
    agent: { email: 'mina.park@acme.example' },
    facts: { consumers: [{ number: '+14155550101' }], queueName: 'Support' },
  });
});

test('flow post › disposition › has its name', () => {
  const { kind, text } = read({ ...body, disposition_name: 'Solved' }, 'dispositionedcall');
  expect({ kind, text }).toEqual({ kind: 'disposition', text: 'Solved' });
});

describe('field names of a flow post', () => {
  test.each([
    ['as in the contract', {}],
    ['in capitals', { ENGAGEMENTID: 'E-1', CALLER_NUMBER: '1' }],
    ['with spaces', { 'Engagement ID': 'E-1', 'Caller Number': '1' }],
    ['with dashes', { 'engagement-id': 'E-1', 'caller-number': '1' }],
    ['as an ANI', { engagementId: 'E-1', ANI: '1' }],
    [
      'of Zoom’s own variables',
      { 'global_system.Engagement.engagementId': 'E-1', 'global_system.Engagement.ANI': '1' },
    ],
  ])('%s › are recognized', (_, given) => {
    const event = read(Object.keys(given).length > 0 ? given : { engagementId: 'E-1', caller_number: '1' });
    expect(event).toMatchObject({ engagementId: 'E-1', facts: { consumers: [{ number: '1' }] } });
  });

  test('a custom variable with a field’s name › stays a variable', () => {
    const { facts } = read({ engagementId: 'E-1', 'global_custom.Custom.queue_name': 'Gold', myqueuename: 'x' });
    expect(facts.queueName).toBeUndefined();
    expect(facts.variables?.map(({ id }) => id)).toEqual(['global_custom.Custom.queue_name', 'myqueuename']);
  });
});

describe('contacts in a flow post', () => {
  const consumersOf = (fields: Record<string, unknown>) => read({ engagementId: 'E-1', ...fields }).facts.consumers;

  test.each(['phone', 'Phone Number', 'mobile', 'customer_phone', 'callbackNumber'])('%s › is the caller’s', (name) => {
    expect(consumersOf({ [name]: '+14155550101' })).toEqual([{ number: '+14155550101' }]);
    expect(consumersOf({ [name]: 14_155_550_101 })).toEqual([{ number: '14155550101' }]);
  });

  test.each(['email', 'E-Mail', 'emailAddress', 'customer_email'])('%s › is the caller’s', (name) => {
    expect(consumersOf({ [name]: 'ann@northwind.example' })).toEqual([{ email: 'ann@northwind.example' }]);
  });

  test('a phone beside the caller number › stays a variable of its own', () => {
    const { facts } = read({ ...body, phone: '+14155550199', email: 'ann@northwind.example' });
    expect(facts.consumers).toEqual([{ number: '+14155550101', email: 'ann@northwind.example' }]);
    expect(facts.variables?.map(({ id, value }) => `${id} ${value}`)).toEqual([
      'phone +14155550199',
      'email ann@northwind.example',
    ]);
  });

  test('an empty phone, or those of agents and queues › is nobody’s', () => {
    expect(consumersOf({ phone: ' ', email: '', agent_email: 'mina@acme.example' })).toBeUndefined();
    expect(consumersOf({ 'global_system.Agent.Email': 'mina@acme.example' })).toBeUndefined();
  });
});

describe('variables of a flow post', () => {
  test('any value › is read as text', () => {
    expect(
      variablesOf({
        tier: 'Gold',
        visits: 3,
        vip: true,
        order: { id: 7, lines: [1] },
        none: null,
        'My Var': '',
        __proto__x: 'p',
      }),
    ).toEqual({ tier: 'Gold', visits: '3', vip: 'true', order: '{"id":7,"lines":[1]}', 'My Var': '', __proto__x: 'p' });
  });

  test('too many or too long › are bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`v${index}`, 'x'.repeat(5_000)]));
    const { facts } = read({ ...body, ...many, ['n'.repeat(300)]: 'x' });
    expect(facts.variables).toHaveLength(500);
    expect(engagementFacts.safeParse(facts).success).toBe(true);
  });

  test('hostile values › are plain text or dropped', () => {
    const hostile = { 'name of caller': '<img src=x onerror=alert(1)>', formula: '=HYPERLINK("x")', rtl: '\u202e123' };
    expect(variablesOf(hostile)).toEqual(hostile);
    expect(read({ ...body, caller_number: '1'.repeat(100_000) }).facts).toEqual({ queueName: 'Support' });
  });

  test('card numbers › are redacted', () => {
    const fields = redactBody({ ...body, card: '4111 1111 1111 1111', number: 4111111111111111 }) as Record<
      string,
      unknown
    >;
    expect(JSON.stringify(read(fields))).not.toMatch(/4111/);
    expect(read(fields).facts.consumers).toEqual([{ number: '+14155550101' }]);
  });
});

test.each([
  ['engagement-started', 'started'],
  ['Engagement Accepted', 'answered'],
  ['engagement_assigned', 'answered'],
  ['engagement-closed', 'left'],
  ['engagement-transferred', 'transfer-completed'],
  ['engagement-recording-ended', 'recording-stopped'],
  ['disposition-saved', 'disposition'],
])('flow post › script %s › is %s', (name, kind) => {
  expect(read(body, flowEventName(name)).kind).toBe(kind);
});

test.each(['something-new', 'constructor', '__proto__'])(
  'flow post › custom script %s › has its name as text',
  (name) => {
    const { kind, text } = read(body, name);
    expect({ kind, text }).toEqual({ kind: 'other', text: name });
  },
);

test.each([
  ['missing', {}, 'engagementId is missing'],
  ['empty', { engagementId: ' ' }, 'engagementId is missing'],
  ['a path', { engagementId: '../x' }, 'engagementId is not an engagement id'],
  ['a list', { engagementId: ['a'] }, 'engagementId is not an engagement id'],
])('flow post › engagement id %s › is refused with advice', (_, given, advice) => {
  expect(normalizeFlowPost({ name: 'acceptedcall', body: given, key: 'k', receivedAt })).toMatchObject({
    kind: 'refused',
    field: 'engagementId',
    advice: expect.stringContaining(advice),
  });
});

test('flow post key › same script and fields › is the same, otherwise differs', () => {
  const reordered = Object.fromEntries(Object.entries(body).reverse());
  expect(read(reordered).key).toBe(read(body).key);
  expect(read(body, 'engagement-closed').key).not.toBe(read(body).key);
  expect(read({ ...body, tier: 'Gold' }).key).not.toBe(read(body).key);
});

test('flow post › any JSON › fits the contract', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (fields, name) => {
      const { facts } = read({ ...fields, engagementId: 'E-1' }, flowEventName(name));
      expect(engagementFacts.safeParse(facts).success).toBe(true);
    }),
  );
});
