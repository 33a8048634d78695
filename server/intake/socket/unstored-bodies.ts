/**
 * What came over the WebSocket and is not stored yet. Zoom sends nothing twice, so a body is held until it is stored.
 *
 *   held, being stored ──▶ stored: forgotten
 *            └──▶ failed: held, waits ──back-off──▶ held, being stored
 *
 * Guaranteed: a body that was added is offered again until it is stored, for as long as the process lives. One that
 * always fails keeps no other from being stored. Not guaranteed: order, which nobody needs (statements are dated), and
 * that each is stored once (a failure may come after the commit; the inbox knows it by its key).
 *
 * Back-off: half a second, doubled to at most 15 s, with full jitter; one body tries for all, and the first that is stored
 * lets the others follow at once.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../../platform/log.ts';

export type UnstoredBodies = {
  add(body: string): void;
  /** More would cost too much memory: whoever adds must stop. */
  isFull(): boolean;
  /** Something could not be stored and waits. */
  isStuck(): boolean;
  /** Resolves when nothing is held, or after so many ms; answers whether nothing is. */
  settle(withinMs: number): Promise<boolean>;
};

export type UnstoredLimits = { maxBodies: number; maxCharacters: number; firstRetryMs: number; maxRetryMs: number };

const storedAtOnce = 200;

export function createUnstoredBodies(parts: {
  store(body: string): Promise<unknown>;
  limits: UnstoredLimits;
  random: () => number;
  log: Pick<Log, 'info' | 'error'>;
}): UnstoredBodies {
  const { limits } = parts;
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
    parts.log.error('events of the WebSocket cannot be stored and are held');
    for (let failures = 0; failed.length > 0; ) {
      const longest = Math.min(limits.maxRetryMs, limits.firstRetryMs * 2 ** failures);
      await wait(parts.random() * longest, undefined, { ref: false });
      const isStored = await tryToStore(failed.shift() ?? '');
      failures = isStored ? 0 : Math.min(failures + 1, 20);
      if (isStored) await storeAll();
    }
    isRetrying = false;
    parts.log.info('the events of the WebSocket that were held are stored');
  }

  /** Everything that waits, once. */
  async function storeAll(): Promise<void> {
    const waiting = failed;
    failed = [];
    while (waiting.length > 0) {
      const results = await Promise.all(waiting.splice(0, storedAtOnce).map(tryToStore));
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
    isStuck: () => isRetrying,
    async settle(withinMs) {
      const end = performance.now() + withinMs;
      while (count > 0 && performance.now() < end) await wait(20);
      return count === 0;
    },
  };
}
