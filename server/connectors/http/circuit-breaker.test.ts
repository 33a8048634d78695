import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { circuitOpen, found, type Outcome } from '../port/outcome.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';

const failed: Outcome<string> = { kind: 'unavailable', reason: 'http-503' };
const succeeded: Outcome<string> = found('Ann');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Opened by five failures. */
async function createOpen() {
  const breaker = createCircuitBreaker();
  for (let count = 0; count < 5; count += 1) await breaker.run(async () => failed);
  return breaker;
}

/** A request that ends when the test says so. */
function createRequest() {
  let resolve: (outcome: Outcome<string>) => void = () => {};
  const outcome = new Promise<Outcome<string>>((settle) => {
    resolve = settle;
  });
  return { send: vi.fn(() => outcome), resolve };
}

/** Half-open: a probe under way, and a request that waits for its outcome. */
async function createHalfOpen() {
  const breaker = await createOpen();
  breaker.allowProbe();
  const probe = createRequest();
  const probeOutcome = breaker.run(probe.send);
  const other = createRequest();
  const otherOutcome = breaker.run(other.send);
  // The other one has begun to wait.
  await vi.advanceTimersByTimeAsync(1);
  return { breaker, probe, probeOutcome, other, otherOutcome };
}

describe('circuit breaker', () => {
  it('closed, four failures and a success › starts counting anew', async () => {
    const breaker = createCircuitBreaker();
    for (const outcome of [failed, failed, failed, failed, succeeded, failed, failed, failed, failed]) {
      expect(await breaker.run(async () => outcome)).toBe(outcome);
    }
    expect(breaker.isOpen()).toBe(false);
  });

  it('five failures › is open for ten seconds and sends nothing', async () => {
    const breaker = await createOpen();
    const { send } = createRequest();
    vi.advanceTimersByTime(9_999);
    expect(await breaker.run(send)).toEqual(circuitOpen);
    expect(send).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(breaker.isOpen()).toBe(false);
  });

  it('half-open, the probe succeeds › those who waited are sent', async () => {
    const { probe, probeOutcome, other, otherOutcome } = await createHalfOpen();
    expect(other.send).not.toHaveBeenCalled();
    probe.resolve(succeeded);
    other.resolve(succeeded);
    expect(await Promise.all([probeOutcome, otherOutcome])).toEqual([succeeded, succeeded]);
  });

  it('half-open, the probe fails › is open again, and those who waited are not sent', async () => {
    const { breaker, probe, probeOutcome, other, otherOutcome } = await createHalfOpen();
    probe.resolve(failed);
    expect(await Promise.all([probeOutcome, otherOutcome])).toEqual([failed, circuitOpen]);
    expect(other.send).not.toHaveBeenCalled();
    expect(breaker.isOpen()).toBe(true);
  });

  it('half-open, the probe takes longer than two seconds › the others wait no longer', async () => {
    const { probe, probeOutcome, otherOutcome } = await createHalfOpen();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(await otherOutcome).toEqual(circuitOpen);
    probe.resolve(succeeded);
    expect(await probeOutcome).toEqual(succeeded);
  });

  it('closed again, then the clock is set back › stays closed', async () => {
    const breaker = await createOpen();
    vi.advanceTimersByTime(10_000);
    await breaker.run(async () => succeeded);
    vi.setSystemTime(Date.now() - 5_000);
    expect(breaker.isOpen()).toBe(false);
    expect(await breaker.run(async () => succeeded)).toBe(succeeded);
  });

  it('half-open, the probe throws › is open again', async () => {
    const breaker = await createOpen();
    breaker.allowProbe();
    await expect(breaker.run(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(breaker.isOpen()).toBe(true);
  });

  it('a request sent before the opening fails after the closing › does not count', async () => {
    const breaker = createCircuitBreaker();
    const old = createRequest();
    const oldOutcome = breaker.run(old.send);
    for (let count = 0; count < 5; count += 1) await breaker.run(async () => failed);
    breaker.allowProbe();
    await breaker.run(async () => succeeded);
    for (let count = 0; count < 4; count += 1) await breaker.run(async () => failed);
    old.resolve(failed);
    await oldOutcome;
    expect(breaker.isOpen()).toBe(false);
  });

  it('a request sent before the opening succeeds › does not close it', async () => {
    const breaker = createCircuitBreaker();
    const old = createRequest();
    const oldOutcome = breaker.run(old.send);
    for (let count = 0; count < 5; count += 1) await breaker.run(async () => failed);
    old.resolve(succeeded);
    await oldOutcome;
    expect(breaker.isOpen()).toBe(true);
  });
});
