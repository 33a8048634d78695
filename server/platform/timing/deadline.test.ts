import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDeadline } from './deadline.ts';

describe('deadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('work in time › is its result, and no timer stays', async () => {
    await expect(
      withDeadline(
        1_000,
        async () => 'done',
        () => 'late',
      ),
    ).resolves.toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('work too late › is what onTimeout returns, and the signal is aborted', async () => {
    let signal: AbortSignal | undefined;
    const result = withDeadline(
      1_000,
      (getSignal) => {
        signal = getSignal();
        return new Promise<string>(() => {});
      },
      () => 'late',
    );
    await vi.advanceTimersByTimeAsync(999);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(result).resolves.toBe('late');
    expect(signal?.aborted).toBe(true);
  });

  it('onTimeout throws › rejects', async () => {
    const result = withDeadline(
      1_000,
      () => new Promise<string>(() => {}),
      (): never => {
        throw new Error('silent');
      },
    );
    const rejected = expect(result).rejects.toThrow('silent');
    await vi.advanceTimersByTimeAsync(1_000);
    await rejected;
  });

  it('work rejects › rejects with its error', async () => {
    await expect(
      withDeadline(
        1_000,
        () => Promise.reject(new Error('broken')),
        () => 'late',
      ),
    ).rejects.toThrow('broken');
  });

  it('work rejects after the deadline › is ignored', async () => {
    let fail = (_error: Error) => {};
    const result = withDeadline(
      1_000,
      () =>
        new Promise<string>((_, reject) => {
          fail = reject;
        }),
      () => 'late',
    );
    await vi.advanceTimersByTimeAsync(1_000);
    fail(new Error('too late'));
    await expect(result).resolves.toBe('late');
  });
});
