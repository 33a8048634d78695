import { describe, expect, test, vi } from 'vitest';
import { createUserList } from './user-list.ts';
import type { RestOutcome } from './zoom-rest.ts';

const minute = 60_000;

function open(...users: string[]) {
  const state = { now: 1_790_000_000_000, users, requests: 0, outcome: undefined as RestOutcome | undefined };
  const list = createUserList({
    clock: () => state.now,
    rest: {
      async get(_path, { next_page_token: token = '0' } = {}) {
        state.requests += 1;
        await new Promise(setImmediate);
        if (state.outcome) return state.outcome;
        // Two users a page.
        const begin = Number(token);
        const next = begin + 2 < state.users.length ? String(begin + 2) : '';
        const page = state.users.slice(begin, begin + 2).map((user_id) => ({ user_id, user_email: 'a@b.example' }));
        return { kind: 'answer', json: { users: page, next_page_token: next } };
      },
    },
  });
  return { list, state };
}

describe('Zoom’s list of users', () => {
  test('read to its end › decides on everybody, with one reading at a time', async () => {
    const { list, state } = open('u-1', 'u-2', 'u-3');
    expect(await Promise.all(['u-3', 'u-1', 'u-4'].map(list.isListed))).toEqual([true, true, false]);
    expect(state.requests).toBe(2);
    expect(await list.isListed('u-4')).toBe(false);
    expect(state.requests).toBe(2);
  });

  test('a user who was created since › is found after a minute', async () => {
    const { list, state } = open('u-1');
    expect(await list.isListed('u-2')).toBe(false);
    state.users.push('u-2');
    state.now += minute + 1;
    expect(await list.isListed('u-2')).toBe(true);
  });

  test.each<[string, RestOutcome]>([
    ['no scope', { kind: 'refused', code: 'zoom-4700' }],
    ['an unknown path', { kind: 'empty' }],
    ['Zoom is down', { kind: 'unavailable', code: 'http-500' }],
    ['an empty list', { kind: 'answer', json: { users: [] } }],
    ['a user without an id', { kind: 'answer', json: { users: [{ display_name: 'Mina' }] } }],
    ['another answer', { kind: 'answer', json: { agents: [] } }],
  ])('%s › decides on nobody, and is not asked again for a minute', async (_, outcome) => {
    const { list, state } = open('u-1');
    state.outcome = outcome;
    expect(await list.isListed('u-1')).toBeUndefined();
    expect(await list.isListed('u-2')).toBeUndefined();
    expect(state.requests).toBe(1);
    state.outcome = undefined;
    state.now += minute + 1;
    expect([await list.isListed('u-1'), await list.isListed('u-2')]).toEqual([true, false]);
  });

  test('the second page fails › decides on nobody', async () => {
    const { list, state } = open('u-1', 'u-2', 'u-3');
    const listed = list.isListed('u-9');
    await new Promise(setImmediate);
    state.outcome = { kind: 'unavailable', code: 'http-500' };
    expect(await listed).toBeUndefined();
  });

  test('Zoom does not answer in time › the sign-in does not wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const list = createUserList({ clock: () => 0, rest: { get: () => new Promise(() => {}) } });
      const listed = list.isListed('u-1');
      await vi.advanceTimersByTimeAsync(2_500);
      expect(await listed).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });
});
