import { day, type RetentionRule } from '../platform/retention.ts';
import type { Database } from '../platform/storage/database.ts';
import { deleteFinishedJobs } from './job-store.ts';

export function createReconcileRetention({ db }: Pick<Database, 'db'>): RetentionRule[] {
  return [
    {
      table: 'read_back_jobs',
      class: 'operational',
      periodMs: 7 * day,
      delete: (before, limit) => deleteFinishedJobs(db, before, limit),
    },
  ];
}
