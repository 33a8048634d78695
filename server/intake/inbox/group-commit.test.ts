import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '../../platform/errors.ts';
import { createGroupCommit } from './group-commit.ts';

const known = new Set<string>();
let groups: string[][] = [];
let finishes: ((error?: Error) => void)[] = [];

/** A store whose commits end when the test calls `finishes`. */
function createGroups({ maxGroupSize = 500, maxWaiting = 1_000, timeoutMs = 1_800 } = {}) {
  known.clear();
  groups = [];
  finishes = [];
  return createGroupCommit<string>({
    maxGroupSize,
    maxWaiting,
    timeoutMs,
    commit: (rows) =>
      new Promise((resolve, reject) => {
        groups.push(rows);
        finishes.push((error) => {
          if (error) return reject(error);
          const newRows = new Set(rows.filter((row) => !known.has(row)));
          for (const row of newRows) known.add(row);
          resolve(newRows);
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

describe('group commit', () => {
  test('rows that arrive together › are committed together and answered after it', async () => {
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

  test('a commit fails › every row of its group is refused with the cause, the next group is committed', async () => {
    const { add } = createGroups();
    const reasonOf = (promise: Promise<unknown>) => promise.catch((error: AppError) => [error.message, error.cause]);
    const refused = Promise.all(['a', 'b'].map((row) => reasonOf(add(row, row))));
    await turn();
    const next = outcomeOf(add('c', 'c'));
    const cause = new Error('disk full');
    finishes[0]?.(cause);
    const words = 'The event could not be stored. Send it again.';
    expect(await refused).toEqual([
      [words, cause],
      [words, cause],
    ]);
    await turn();
    finishes[1]?.();
    expect(await next).toBe('stored');
  });

  test('too many rows wait, or no commit in time › the cause says which', async () => {
    const { add } = createGroups({ maxWaiting: 1, timeoutMs: 20 });
    const causeOf = (promise: Promise<unknown>) => promise.catch((error: AppError) => (error.cause as Error).message);
    const late = causeOf(add('a', 'a'));
    const tooMany = causeOf(add('b', 'b'));
    expect(await tooMany).toBe('Too many rows wait');
    expect(await late).toBe('No commit in time');
    finishes[0]?.();
  });

  test('rows that arrive during a commit › are the next group', async () => {
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

  test('rows with the same key › are stored once and all answered', async () => {
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

  test('a single row › is committed at once; after a burst, rows are gathered first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { add, isBusy } = createGroups();
    const immediate = () => new Promise((resolve) => setImmediate(resolve));
    const single = add('a', 'a');
    await immediate();
    await immediate();
    expect(groups).toEqual([['a']]);
    finishes[0]?.();
    await single;
    await immediate();
    expect(isBusy()).toBe(false);

    const burst = Promise.all(['b', 'c', 'd', 'e', 'f'].map((row) => add(row, row)));
    await immediate();
    await immediate();
    finishes[1]?.();
    await burst;
    await immediate();
    // The sender's next requests may take their time.
    await vi.advanceTimersByTimeAsync(49);
    expect(isBusy()).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(isBusy()).toBe(false);
    const next = add('g', 'g');
    await immediate();
    await immediate();
    expect(groups).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2);
    expect(groups).toHaveLength(3);
    finishes[2]?.();
    await next;
    await immediate();
    expect(isBusy()).toBe(false);
  });

  test('more rows than a group holds › are split into groups', async () => {
    const { add } = createGroups({ maxGroupSize: 2 });
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((row) => add(row, row)));
    for (const index of [0, 1, 2]) {
      await turn();
      finishes[index]?.();
    }
    await all;
    expect(groups.map((group) => group.length)).toEqual([2, 2, 1]);
  });
});

describe('group commit while the store fails', () => {
  test('a failed commit › rejects its group, and the next group is tried', async () => {
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

  test('too many waiting rows › are rejected at once', async () => {
    const { add } = createGroups({ maxWaiting: 3 });
    const first = add('a', 'a');
    await turn();
    const outcomes = Array.from({ length: 5 }, (_, index) => outcomeOf(add(`${index}`, `${index}`)));
    expect(await Promise.all(outcomes.slice(3))).toEqual(['unavailable', 'unavailable']);
    finishes[0]?.();
    await first;
    await turn();
    finishes[1]?.();
    expect(await Promise.all(outcomes.slice(0, 3))).toEqual(['stored', 'stored', 'stored']);
  });
});

describe('group commit while the store hangs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('every row is rejected in time › and a late commit makes its repeat a duplicate', async () => {
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
    // The row that timed out while waiting is not stored.
    expect(groups).toEqual([['a'], ['a']]);
    finishes[1]?.();
    expect(await again).toBe('duplicate');
  });
});
