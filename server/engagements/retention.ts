import { day, type RetentionRule } from '../platform/retention.ts';
import type { Database } from '../platform/storage/database.ts';
import { createAgentStore } from './agent-store.ts';
import { createEngagementStore } from './engagement-store.ts';
import { createErasedEngagementStore } from './erased-engagement-store.ts';
import { createObservationStore } from './observation-store.ts';

/** Counted from an engagement's end, and from the last change of an observation or an agent record. */
const periodMs = 90 * day;

/** Reconciliation asks Zoom for the last month at most. */
const erasedMs = 90 * day;

export function createEngagementRetention(database: Pick<Database, 'db' | 'kind'>): RetentionRule[] {
  const engagements = createEngagementStore(database);
  const observations = createObservationStore(database);
  const agents = createAgentStore(database);
  const erased = createErasedEngagementStore(database);
  return [
    { table: 'engagements', class: 'personal', periodMs, delete: engagements.deleteOlder },
    { table: 'engagement_agents', class: 'bounded', reason: 'deleted when the engagement ends or is deleted' },
    { table: 'observations', class: 'personal', periodMs, delete: observations.deleteOlder },
    { table: 'agents', class: 'personal', periodMs, delete: agents.deleteOlder },
    { table: 'erased_engagements', class: 'operational', periodMs: erasedMs, delete: erased.deleteOlder },
  ];
}
