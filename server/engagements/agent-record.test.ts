import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentEvent } from '../events.ts';
import { addToAgent, unknownAgent } from './agent-record.ts';

const said = (key: string, at: number, more: Partial<AgentEvent>): AgentEvent => ({
  ...{ key, at, kind: 'known', agent: { id: 'u-1' } },
  ...more,
});

const events: AgentEvent[] = [
  said('a', 1, { kind: 'logged-in', agent: { id: 'u-1', name: 'Mina Roy', email: 'mina@deskside.example' } }),
  said('b', 2, { kind: 'status', status: 'Not Ready', subStatus: 'Meal' }),
  said('c', 3, { kind: 'status', status: 'Ready' }),
  said('d', 3, { kind: 'opted-in', queueId: 'q-1', queueName: 'Support' }),
  said('e', 4, { kind: 'opted-out', queueId: 'q-1', queueName: 'Support' }),
  said('f', 4, { kind: 'opted-in', queueName: '__proto__' }),
  said('g', 5, { kind: 'logged-out', agent: { id: 'u-1', name: 'Mina Roy-Lind' } }),
  said('h', 5, { kind: 'logged-in' }),
];

test('an agent is what was said last of each field, in any order and however often', () => {
  const inOrder = events.reduce(addToAgent, unknownAgent);
  expect(inOrder).toMatchObject({
    name: { value: 'Mina Roy-Lind' },
    email: { value: 'mina@deskside.example' },
    isLoggedIn: { value: true, key: 'h' },
    status: { value: { status: 'Ready', subStatus: null } },
    queues: { 'q-1': { value: { name: 'Support', isOptedIn: false } } },
  });
  expect(Object.keys(inOrder.queues)).toHaveLength(2);

  const delivered = fc.tuple(fc.shuffledSubarray(events, { minLength: events.length }), fc.shuffledSubarray(events));
  fc.assert(
    fc.property(delivered, ([once, again]) => {
      const record = [...once, ...again].reduce(addToAgent, unknownAgent);
      expect(record).toEqual(inOrder);
    }),
  );
});

test('what is not new answers the very same', () => {
  const known = events.reduce(addToAgent, unknownAgent);
  expect(events.reduce(addToAgent, known)).toBe(known);
  expect(addToAgent(known, said('z', 0, { kind: 'status', status: 'Offline' }))).toBe(known);
});
