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
 * Everything that Zoom or a flow ever said, once each. `pending` is to be processed; `applied` changed a record or would
 * have, had it been new; `kept` says nothing that we use; `dead` could not be understood or applied, and `reason` says why.
 */
type InboxEventsTable = {
  id: Generated<number>;
  account: string;
  dedupe_key: string;
  origin: Origin;
  /** Zoom's name without `contact_center.`, or the flow script's. */
  event: string;
  engagement_id: string | null;
  /** ms UTC; null where the body does not say */
  happened_at: number | null;
  received_at: number;
  /** As it came but for card numbers and keypad digits; null once its time of keeping is over. */
  body: string | null;
  state: 'pending' | 'applied' | 'ignored' | 'dead';
  reason: string | null;
  processed_at: number | null;
};

type SocketGapsTable = { id: Generated<number>; account: string; from_at: number; until_at: number | null };
