/**
 * Work that repeats until it is stopped.
 *
 *   stopped ── start ──▶ running ⇄ waiting        waiting ends after the interval, by wake() or by stop()
 *      ▲                    └─ failed ─▶ waiting   for `failureDelayMs`, which wake() does not shorten
 *      └────── stop ────────┘
 *
 * Guaranteed: `run` never overlaps itself, not even when the loop is started again while an earlier run is finishing;
 * a wake() that comes during a run causes another run at once; an error reaches `report` and never ends the loop.
 * Not guaranteed: that a run has ended when `stop` resolves: it waits at most `drainMs`. `run` receives a signal that
 * is aborted by `stop`.
 */
import { withDeadline } from './deadline.ts';
import { pause } from './pause.ts';

export type Loop = {
  /** Does nothing while the loop runs. */
  start(): void;
  /** Runs at once instead of after the interval. Does nothing while the loop is stopped. */
  wake(): void;
  /** Resolves when the current run has ended, or after `drainMs`. May be started again. */
  stop(): Promise<void>;
};

export type LoopParts = {
  /** Resolves with the delay until the next run, ms; undefined means `intervalMs`, 0 means at once. */
  run(signal: AbortSignal): Promise<number | undefined> | Promise<void>;
  intervalMs: number;
  /** Before the first run; 0 by default. */
  firstDelayMs?: number;
  /** Unlimited by default. */
  drainMs?: number;
  /** The delay after a failed run; `intervalMs` by default. */
  failureDelayMs?: () => number;
  report(error: unknown): void;
};

export function createLoop(parts: LoopParts): Loop {
  const { run, intervalMs, firstDelayMs = 0, drainMs, failureDelayMs = () => intervalMs, report } = parts;
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();
  let isWoken = false;
  let endWait = () => {};

  async function runOnce(signal: AbortSignal): Promise<void> {
    isWoken = false;
    try {
      const delay = (await run(signal)) ?? intervalMs;
      if (delay > 0) await waitUnlessWoken(delay, signal);
    } catch (error) {
      report(error);
      await pause(failureDelayMs(), signal);
    }
  }

  async function waitUnlessWoken(ms: number, signal: AbortSignal): Promise<void> {
    if (isWoken) return;
    const woken = new AbortController();
    endWait = () => woken.abort();
    await pause(ms, AbortSignal.any([signal, woken.signal]));
    endWait = () => {};
  }

  async function runAll(signal: AbortSignal): Promise<void> {
    if (firstDelayMs > 0) await waitUnlessWoken(firstDelayMs, signal);
    while (!signal.aborted) await runOnce(signal);
  }

  return {
    start() {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      isWoken = false;
      running = running.then(() => runAll(signal));
    },
    wake() {
      isWoken = true;
      endWait();
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      if (drainMs === undefined) await running;
      else
        await withDeadline(
          drainMs,
          () => running,
          () => undefined,
        );
    },
  };
}
