import type { RetentionRule } from '../platform/retention.ts';
import type { SessionStore } from './session-store.ts';

const minute = 60_000;

/** Expired rows are of no use; deleting them at each sign-in would cost every sign-in a write. */
export function createSessionRetention(store: SessionStore): RetentionRule[] {
  const rule = { class: 'credential', periodMs: 0, everyMs: minute } as const;
  return [
    { table: 'sessions', ...rule, delete: store.deleteExpiredSessions },
    { table: 'app_contexts', ...rule, delete: store.deleteExpiredContexts },
  ];
}
