import type { Change, LiveStore } from './change-store.ts';

/** Changes read at once. */
const pageSize = 500;

export type AccountReader = ReturnType<typeof createAccountReader>;

/**
 * Reads what changed in one account, once for all its streams in this process, and hands it over in the order of the
 * ids. The cursor says up to where: everything after it will be handed over, everything up to it was committed before
 * now. It moves in the same turn in which the changes are handed over, so whoever looks at both sees them agree.
 *
 * States: fresh → `start` → reading on at every wake-up or poll. What fails is tried again at the next one. Where ids
 * are missing (the process slept longer than changes are kept, the database went back to a backup), `onGap` is told,
 * and the cursor stands at the newest id again.
 */
export function createAccountReader(parts: {
  account: string;
  store: LiveStore;
  onChange(change: Change): void;
  onGap(): void;
}) {
  const { account, store, onChange, onGap } = parts;
  let cursor: number | undefined;
  let starting: Promise<void> | undefined;
  let reading: Promise<void> | undefined;
  let readingAgain: Promise<void> | undefined;

  async function placeCursor(): Promise<void> {
    cursor = await store.readLast(account);
  }

  async function skipGap(): Promise<void> {
    await placeCursor();
    onGap();
  }

  async function readPages(): Promise<void> {
    for (;;) {
      if (cursor === undefined) return;
      const changes = await store.readAfter(account, cursor, pageSize);
      const [first] = changes;
      if (first === undefined) return;
      if (first.id !== cursor + 1) return skipGap();
      for (const change of changes) {
        cursor = change.id;
        onChange(change);
      }
      if (changes.length < pageSize) return;
    }
  }

  /** Resolves after a reading that began after the call. */
  function readOn(): Promise<void> {
    if (!reading) {
      reading = readPages().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    const again = () => {
      readingAgain = undefined;
      return readOn();
    };
    readingAgain ??= reading.then(again, again);
    return readingAgain;
  }

  return {
    /** Everything that is committed after this was called will be handed over. */
    start(): Promise<void> {
      starting ??= placeCursor().catch((error: unknown) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },

    /** Meaningful once started. */
    cursor: () => cursor ?? 0,

    readOn,

    /** After a look at the account's newest id that found another than the cursor. */
    async readUpTo(last: number): Promise<void> {
      if (cursor === undefined || last === cursor) return;
      // The reader may have moved on since that look; a newest id before what is already handed over is another matter.
      const before = cursor;
      const isRewound = last < before && (await store.readLast(account)) < before;
      if (!isRewound) await readOn();
      if (isRewound || cursor < last) await skipGap();
    },
  };
}
