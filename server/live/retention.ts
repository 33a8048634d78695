import type { RetentionRule } from '../platform/retention.ts';
import type { ChangeStore } from './changes/change-store.ts';

const minute = 60_000;

/** The period is how long a panel may be away and still resume its stream. */
export function createLiveRetention(store: ChangeStore, periodMs = 60 * minute): RetentionRule[] {
  return [
    { table: 'live_events', class: 'operational', periodMs, everyMs: minute, delete: store.deleteBefore },
    { table: 'live_cursors', class: 'bounded', reason: 'one row for each account' },
  ];
}
