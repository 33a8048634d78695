import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { InboxStore, RetainedRow } from './inbox-store.ts';

const day = 24 * 60 * 60_000;

/**
 * How long events are kept, ms. A body is what Zoom said of a person: it goes as soon as nobody will want to replay it. A
 * row without its body still keeps the event from being taken twice. A dead letter keeps its body until it goes: it is
 * there to be looked at.
 */
export const retention = { bodyMs: 7 * day, rowMs: 30 * day };

const everyMs = 60 * 60_000;
const pageSize = 1_000;

export function createInboxRetention(parts: {
  store: Pick<InboxStore, 'readPage' | 'emptyBodies' | 'remove'>;
  clock: Clock;
  log: Pick<Log, 'warn'>;
}) {
  const { store, clock, log } = parts;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStopping = false;

  /** Page by page, so that nobody waits long: with SQLite each read and write blocks everything else. */
  async function sweep(): Promise<void> {
    const now = clock();
    for (let after = 0; !isStopping; ) {
      const page = await store.readPage(after, pageSize);
      const last = page.at(-1);
      // Ids grow with the time of arrival; what follows is younger still.
      if (!last || page.every(({ receivedAt }) => receivedAt > now - retention.bodyMs)) return;
      await store.remove(page.filter((row) => isOver(row, now)).map(({ id }) => id));
      await store.emptyBodies(page.filter((row) => hasSpoken(row, now)).map(({ id }) => id));
      after = last.id;
    }
  }

  function run(): void {
    running ??= sweep()
      .catch((err: unknown) => log.warn({ err }, 'old events could not be removed; tried again in an hour'))
      .finally(() => {
        running = undefined;
      });
  }

  return {
    sweep,
    start(): void {
      run();
      timer = setInterval(run, everyMs);
    },
    /** Resolves when nothing more is under way. */
    async stop(): Promise<void> {
      isStopping = true;
      clearInterval(timer);
      await running;
    },
  };
}

const isOver = ({ receivedAt, state }: RetainedRow, now: number) =>
  state !== 'pending' && receivedAt <= now - retention.rowMs;
const hasSpoken = (row: RetainedRow, now: number) =>
  row.hasBody &&
  row.receivedAt <= now - retention.bodyMs &&
  (row.state === 'applied' || row.state === 'ignored') &&
  !isOver(row, now);
