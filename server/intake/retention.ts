import { day, type RetentionRule } from '../platform/retention.ts';
import type { Database } from '../platform/storage/database.ts';
import { createInboxStore } from './inbox/inbox-store.ts';
import { deleteEndedGaps } from './socket/socket-gap-store.ts';

/** Bodies are personal data and are emptied once a replay is unlikely. A dead letter keeps its body for `rowMs`. */
const bodyMs = 7 * day;
/** A row without a body still marks its event as a duplicate. */
const rowMs = 30 * day;
/** Longer than any engagement that a gap may have touched. */
const gapMs = 120 * day;

export function createIntakeRetention(database: Pick<Database, 'db' | 'kind'>): RetentionRule[] {
  const inbox = createInboxStore(database);
  return [
    { table: 'inbox_events', class: 'personal', periodMs: bodyMs, delete: inbox.emptyBodies },
    { table: 'inbox_events', class: 'operational', periodMs: rowMs, delete: inbox.deleteOlder },
    {
      table: 'socket_gaps',
      class: 'operational',
      periodMs: gapMs,
      delete: (before, limit) => deleteEndedGaps(database.db, before, limit),
    },
    { table: 'socket_heartbeats', class: 'bounded', reason: 'one row for each account' },
  ];
}
