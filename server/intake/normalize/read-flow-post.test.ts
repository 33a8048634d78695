import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engagementFacts } from '#contract/engagements.ts';
import type { EngagementEvent } from '../../events.ts';
import { redactBody } from './read-body.ts';
import { flowEventName, readFlowPost } from './read-flow-post.ts';

const receivedAt = Date.parse('2026-11-20T09:27:20Z');
const body = {
  engagementId: 'kT93fLqWQ0yV5hZr1NcX2A',
  caller_number: '+14155550101',
  agent_email: 'mina.park@acme.example',
  queue_name: 'Support',
};

function read(fields: Record<string, unknown>, name = 'acceptedcall'): EngagementEvent {
  const post = readFlowPost(name, fields, receivedAt);
  if (post.kind !== 'read') throw new Error(post.advice);
  return post.statement;
}

const variablesOf = (fields: Record<string, unknown>) =>
  Object.fromEntries((read({ ...body, ...fields }).facts.variables ?? []).map(({ id, value }) => [id, value]));

test('an accepted call names its caller, agent and queue, at the time it arrives', () => {
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

test('a disposition has its name', () => {
  const { kind, text } = read({ ...body, disposition_name: 'Solved' }, 'dispositionedcall');
  expect({ kind, text }).toEqual({ kind: 'disposition', text: 'Solved' });
});

describe('names of fields', () => {
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
  ])('%s', (_, given) => {
    const statement = read(Object.keys(given).length > 0 ? given : { engagementId: 'E-1', caller_number: '1' });
    expect(statement).toMatchObject({ engagementId: 'E-1', facts: { consumers: [{ number: '1' }] } });
  });

  test('a variable of one’s own is not taken for a field', () => {
    const { facts } = read({ engagementId: 'E-1', 'global_custom.Custom.queue_name': 'Gold', myqueuename: 'x' });
    expect(facts.queueName).toBeUndefined();
    expect(facts.variables?.map(({ id }) => id)).toEqual(['global_custom.Custom.queue_name', 'myqueuename']);
  });
});

describe('extra variables', () => {
  test('are kept whatever they hold', () => {
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

  test('are bounded in number and length', () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`v${at}`, 'x'.repeat(5_000)]));
    const { facts } = read({ ...body, ...many, ['n'.repeat(300)]: 'x' });
    expect(facts.variables).toHaveLength(500);
    expect(engagementFacts.safeParse(facts).success).toBe(true);
  });

  test('a 100 kB phone number, markup and formulas are texts or nothing', () => {
    const hostile = { 'name of caller': '<img src=x onerror=alert(1)>', formula: '=HYPERLINK("x")', rtl: '\u202e123' };
    expect(variablesOf(hostile)).toEqual(hostile);
    expect(read({ ...body, caller_number: '1'.repeat(100_000) }).facts).toEqual({ queueName: 'Support' });
  });

  test('lose their card numbers', () => {
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
])('the script %s says %s', (name, kind) => {
  expect(read(body, flowEventName(name)).kind).toBe(kind);
});

test.each(['something-new', 'constructor', '__proto__'])('a script of ours named %s is told by its name', (name) => {
  const { kind, text } = read(body, name);
  expect({ kind, text }).toEqual({ kind: 'other', text: name });
});

test.each([
  ['missing', {}, 'engagementId is missing'],
  ['empty', { engagementId: ' ' }, 'engagementId is missing'],
  ['a path', { engagementId: '../x' }, 'engagementId is not an engagement id'],
  ['a list', { engagementId: ['a'] }, 'engagementId is not an engagement id'],
])('an engagement id that is %s is refused in words', (_, given, advice) => {
  expect(readFlowPost('acceptedcall', given, receivedAt)).toMatchObject({
    kind: 'refused',
    field: 'engagementId',
    advice: expect.stringContaining(advice),
  });
});

test('the same post is the same occurrence, another is another', () => {
  const reordered = Object.fromEntries(Object.entries(body).reverse());
  expect(read(reordered).key).toBe(read(body).key);
  expect(read(body, 'engagement-closed').key).not.toBe(read(body).key);
  expect(read({ ...body, tier: 'Gold' }).key).not.toBe(read(body).key);
});

test('whatever is posted is read without failing, and fits the contract', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (fields, name) => {
      const { facts } = read({ ...fields, engagementId: 'E-1' }, flowEventName(name));
      expect(engagementFacts.safeParse(facts).success).toBe(true);
    }),
  );
});
