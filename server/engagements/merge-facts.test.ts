import { describe, expect, test } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { EngagementEvent, Origin } from '../events.ts';
import { reduceEvents } from './reduce-events.ts';

type Said = [at: number, facts: EngagementFacts, by?: Origin];

const fold = (...said: Said[]) =>
  reduceEvents(
    said.map(
      ([at, facts, by = 'webhook'], index): EngagementEvent => ({
        ...{ engagementId: 'E-1', key: `${index}`, at, origin: by, kind: 'other', facts },
      }),
    ),
  );

describe('facts', () => {
  test('are the newest telling of each field, and absent never erases', () => {
    const { facts, factsAt } = fold([2, { queueName: 'Billing' }], [1, { queueName: 'Support', flowName: 'Main' }]);
    expect(facts).toEqual({ queueName: 'Billing', flowName: 'Main' });
    expect(factsAt).toMatchObject({ queueName: 2, flowName: 1 });
  });

  test('are dated when they became what they are: a repeat is no news', () => {
    const { factsAt } = fold([1, { queueName: 'A' }], [2, { queueName: 'B' }], [5, { queueName: 'B' }]);
    expect(factsAt.queueName).toBe(2);
  });

  test.each<Origin>(['flow', 'rest'])('of %s never beat Zoom’s of the same time', (by) => {
    expect(fold([1, { queueName: 'Zoom' }], [1, { queueName: 'other' }, by]).facts.queueName).toBe('Zoom');
    expect(fold([1, { queueName: 'Zoom' }], [2, { queueName: 'newer' }, by]).facts.queueName).toBe('newer');
  });

  test('let a chat that became a call leave its source behind, but for one that a task calls otherwise', () => {
    const chat = { channel: 'messaging', source: 'web_chat' };
    expect(fold([1, chat], [2, { channel: 'voice' }]).facts).toEqual({ channel: 'voice', source: '' });
    expect(fold([1, chat], [2, { channel: 'chat' }]).facts.source).toBe('web_chat');
    expect(fold([1, chat], [2, { channel: 'video', source: 'web_video' }]).facts.source).toBe('web_video');
  });
});

describe('the persons on the other side', () => {
  const persons = (...said: NonNullable<EngagementFacts['consumers']>) =>
    fold(...said.map((consumer, at): Said => [at, { consumers: [consumer] }])).facts.consumers;
  const ann = { id: 'c-1', number: '+14155550101', displayName: 'Ann Lee' };

  test.each([
    ['a number that is written in another way', [{ number: '14155550101' }, ann], [ann]],
    ['an id', [ann, { id: 'c-1', email: 'ann@deskside.example' }], [{ ...ann, email: 'ann@deskside.example' }]],
    [
      'an address in other capitals',
      [{ email: 'Ann@deskside.example' }, { email: 'ann@deskside.example' }],
      [{ email: 'ann@deskside.example' }],
    ],
    ['a name, where one has nothing else', [{ displayName: 'Ann Lee' }, ann], [ann]],
    ['what joins two that were apart', [{ id: 'c-1' }, { number: '+14155550101' }, ann], [ann]],
  ])('are one by %s', (_, said, expected) => {
    expect(persons(...said)).toEqual(expected);
  });

  test('are two when nothing says that they are one, the first one first', () => {
    const bob = { number: '+14155550102', displayName: 'Ann Lee' };
    expect(persons(ann, bob, ann)).toEqual([ann, bob]);
  });

  test('are nobody where everything is empty', () => {
    expect(persons({ displayName: '' }, {})).toEqual([]);
  });

  test('keep what an empty telling does not say', () => {
    expect(persons(ann, { id: 'c-1', displayName: '' })).toEqual([ann]);
  });
});

describe('variables', () => {
  const variable = (name: string, value: string, id = name) => ({ id, name, value });

  test('are merged by name, each the newest, each with its own date', () => {
    const { facts, factsAt } = fold(
      [1, { variables: [variable('Custom.case', 'CS-1'), variable('tier', 'Gold')] }],
      [3, { variables: [variable('custom.CASE ', 'CS-2', 'other-id')] }],
      [2, { variables: [variable('tier', 'Gold'), variable('lang', 'en')] }],
    );
    expect(facts.variables?.map(({ name, value }) => [name, value])).toEqual([
      ['custom.CASE ', 'CS-2'],
      ['tier', 'Gold'],
      ['lang', 'en'],
    ]);
    expect(factsAt).toMatchObject({ 'variables/custom.case': 3, 'variables/tier': 1, 'variables/lang': 2 });
  });

  test('are at most five hundred', () => {
    const variables = Array.from({ length: 400 }, (_, at) => variable(`a${at}`, '1'));
    const more = Array.from({ length: 400 }, (_, at) => variable(`b${at}`, '1'));
    expect(fold([1, { variables }], [2, { variables: more }]).facts.variables).toHaveLength(500);
  });
});
