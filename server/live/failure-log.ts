import type { Log } from '../platform/log.ts';

/** Collects failures into one log line: thousands of streams fail alike while the database is down. */
export function createFailureLog(log: Pick<Log, 'warn'>) {
  let count = 0;
  let latest: unknown;
  return {
    record(error: unknown): void {
      count++;
      latest = error;
    },

    /** Logs one line if anything failed since the last call. */
    flush(): void {
      if (count > 0) log.warn({ err: latest, count }, 'changes could not be read or sent; they are tried again');
      count = 0;
      latest = undefined;
    },
  };
}
