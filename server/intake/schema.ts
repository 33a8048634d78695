import type { Generated } from 'kysely';
import type { Origin } from '../events.ts';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    inbox_events: InboxEventsTable;
    socket_gaps: SocketGapsTable;
    socket_heartbeats: { account: string; last_at: number };
  }
}

/**
 * Every delivery of Zoom or a flow, once. `pending`: not processed yet. `applied`: its events are in the records.
 * `ignored`: its event is not used. `dead`: it cannot be read or applied; `reason` is the code of why.
 */
type InboxEventsTable = {
  id: Generated<number>;
  account: string;
  dedupe_key: string;
  origin: Origin;
  /** Zoom's name without `contact_center.`, or the flow script's. */
  event: string;
  engagement_id: string | null;
  /** ms UTC; null if the body has no plausible time */
  happened_at: number | null;
  received_at: number;
  /** Without card numbers and keypad digits; null after its retention period. */
  body: string | null;
  state: 'pending' | 'applied' | 'ignored' | 'dead';
  reason: string | null;
  processed_at: number | null;
};

type SocketGapsTable = { id: Generated<number>; account: string; from_at: number; until_at: number | null };
