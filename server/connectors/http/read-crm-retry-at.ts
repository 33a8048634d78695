import { readRetryAt } from '../../platform/timing/retry-after.ts';

const bounds = { minMs: 1_000, maxMs: 10 * 60_000, defaultMs: 10_000 };

/** When the next request may be sent after a 429, ms UTC: in ten minutes at the latest, in 10 s if it names no time. */
export function readCrmRetryAt(headers: { get(name: string): string | null }, now: number): number {
  return readRetryAt(headers, now, bounds);
}
