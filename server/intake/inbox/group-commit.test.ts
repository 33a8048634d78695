import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../platform/errors.ts';
import { createGroupCommit } from './group-commit.ts';

const known = new Set<string>();
let groups: string[][] = [];
let finishes: ((error?: Error) => void)[] = [];

/** A store whose commits end when the test says so. */
function createGroups({ most = 500, mostWaiting = 1_000, patienceMs = 1_800 } = {}) {
  known.clear();
  groups = [];
  finishes = [];
  return createGroupCommit<string>({
    most,
    mostWaiting,
    patienceMs,
    commit: (rows) =>
      new Promise((resolve, reject) => {
        groups.push(rows);
        finishes.push((error) => {
          if (error) return reject(error);
          const fresh = new Set(rows.filter((row) => !known.has(row)));
          for (const row of fresh) known.add(row);
          resolve(fresh);
        });
      }),
  });
}

const turn = () => wait(5);
const outcomeOf = (promise: Promise<{ kind: string }>) =>
  promise.then(
    ({ kind }) => kind,
    (error) => (error instanceof AppError ? error.code : 'another error'),
  );

describe('what arrives together', () => {
  test('is committed together, and nobody is answered before', async () => {
    const { add } = createGroups();
    const answered: string[] = [];
    const all = ['a', 'b', 'c'].map(async (row) => answered.push(await outcomeOf(add(row, row))));
    await turn();
    expect(groups).toEqual([['a', 'b', 'c']]);
    expect(answered).toEqual([]);
    finishes[0]?.();
    await Promise.all(all);
    expect(answered).toEqual(['stored', 'stored', 'stored']);
  });

  test('waits while a commit is under way, and is the next group', async () => {
    const { add } = createGroups();
    const first = add('a', 'a');
    await turn();
    const others = ['b', 'c', 'd'].map((row) => add(row, row));
    await turn();
    expect(groups).toEqual([['a']]);
    finishes[0]?.();
    await first;
    await turn();
    expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
    finishes[1]?.();
    await Promise.all(others);
  });

  test('twice is stored once, and both are answered', async () => {
    const { add } = createGroups();
    const outcomes = Promise.all(['a', 'a', 'b', 'a'].map((row) => outcomeOf(add(row, row))));
    await turn();
    expect(groups).toEqual([['a', 'b']]);
    finishes[0]?.();
    expect(await outcomes).toEqual(['stored', 'duplicate', 'stored', 'duplicate']);
    const again = outcomeOf(add('a', 'a'));
    await turn();
    finishes[1]?.();
    expect(await again).toBe('duplicate');
  });

  test('is split into groups of a bounded size', async () => {
    const { add } = createGroups({ most: 2 });
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((row) => add(row, row)));
    for (const at of [0, 1, 2]) {
      await turn();
      finishes[at]?.();
    }
    await all;
    expect(groups.map((group) => group.length)).toEqual([2, 2, 1]);
  });
});

describe('when the store fails', () => {
  test('everybody of the group is told, and the next group is tried', async () => {
    const { add } = createGroups();
    const failed = ['a', 'b'].map((row) => outcomeOf(add(row, row)));
    await turn();
    finishes[0]?.(new Error('disk full'));
    expect(await Promise.all(failed)).toEqual(['unavailable', 'unavailable']);
    const next = outcomeOf(add('a', 'a'));
    await turn();
    finishes[1]?.();
    expect(await next).toBe('stored');
  });

  test('too many that wait are refused at once', async () => {
    const { add } = createGroups({ mostWaiting: 3 });
    const first = add('a', 'a');
    await turn();
    const outcomes = Array.from({ length: 5 }, (_, at) => outcomeOf(add(`${at}`, `${at}`)));
    expect(await Promise.all(outcomes.slice(3))).toEqual(['unavailable', 'unavailable']);
    finishes[0]?.();
    await first;
    await turn();
    finishes[1]?.();
    expect(await Promise.all(outcomes.slice(0, 3))).toEqual(['stored', 'stored', 'stored']);
  });
});

describe('when the store hangs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('everybody is told in time, also who only waits, and a late commit is a repeat of what is sent again', async () => {
    const { add } = createGroups();
    const first = outcomeOf(add('a', 'a'));
    await vi.advanceTimersByTimeAsync(1_000);
    const second = outcomeOf(add('b', 'b'));
    await vi.advanceTimersByTimeAsync(800);
    expect(await first).toBe('unavailable');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await second).toBe('unavailable');

    finishes[0]?.();
    const again = outcomeOf(add('a', 'a'));
    await vi.advanceTimersByTimeAsync(10);
    // What was given up while it waited is not stored.
    expect(groups).toEqual([['a'], ['a']]);
    finishes[1]?.();
    expect(await again).toBe('duplicate');
  });
});
