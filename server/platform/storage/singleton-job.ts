import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { createLease, type Lease } from './lease.ts';

/** Runs a job in one process at a time of all that share the database: the one that holds the lease of this name. */
export function createSingletonJob(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  name: string;
  job: { start(): void; stop(): Promise<void> };
  report(error: unknown): void;
}): Lease {
  const { database, name, job, report } = parts;
  return createLease({
    database,
    name,
    owner: randomUUID(),
    ttlMs: 15_000,
    renewEveryMs: 5_000,
    onGained: job.start,
    onLost: job.stop,
    report,
  });
}
