/**
 * Rebuilds the index of the directory from the stored values after an update that reads values by other rules.
 *
 *   older version ── first batch ──▶ rebuilding ⇄ batch ── last batch ──▶ current
 *
 * The row of `directory_settings` holds the version of the index (`index_version`), the version a rebuild leads to
 * (`rebuild_version`) and the last customer it has reached (`rebuilt_to`, in the order of ids). Each batch is a
 * transaction that locks this row first, as imports do.
 *
 * Guaranteed: several processes share one rebuild; a killed one is continued from its last batch; a customer has either
 * the former rows or the new ones, never both; a process with older rules changes nothing. The country in which a
 * customer's numbers were read stays. Not guaranteed: that a cell which an earlier version cut wrongly becomes whole.
 */
import type { Log } from '../../platform/log.ts';
import type { Database } from '../../platform/storage/database.ts';
import { createLoop } from '../../platform/timing/loop.ts';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { createIndexRebuildStore } from './index-rebuild-store.ts';
import { indexVersion } from './index-version.ts';

/** Customers. On SQLite a batch occupies the event loop, for some 10 ms. */
const defaultBatchSize = 25;
/** An import by a server of another version may leave an older index. */
const checkEveryMs = 60_000;
const failureDelayMs = 5_000;
const logEvery = 10_000;

export function createIndexRebuild(parts: {
  database: Pick<Database, 'db'>;
  identifiers: IdentifierReader;
  log: Pick<Log, 'info'>;
  report(error: unknown): void;
  batchSize?: number;
}) {
  const { database, identifiers, log, report, batchSize = defaultBatchSize } = parts;
  const store = createIndexRebuildStore(database);
  let isCurrent = true;
  const counts = { customers: 0, changed: 0 };

  /** Resolves with whether the index is current. */
  async function readIsCurrent(): Promise<boolean> {
    const olderVersion = await store.findOlderVersion();
    if (olderVersion !== undefined && isCurrent) {
      Object.assign(counts, { customers: 0, changed: 0 });
      log.info({ from: olderVersion, to: indexVersion }, "rebuilding the directory's index");
    }
    isCurrent = olderVersion === undefined;
    return isCurrent;
  }

  /** Resolves with whether the index is current. */
  async function rebuildBatch(): Promise<boolean> {
    const batch = await store.rebuildBatch({ identifiers, batchSize });
    const before = counts.customers;
    counts.customers += batch?.customers ?? 0;
    counts.changed += batch?.changed ?? 0;
    isCurrent = batch?.isLast !== false;
    if (isCurrent) log.info({ ...counts, version: indexVersion }, "the directory's index is rebuilt");
    else if (Math.floor(before / logEvery) < Math.floor(counts.customers / logEvery)) {
      log.info(counts, "rebuilding the directory's index");
    }
    return isCurrent;
  }

  const loop = createLoop({
    async run() {
      if (await readIsCurrent()) return checkEveryMs;
      const startedAt = performance.now();
      if (await rebuildBatch()) return checkEveryMs;
      // As long as the batch took, so that the server's own work has half of the time.
      return Math.max(1, performance.now() - startedAt);
    },
    intervalMs: checkEveryMs,
    failureDelayMs: () => failureDelayMs,
    report,
  });

  return {
    readIsCurrent,
    rebuildBatch,
    /** As of the last batch or check of this process. */
    isCurrent: () => isCurrent,
    async start(): Promise<void> {
      await readIsCurrent();
      loop.start();
    },
    stop: loop.stop,
  };
}
