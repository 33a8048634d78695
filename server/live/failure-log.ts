import type { Log } from '../platform/log.ts';

/** Gathers what failed and will be tried again: thousands of streams fail alike when the database is down. */
export function createFailureNotes(log: Pick<Log, 'warn'>) {
  let times = 0;
  let latest: unknown;
  return {
    note(error: unknown): void {
      times++;
      latest = error;
    },

    /** One line, if there is anything to tell. */
    tell(): void {
      if (times > 0) log.warn({ err: latest, times }, 'panels wait for the database; it is tried again');
      times = 0;
      latest = undefined;
    },
  };
}
