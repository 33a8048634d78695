import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogSample } from './log-sample.ts';

describe('log sample', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const start = () => {
    const warn = vi.fn();
    return { warn, isLogged: createLogSample({ warn }, () => Date.now()) };
  };
  const unsigned = { route: '/zoom/webhooks', code: 'unauthenticated', reason: 'no-signature' };

  it('a thousand refusals in a second › logs ten and the number of the others', () => {
    const { warn, isLogged } = start();
    const logged = Array.from({ length: 1_000 }, () => isLogged(unsigned)).filter(Boolean);
    expect(logged).toHaveLength(10);
    vi.advanceTimersByTime(1_000);
    expect(warn.mock.calls).toEqual([[{ ...unsigned, suppressed: 990 }, expect.any(String)]]);
  });

  it('another reason, or the next second › has lines of its own', () => {
    const { isLogged } = start();
    for (let count = 0; count < 20; count++) isLogged(unsigned);
    expect(isLogged(unsigned)).toBe(false);
    expect(isLogged({ ...unsigned, reason: 'signature-wrong' })).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(isLogged(unsigned)).toBe(true);
  });

  it('few refusals › are all logged, without a summary', () => {
    const { warn, isLogged } = start();
    for (let count = 0; count < 10; count++) expect(isLogged(unsigned)).toBe(true);
    vi.advanceTimersByTime(5_000);
    expect(warn).not.toHaveBeenCalled();
  });
});
