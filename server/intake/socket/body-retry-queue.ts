/**
 * Bodies from the WebSocket that are not stored yet. Zoom does not repeat them, so each waits here until it is stored.
 *
 *   storing ──▶ stored: dropped
 *      └──▶ failed: waits ──back-off──▶ storing
 *
 * Guaranteed: every body is retried until it is stored, as long as the process lives, and one that always fails does
 * not block the others. Not guaranteed: order (events are dated), and that a body is stored once (a commit may succeed
 * whose answer is lost; the inbox detects the duplicate by its key).
 *
 * Back-off: full jitter, from `firstRetryMs` to `maxRetryMs`. One body at a time is retried; once it is stored, all
 * others are retried at once.
 */
import type { Log } from '../../platform/log.ts';
import { createBackOff } from '../../platform/timing/back-off.ts';
import { pause } from '../../platform/timing/pause.ts';

type BodyRetryQueue = {
  add(body: string): void;
  /** The memory limit is reached; the caller must stop adding. */
  isFull(): boolean;
  /** At least one body could not be stored and waits. */
  isRetrying(): boolean;
  /** Resolves when every body is stored, or after `timeoutMs`, with whether every body is. */
  settle(timeoutMs: number): Promise<boolean>;
};

export type BodyRetryLimits = { maxBodies: number; maxCharacters: number; firstRetryMs: number; maxRetryMs: number };

const maxConcurrent = 200;

export function createBodyRetryQueue(parts: {
  store(body: string): Promise<unknown>;
  limits: BodyRetryLimits;
  random: () => number;
  log: Pick<Log, 'info' | 'error'>;
}): BodyRetryQueue {
  const { limits, random } = parts;
  let count = 0;
  let characters = 0;
  let failed: string[] = [];
  let isRetrying = false;

  async function tryToStore(body: string): Promise<boolean> {
    try {
      await parts.store(body);
    } catch {
      failed.push(body);
      return false;
    }
    count -= 1;
    characters -= body.length;
    return true;
  }

  async function retry(): Promise<void> {
    if (isRetrying) return;
    isRetrying = true;
    parts.log.error('events of the WebSocket cannot be stored and wait in memory');
    const backOff = createBackOff({ firstMs: limits.firstRetryMs, maxMs: limits.maxRetryMs, random });
    while (failed.length > 0) {
      await pause(backOff.next());
      if (!(await tryToStore(failed.shift() ?? ''))) continue;
      backOff.reset();
      await storeAll();
    }
    isRetrying = false;
    parts.log.info('the waiting events of the WebSocket are stored');
  }

  /** Tries every waiting body once; gives up at the first group of which none is stored. */
  async function storeAll(): Promise<void> {
    const waiting = failed;
    failed = [];
    while (waiting.length > 0) {
      const results = await Promise.all(waiting.splice(0, maxConcurrent).map(tryToStore));
      if (results.includes(true)) continue;
      failed.push(...waiting);
      return;
    }
  }

  return {
    add(body) {
      count += 1;
      characters += body.length;
      void tryToStore(body).then((isStored) => (isStored ? undefined : retry()));
    },
    isFull: () => count >= limits.maxBodies || characters >= limits.maxCharacters,
    isRetrying: () => isRetrying,
    async settle(timeoutMs) {
      const end = performance.now() + timeoutMs;
      while (count > 0 && performance.now() < end) await pause(20);
      return count === 0;
    },
  };
}
