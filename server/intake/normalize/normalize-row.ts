import type { AgentEvent, NormalizedEvent } from '../../events.ts';
import type { InboxRow } from '../inbox/inbox-store.ts';
import { eventCatalog } from './event-catalog.ts';
import { asObject, withoutAbsent } from './json-fields.ts';
import { normalizeFlowPost } from './normalize-flow-post.ts';
import { parseAndRedact } from './parse-and-redact.ts';
import { readEnvelope, readZoomObject } from './read-envelope.ts';
import { toAgentEvent } from './to-agent-event.ts';
import { toEngagementEvent } from './to-engagement-event.ts';

type StoredEvent = Pick<
  InboxRow,
  'origin' | 'event' | 'engagement_id' | 'happened_at' | 'received_at' | 'dedupe_key' | 'body'
>;

/** `reason` is a code and holds nothing of the body. */
export type Normalization =
  | {
      kind: 'events';
      events: NormalizedEvent[];
      /** As the body names the account, where it was unreadable at its arrival and the row's is a default. */
      accountId?: string;
    }
  | { kind: 'ignored' }
  | { kind: 'malformed'; reason: string };

/**
 * The engagement and agent events of a stored row. A pure function of the row, so a replay derives the same events with
 * the same keys. The body was redacted before it was stored and is not redacted again.
 */
export function normalizeRow(row: StoredEvent): Normalization {
  if (row.body === null) return { kind: 'malformed', reason: 'no-body' };
  if (row.event === unreadableEvent) return normalizeUnreadable(row, row.body);
  const parsed = parseStoredBody(row.body);
  if ('reason' in parsed) return { kind: 'malformed', reason: parsed.reason };
  return row.origin === 'flow' ? normalizeFlowRow(row, parsed.body) : normalizeZoomRow(row, parsed.body);
}

function parseStoredBody(stored: string): { body: unknown } | { reason: string } {
  try {
    return { body: JSON.parse(stored) };
  } catch {
    return { reason: 'not-json' };
  }
}

/**
 * Reads a body that was unreadable at its arrival with all checks, for a too deep nesting is no error of the parser. If
 * it is readable now, the row's columns, which were read from nothing, are replaced by those of the body.
 */
function normalizeUnreadable(row: StoredEvent, stored: string): Normalization {
  const read = parseAndRedact(stored);
  if (read.kind === 'unreadable') return { kind: 'malformed', reason: read.reason };
  const { event, key, happenedAt, engagementId, accountId } = readEnvelope(read.body, row.received_at);
  const columns = { event, dedupe_key: key, happened_at: happenedAt, engagement_id: engagementId };
  const normalized = normalizeZoomRow({ ...row, ...columns }, read.body);
  return normalized.kind === 'events' ? { ...normalized, ...withoutAbsent({ accountId }) } : normalized;
}

/** The event name of rows whose body could not be read. */
export const unreadableEvent = 'unreadable';

function normalizeFlowRow({ event, received_at, dedupe_key }: StoredEvent, body: unknown): Normalization {
  const post = normalizeFlowPost({ name: event, body: asObject(body) ?? {}, key: dedupe_key, receivedAt: received_at });
  if (post.kind === 'refused') return { kind: 'malformed', reason: 'no-engagement-id' };
  return { kind: 'events', events: [{ subject: 'engagement', event: post.event }] };
}

function normalizeZoomRow(row: StoredEvent, body: unknown): Normalization {
  const { event, origin, engagement_id: engagementId, dedupe_key: key } = row;
  const at = row.happened_at ?? row.received_at;
  const object = readZoomObject(body);
  const meaning = eventCatalog.get(event);
  if (meaning?.subject === 'agent') return normalizeAgentRow(toAgentEvent(meaning.kind, object, key, at), meaning.kind);
  if (meaning?.subject === 'engagement' && engagementId !== null) {
    const engagementEvent = toEngagementEvent({ event, kind: meaning.kind, object, engagementId, key, at, origin });
    return { kind: 'events', events: [{ subject: 'engagement', event: engagementEvent }] };
  }
  // A replayed row that was ignored or dead at its arrival.
  const { outcome } = readEnvelope(body, row.received_at);
  return outcome.state === 'dead' ? { kind: 'malformed', reason: outcome.reason } : { kind: 'ignored' };
}

function normalizeAgentRow(event: AgentEvent | undefined, kind: AgentEvent['kind']): Normalization {
  if (event !== undefined) return { kind: 'events', events: [{ subject: 'agent', event }] };
  // These events may list several users in other fields instead of naming one.
  return kind === 'profile' ? { kind: 'ignored' } : { kind: 'malformed', reason: 'no-user-id' };
}
