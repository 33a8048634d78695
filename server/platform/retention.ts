/**
 * How long every table keeps its rows. Each feature declares the rules of its tables; one loop applies them all. Rows
 * are deleted in small batches with pauses between them, because SQLite blocks all queries while it writes. Any number
 * of processes may do it at once: a row that is already gone costs nothing. A rule that fails holds up no other and is
 * tried again when it is due next.
 */
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Schema } from './storage/schema.ts';
import { createLoop, type Loop } from './timing/loop.ts';
import { pause } from './timing/pause.ts';

/**
 * - `personal`: about a customer, an agent or a call.
 * - `credential`: grants access until it expires.
 * - `operational`: needed for the work of the server itself.
 * - `bounded`: a row for each account, process or parent row, which replaces or deletes it.
 * - `permanent`: nothing deletes it but an operator.
 */
export type RetentionRule = { table: keyof Schema } & (
  | {
      class: 'personal' | 'credential' | 'operational';
      /** ms */
      periodMs: number;
      /** ms between two runs; an hour by default. */
      everyMs?: number;
      /** Deletes at most `limit` rows older than `before` (ms UTC), or their personal part; returns how many. */
      delete(before: number, limit: number): Promise<number>;
    }
  | { class: 'bounded' | 'permanent'; reason: string }
);

const minute = 60_000;
export const day = 24 * 60 * minute;

const defaultEveryMs = 60 * minute;
const batchSize = 200;
const pauseMs = 20;

/** Runs as a loop; `runDue` applies once all rules that are due. */
type Retention = Pick<Loop, 'start' | 'stop'> & { runDue(signal?: AbortSignal): Promise<void> };

export function createRetention(parts: { rules: RetentionRule[]; clock: Clock; log: Pick<Log, 'warn'> }): Retention {
  const { rules, clock, log } = parts;
  const nextRuns = new Map<RetentionRule, number>();

  async function applyRule(rule: RetentionRule, signal: AbortSignal | undefined): Promise<void> {
    if (!('delete' in rule)) return;
    const before = clock() - rule.periodMs;
    while (!signal?.aborted && (await rule.delete(before, batchSize)) >= batchSize) await pause(pauseMs, signal);
  }

  async function runDue(signal?: AbortSignal): Promise<void> {
    for (const rule of rules) {
      const now = clock();
      if (signal?.aborted || !('delete' in rule) || now < (nextRuns.get(rule) ?? 0)) continue;
      nextRuns.set(rule, now + (rule.everyMs ?? defaultEveryMs));
      await applyRule(rule, signal).catch((err: unknown) =>
        log.warn({ err, table: rule.table }, 'old rows could not be deleted; they are tried again later'),
      );
    }
  }

  const report = (err: unknown) => log.warn({ err }, 'the retention of rows failed');
  return { ...createLoop({ run: runDue, intervalMs: minute, report }), runDue };
}
