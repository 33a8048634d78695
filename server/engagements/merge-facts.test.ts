import { describe, expect, test } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { EngagementEvent, Origin } from '../events.ts';
import { reduceEvents } from './reduce-events.ts';

type Report = [at: number, facts: EngagementFacts, by?: Origin];

const fold = (...reports: Report[]) =>
  reduceEvents(
    reports.map(
      ([at, facts, by = 'webhook'], index): EngagementEvent => ({
        engagementId: 'E-1',
        key: `${index}`,
        at,
        origin: by,
        kind: 'other',
        facts,
      }),
    ),
  );

describe('merged facts', () => {
  test('several values of a field › the newest wins, absent never erases', () => {
    const { facts, factsAt } = fold([2, { queueName: 'Billing' }], [1, { queueName: 'Support', flowName: 'Main' }]);
    expect(facts).toEqual({ queueName: 'Billing', flowName: 'Main' });
    expect(factsAt).toMatchObject({ queueName: 2, flowName: 1 });
  });

  test('repeated value › keeps its date', () => {
    const { factsAt } = fold([1, { queueName: 'A' }], [2, { queueName: 'B' }], [5, { queueName: 'B' }]);
    expect(factsAt.queueName).toBe(2);
  });

  test.each<Origin>(['flow', 'rest'])('%s and Zoom at the same time › Zoom wins', (by) => {
    expect(fold([1, { queueName: 'Zoom' }], [1, { queueName: 'other' }, by]).facts.queueName).toBe('Zoom');
    expect(fold([1, { queueName: 'Zoom' }], [2, { queueName: 'newer' }, by]).facts.queueName).toBe('newer');
  });

  test('chat became a call › the source is cleared, not for a task’s channel name', () => {
    const chat = { channel: 'messaging', source: 'web_chat' };
    expect(fold([1, chat], [2, { channel: 'voice' }]).facts).toEqual({ channel: 'voice', source: '' });
    expect(fold([1, chat], [2, { channel: 'chat' }]).facts.source).toBe('web_chat');
    expect(fold([1, chat], [2, { channel: 'video', source: 'web_video' }]).facts.source).toBe('web_video');
  });
});

describe('merged consumers', () => {
  const persons = (...reports: NonNullable<EngagementFacts['consumers']>) =>
    fold(...reports.map((consumer, index): Report => [index, { consumers: [consumer] }])).facts.consumers;
  const ann = { id: 'c-1', number: '+14155550101', displayName: 'Ann Lee' };

  test.each([
    ['same number in another format', [{ number: '14155550101' }, ann], [ann]],
    ['same id', [ann, { id: 'c-1', email: 'ann@deskside.example' }], [{ ...ann, email: 'ann@deskside.example' }]],
    [
      'same e-mail in another letter case',
      [{ email: 'Ann@deskside.example' }, { email: 'ann@deskside.example' }],
      [{ email: 'ann@deskside.example' }],
    ],
    ['same name and nothing else', [{ displayName: 'Ann Lee' }, ann], [ann]],
    ['consumer that matches two', [{ id: 'c-1' }, { number: '+14155550101' }, ann], [ann]],
  ])('%s › are merged', (_, reports, expected) => {
    expect(persons(...reports)).toEqual(expected);
  });

  test('nothing in common › stay two, in order', () => {
    const bob = { number: '+14155550102', displayName: 'Ann Lee' };
    expect(persons(ann, bob, ann)).toEqual([ann, bob]);
  });

  test('only empty values › none', () => {
    expect(persons({ displayName: '' }, {})).toEqual([]);
  });

  test('empty value › does not erase', () => {
    expect(persons(ann, { id: 'c-1', displayName: '' })).toEqual([ann]);
  });
});

describe('merged variables', () => {
  const variable = (name: string, value: string, id = name) => ({ id, name, value });

  test('same name › the newest wins, dated separately', () => {
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

  test('more than 500 › are cut', () => {
    const variables = Array.from({ length: 400 }, (_, index) => variable(`a${index}`, '1'));
    const more = Array.from({ length: 400 }, (_, index) => variable(`b${index}`, '1'));
    expect(fold([1, { variables }], [2, { variables: more }]).facts.variables).toHaveLength(500);
  });
});
