import type { NewInboxRow } from '../inbox/inbox-store.ts';
import { computeEventKey } from './event-key.ts';
import { type NormalizedBody, normalizeZoomEvent } from './normalize-zoom-event.ts';
import { readBody } from './read-body.ts';
import { asObject } from './read-fields.ts';
import { flowEventName, readFlowPost } from './read-flow-post.ts';

/** What a stored row says, now as at its arrival: the body holds everything, and reading it is a pure function. */
export function normalizeRow(
  row: Pick<NewInboxRow, 'origin' | 'event' | 'body' | 'received_at' | 'dedupe_key'>,
): NormalizedBody {
  const { origin, event, received_at: receivedAt } = row;
  const read = readBody(row.body ?? '');
  const understood = { event, accountId: undefined, key: row.dedupe_key, happenedAt: null, engagementId: null };
  if (read.kind === 'unreadable') return { ...understood, kind: 'malformed', reason: read.reason };
  if (origin === 'flow') return normalizeFlowPost(event, read.body, receivedAt);
  return normalizeZoomEvent(read.body, receivedAt, origin);
}

/** `happenedAt` stays null: a flow's post has no time of its own. */
export function normalizeFlowPost(name: string, body: unknown, receivedAt: number): NormalizedBody {
  const event = flowEventName(name);
  const understood = { event, accountId: undefined, key: computeEventKey('flow', event, body), happenedAt: null };
  const post = readFlowPost(event, asObject(body) ?? {}, receivedAt);
  if (post.kind === 'refused') {
    return { ...understood, engagementId: null, kind: 'malformed', reason: 'no-engagement-id' };
  }
  const { statement } = post;
  const { engagementId } = statement;
  return { ...understood, engagementId, kind: 'statements', statements: [{ subject: 'engagement', event: statement }] };
}
