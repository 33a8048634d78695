import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLoop, type LoopParts } from './loop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function startLoop(parts: Partial<LoopParts> = {}) {
  const run = vi.fn<LoopParts['run']>(async () => {});
  const report = vi.fn();
  const loop = createLoop({ run, intervalMs: 1_000, report, ...parts });
  loop.start();
  onTestFinished(() => loop.stop());
  return { loop, run, report };
}

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A run that ends when the test says so. */
function createGate() {
  const ends: (() => void)[] = [];
  const run = vi.fn(
    (_signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
      }),
  );
  return { run, end: () => ends.shift()?.() };
}

describe('loop', () => {
  it('started › runs at once and then at every interval', async () => {
    const { run } = startLoop();
    await advance(0);
    expect(run).toHaveBeenCalledTimes(1);
    await advance(999);
    expect(run).toHaveBeenCalledTimes(1);
    await advance(1);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('a first delay › runs after it', async () => {
    const { run } = startLoop({ firstDelayMs: 500 });
    await advance(499);
    expect(run).not.toHaveBeenCalled();
    await advance(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('a run that returns a delay › is followed after that delay', async () => {
    const run = vi.fn<() => Promise<number | undefined>>().mockResolvedValueOnce(0).mockResolvedValueOnce(50);
    startLoop({ run });
    await advance(0);
    expect(run).toHaveBeenCalledTimes(2);
    await advance(50);
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('woken while it waits › runs at once', async () => {
    const { loop, run } = startLoop();
    await advance(10);
    loop.wake();
    await advance(0);
    expect(run).toHaveBeenCalledTimes(2);
    await advance(999);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('woken during a run › runs once more after it, never beside it', async () => {
    const gate = createGate();
    const { loop } = startLoop({ run: gate.run });
    await advance(0);
    loop.wake();
    loop.wake();
    await advance(5_000);
    expect(gate.run).toHaveBeenCalledTimes(1);
    gate.end();
    await advance(0);
    expect(gate.run).toHaveBeenCalledTimes(2);
    gate.end();
    await advance(999);
    expect(gate.run).toHaveBeenCalledTimes(2);
  });

  it('a failed run › is reported and repeated after the failure delay, which wake does not shorten', async () => {
    const failure = new Error('down');
    const run = vi.fn(async () => {
      throw failure;
    });
    const { loop, report } = startLoop({ run, failureDelayMs: () => 300 });
    await advance(0);
    expect(report).toHaveBeenCalledExactlyOnceWith(failure);
    loop.wake();
    await advance(299);
    expect(run).toHaveBeenCalledTimes(1);
    await advance(1);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('stopped while it waits › runs no more, and wake does nothing', async () => {
    const { loop, run } = startLoop();
    await advance(0);
    await loop.stop();
    loop.wake();
    await advance(5_000);
    expect(run).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stopped during a run › aborts the signal and waits for the run', async () => {
    const gate = createGate();
    const { loop } = startLoop({ run: gate.run });
    await advance(0);
    const hasStopped = vi.fn();
    void loop.stop().then(hasStopped);
    expect(gate.run.mock.calls[0]?.[0].aborted).toBe(true);
    await advance(60_000);
    expect(hasStopped).not.toHaveBeenCalled();
    gate.end();
    await advance(0);
    expect(hasStopped).toHaveBeenCalled();
  });

  it('a run that never ends › is waited for at most drainMs', async () => {
    const gate = createGate();
    const { loop } = startLoop({ run: gate.run, drainMs: 3_000 });
    await advance(0);
    const stopped = loop.stop();
    await advance(3_000);
    await expect(stopped).resolves.toBeUndefined();
    gate.end();
  });

  it('started again while an earlier run is finishing › waits for it', async () => {
    const gate = createGate();
    const { loop } = startLoop({ run: gate.run, drainMs: 10 });
    await advance(0);
    void loop.stop();
    loop.start();
    await advance(100);
    expect(gate.run).toHaveBeenCalledTimes(1);
    gate.end();
    await advance(0);
    expect(gate.run).toHaveBeenCalledTimes(2);
    gate.end();
  });

  it('started twice › runs once', async () => {
    const { loop, run } = startLoop();
    loop.start();
    await advance(0);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
