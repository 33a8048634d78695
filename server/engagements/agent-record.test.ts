import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentEvent } from '../events.ts';
import { addToAgent, unknownAgent } from './agent-record.ts';

const agentEvent = (key: string, at: number, more: Partial<AgentEvent>): AgentEvent => ({
  key,
  at,
  kind: 'profile',
  agent: { id: 'u-1' },
  ...more,
});

const events: AgentEvent[] = [
  agentEvent('a', 1, { kind: 'logged-in', agent: { id: 'u-1', name: 'Mina Roy', email: 'mina@deskside.example' } }),
  agentEvent('b', 2, { kind: 'status', status: 'Not Ready', subStatus: 'Meal' }),
  agentEvent('c', 3, { kind: 'status', status: 'Ready' }),
  agentEvent('d', 3, { kind: 'opted-in', queueId: 'q-1', queueName: 'Support' }),
  agentEvent('e', 4, { kind: 'opted-out', queueId: 'q-1', queueName: 'Support' }),
  agentEvent('f', 4, { kind: 'opted-in', queueName: '__proto__' }),
  agentEvent('g', 5, { kind: 'logged-out', agent: { id: 'u-1', name: 'Mina Roy-Lind' } }),
  agentEvent('h', 5, { kind: 'logged-in' }),
];

test('agent record › events in any order, some repeated › the newest value of each field wins', () => {
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

test('agent record › deleted user › is deleted until created or logged in again, in any order of arrival', () => {
  const deleted = agentEvent('x', 10, { kind: 'deleted' });
  const isDeleted = (...given: AgentEvent[]) => given.reduce(addToAgent, unknownAgent).isDeleted?.value ?? false;
  const created = agentEvent('y', 11, { kind: 'created' });
  expect(isDeleted(...events, deleted)).toBe(true);
  expect([isDeleted(deleted, created), isDeleted(created, deleted)]).toEqual([false, false]);
  expect(isDeleted(deleted, agentEvent('a', 1, { kind: 'created' }))).toBe(true);
  expect(isDeleted(deleted, agentEvent('z', 11, { kind: 'profile' }))).toBe(true);
  const loggedIn = agentEvent('z', 11, { kind: 'logged-in' });
  expect([isDeleted(deleted, loggedIn), isDeleted(loggedIn, deleted)]).toEqual([false, false]);
  expect(isDeleted(deleted, agentEvent('a', 1, { kind: 'logged-in' }))).toBe(true);
});

test('agent record › nothing new › returns the same object', () => {
  const known = events.reduce(addToAgent, unknownAgent);
  expect(events.reduce(addToAgent, known)).toBe(known);
  expect(addToAgent(known, agentEvent('z', 0, { kind: 'status', status: 'Offline' }))).toBe(known);
});
