/**
 * Writes one activity, at most once per key. Its record is a private comment that ends with our marker: on the ticket
 * of its case, or on a ticket of its own with the activity's key as `external_id`. With Talk Partner Edition a call
 * record is created before the comment.
 *
 *   case given, ticket not closed ──▶ that ticket
 *   otherwise ──▶ the ticket with our external_id ──▶ absent: does the customer exist? ──▶ create it (Idempotency-Key)
 *   ticket ──▶ its latest comments ──▶ our marker among them: logged before, done
 *                                 └─▶ absent ──▶ [call] ──▶ private comment
 *
 * Guaranteed: the next attempt continues one that was cut off anywhere, and writes nothing twice. Zendesk rejects a
 * comment on a ticket that changed since it was read (`safe_update`). The idempotency key guards ticket creation for as
 * long as Zendesk keeps it; after that the lookup by external_id does.
 *
 * Not guaranteed: a call may be recorded twice if an attempt broke right after it and Zendesk does not return our
 * marker in the call's comment. The comment after a call is written without `safe_update`, because the call changes the
 * ticket. A hundred newer comments hide the marker.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, mapFound, type Outcome } from '../port/outcome.ts';
import { isNoteOf, toActivityRecord, toPrivateComment } from './activity-record.ts';
import type { CommentRecord } from './api.ts';
import { ticketUrl } from './mapping.ts';
import type { Parts } from './parts.ts';
import { isCallOf } from './talk-calls.ts';

export async function logActivity(activity: Activity, parts: Parts): Promise<Outcome<LoggedActivity>> {
  const { api, settings, tickets, calls } = parts;
  const { key, subject, endedAt } = activity;
  const [agent, lookup] = await Promise.all([tickets.findAgent(activity.agent.email), tickets.find(activity)]);
  if (agent.kind !== 'found') return agent;
  if (lookup.kind !== 'found') return lookup;
  const authorId = agent.value;
  const { existing, closedCase } = lookup.value;
  const note = toActivityRecord(activity, authorId);
  const hasCall = calls.accepts(activity);
  // The note is written last: its presence proves that everything before it was written.
  const firstComment = hasCall ? toPrivateComment(subject, authorId) : note;
  const place = existing ? found(existing) : await tickets.create(activity, firstComment, closedCase);
  if (place.kind !== 'found') return place;
  const ticket = place.value;
  const logged = { id: String(ticket.id), url: ticketUrl(settings.agentUrl, ticket.id) };
  if (!existing && !hasCall) return found({ ...logged, isNew: true });

  const comments = await tickets.listComments(ticket.id, endedAt);
  if (comments.kind !== 'found') return comments;
  const isOurs = (comment: CommentRecord) => comment.public === false && isNoteOf(comment.body, key);
  if (comments.value.some(isOurs)) return found({ ...logged, isNew: false });

  const needsCall = hasCall && !comments.value.some((comment) => isCallOf(comment, key));
  const call = needsCall ? await calls.write(activity, ticket.id, authorId) : found(false);
  if (call.kind !== 'found') return call;
  const stamp = call.value ? undefined : (ticket.updated_at ?? undefined);
  const written = await api.addComment(ticket.id, note, stamp);
  return mapFound(written, () => ({ ...logged, isNew: true }));
}
