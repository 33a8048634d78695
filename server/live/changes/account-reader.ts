import type { Change, ChangeStore } from './change-store.ts';

const pageSize = 500;

export type AccountReader = ReturnType<typeof createAccountReader>;

/**
 * Reads the changes of one account in id order, once for all its streams in this process.
 *
 * The cursor is the newest id passed to `onChange`: all changes up to it are committed, all later ones will be passed.
 * It moves in the same turn of the event loop as the call, so both always agree.
 *
 * States: new → started → reading at every notification or poll; a failed read is repeated at the next one. If ids are
 * missing (the process slept longer than the retention period, or the database was restored from a backup), the cursor
 * is set to the newest id and `onMissingChanges` is called.
 */
export function createAccountReader(parts: {
  account: string;
  store: ChangeStore;
  onChange(change: Change): void;
  onMissingChanges(): void;
}) {
  const { account, store, onChange, onMissingChanges } = parts;
  let cursor: number | undefined;
  let starting: Promise<void> | undefined;
  let reading: Promise<void> | undefined;
  let nextRead: Promise<void> | undefined;

  async function placeCursor(): Promise<void> {
    cursor = await store.readLast(account);
  }

  async function skipMissing(): Promise<void> {
    await placeCursor();
    onMissingChanges();
  }

  async function readPages(): Promise<void> {
    for (;;) {
      if (cursor === undefined) return;
      const changes = await store.readAfter(account, cursor, pageSize);
      const [first] = changes;
      if (first === undefined) return;
      if (first.id !== cursor + 1) return skipMissing();
      for (const change of changes) {
        cursor = change.id;
        onChange(change);
      }
      if (changes.length < pageSize) return;
    }
  }

  /** Resolves after a read that began after the call. */
  function readNewChanges(): Promise<void> {
    if (!reading) {
      reading = readPages().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    const readAgain = () => {
      nextRead = undefined;
      return readNewChanges();
    };
    nextRead ??= reading.then(readAgain, readAgain);
    return nextRead;
  }

  return {
    /** Everything committed after this call will be passed to `onChange`. */
    start(): Promise<void> {
      starting ??= placeCursor().catch((error: unknown) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },

    /** Valid once started. */
    cursor: () => cursor ?? 0,

    readNewChanges,

    /** `last`: the account's newest id, as just read. */
    async readUpTo(last: number): Promise<void> {
      if (cursor === undefined || last === cursor) return;
      // The cursor may have passed `last` meanwhile; only a newest id before it means that the database was restored.
      const before = cursor;
      const isRewound = last < before && (await store.readLast(account)) < before;
      if (!isRewound) await readNewChanges();
      if (isRewound || cursor < last) await skipMissing();
    },
  };
}
