import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Db } from '../storage/schema.ts';
import { createJobRunner, type JobHandler, type JobResult, type JobRunnerLimits } from './job-runner.ts';
import type { Job } from './job-store.ts';

const start = 1_790_000_000_000;
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const db = {} as Db;

/** A store with the given jobs, each claimed once; it notes the results. */
function createFakeStore(keys: string[], tries = 1) {
  const results: unknown[] = [];
  const note =
    (name: string) =>
    async (_db: Db, job: Pick<Job, 'id' | 'fence'>, ...rest: unknown[]): Promise<boolean> => {
      results.push([name, job.id, ...rest]);
      return true;
    };
  const claim = vi.fn(async ({ kind, account }: { kind: string; account: string }): Promise<Job | undefined> => {
    const key = keys.shift();
    return key === undefined ? undefined : { id: Number(key), kind, account, key, payload: null, tries, fence: 1 };
  });
  const store = {
    claim,
    finish: vi.fn(note('finish')),
    retry: note('retry'),
    postpone: note('postpone'),
    markDead: note('markDead'),
  };
  return { store, results, add: (key: string) => keys.push(key) };
}

function startRunner(
  store: ReturnType<typeof createFakeStore>['store'],
  handle: JobHandler['handle'],
  { limits, ...handler }: Partial<JobHandler> & { limits?: Partial<JobRunnerLimits> } = {},
) {
  const log = { warn: vi.fn(), error: vi.fn() };
  const runner = createJobRunner({
    db,
    store,
    handlers: [{ kind: 'reconcile', account: 'acme', handle, ...handler }],
    clock: Date.now,
    log,
    ...(limits && { limits }),
  });
  runner.start();
  onTestFinished(() => runner.stop());
  return { runner, log };
}

const done = async (): Promise<JobResult> => ({ kind: 'done', outcome: 'agreed' });

describe('job runner', () => {
  it('several due jobs › are handled one after the other, without waiting between them', async () => {
    const { store, results } = createFakeStore(['1', '2']);
    startRunner(store, done);
    await advance(0);
    expect(results).toEqual([
      ['finish', 1, 'agreed'],
      ['finish', 2, 'agreed'],
    ]);
  });

  it('nothing due › looks again after the poll interval', async () => {
    const { store, results, add } = createFakeStore([]);
    startRunner(store, done, { limits: { pollMs: 2_000 } });
    await advance(0);
    add('1');
    await advance(1_999);
    expect(results).toEqual([]);
    await advance(1);
    expect(results).toHaveLength(1);
  });

  it('every result › is stored as its handler said', async () => {
    const { store, results } = createFakeStore(['1', '2']);
    const handle = vi
      .fn<JobHandler['handle']>()
      .mockResolvedValueOnce({ kind: 'retry', at: start + 5, reason: 'unavailable' })
      .mockResolvedValueOnce({ kind: 'dead', reason: 'not-found' });
    startRunner(store, handle);
    await advance(0);
    expect(results).toEqual([
      ['retry', 1, start + 5, 'unavailable'],
      ['markDead', 2, 'not-found'],
    ]);
  });

  it('a pause › postpones the job and claims none of its kind until then', async () => {
    const { store, results } = createFakeStore(['1', '2']);
    const handle = vi
      .fn<JobHandler['handle']>(done)
      .mockResolvedValueOnce({ kind: 'pause', until: start + minute, reason: 'rate-limited' });
    startRunner(store, handle);
    await advance(minute - 1);
    expect(results).toEqual([['postpone', 1, start + minute, 'rate-limited']]);
    expect(store.claim).toHaveBeenCalledTimes(1);
    await advance(2_000);
    expect(results).toHaveLength(2);
  });

  it('a handler that throws › is tried again after a back-off', async () => {
    const { store, results } = createFakeStore(['1'], 3);
    const { log } = startRunner(store, () => Promise.reject(new Error('broken')));
    await advance(0);
    expect(results).toEqual([['retry', 1, start + 4 * minute, 'error']]);
    expect(log.error).toHaveBeenCalledOnce();
  });

  it('a handler that throws at its last try › makes a dead letter', async () => {
    const { store, results } = createFakeStore(['1'], 25);
    startRunner(store, () => Promise.reject(new Error('broken')));
    await advance(0);
    expect(results).toEqual([['markDead', 1, 'error']]);
  });

  it('a store that is down › is reported and asked again', async () => {
    const { store, results } = createFakeStore(['1']);
    store.claim.mockRejectedValueOnce(new Error('down'));
    const { log } = startRunner(store, done);
    await advance(0);
    expect(log.warn).toHaveBeenCalledOnce();
    await advance(2_000);
    expect(results).toHaveLength(1);
  });

  it('a result of a job that was claimed again › is logged', async () => {
    const { store } = createFakeStore(['1']);
    store.finish.mockResolvedValueOnce(false);
    const { log } = startRunner(store, done);
    await advance(0);
    expect(log.warn).toHaveBeenCalledWith({ kind: 'reconcile', tries: 1 }, expect.stringContaining('ignored'));
  });

  it('a concurrency of two › handles two at once', async () => {
    const { store } = createFakeStore(['1', '2', '3']);
    const handle = vi.fn(() => new Promise<JobResult>(() => {}));
    startRunner(store, handle, { concurrency: 2, limits: { drainMs: 0 } });
    await advance(0);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('stopped › waits for the attempt under way, aborts its signal and claims no more', async () => {
    const { store, results } = createFakeStore(['1', '2']);
    let signal: AbortSignal | undefined;
    const handle: JobHandler['handle'] = (_job, given) => {
      signal = given;
      return new Promise((resolve) => setTimeout(() => resolve({ kind: 'done', outcome: 'agreed' }), 100));
    };
    const { runner } = startRunner(store, handle);
    await advance(0);
    const stopped = runner.stop();
    expect(signal?.aborted).toBe(true);
    await advance(100);
    await stopped;
    expect(results).toEqual([['finish', 1, 'agreed']]);
  });
});
