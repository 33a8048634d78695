/**
 * One activity in Zendesk, once. Its record is a private comment that ends with our marker: on the ticket of its case, or
 * on a ticket of its own that carries the activity's key as `external_id`. Where Talk Partner Edition is there, a call is
 * recorded besides, before the comment.
 *
 *   case named, ticket not closed ──▶ that ticket
 *   otherwise ──▶ the ticket with our external_id ──▶ none yet: is the customer there? ──▶ it is made (Idempotency-Key)
 *   ticket ──▶ its last comments ──▶ our marker among them: written before, nothing more is done
 *                               └─▶ none ──▶ [call] ──▶ private comment
 *
 * Guaranteed: a try that was cut off anywhere is continued by the next; what was written is found and not written again.
 * Between the look and the comment nobody can slip in: Zendesk refuses a comment on a ticket that was changed since
 * (`safe_update`), and the next try looks again. Making a ticket is guarded by its idempotency key for as long as Zendesk
 * keeps that, and by the look for its external_id from then on.
 *
 * Not guaranteed: a call may be there twice when a try broke after it was made and Zendesk does not give our marker back in
 * the call's comment. After a call was made the comment is written without `safe_update`, for the call has changed the
 * ticket. A hundred newer comments hide the marker.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, mapFound, type Outcome } from '../port/outcome.ts';
import { isNoteOf, toNote } from './activity-record.ts';
import type { Api, CommentRecord } from './api.ts';
import { createLogTickets } from './log-tickets.ts';
import { ticketUrl } from './mapping.ts';
import { createTalkCalls, isCallOf, type TalkSettings } from './talk-calls.ts';

export type LogSettings = TalkSettings & { agentUrl: string };

export function createActivityLog(
  settings: LogSettings,
  { api, clock }: { api: Api; clock: Clock },
): (activity: Activity) => Promise<Outcome<LoggedActivity>> {
  const tickets = createLogTickets({ api, clock });
  const calls = createTalkCalls(settings, { api, clock });

  return async (activity) => {
    const { key, subject, endedAt } = activity;
    const agent = await tickets.findAgent(activity.agent.email);
    if (agent.kind !== 'found') return agent;
    const author = agent.value;
    const toPrivate = (body: string) => {
      return { body, public: false as const, ...(author !== undefined && { author_id: author }) };
    };
    const note = toPrivate(toNote(activity));
    const takesCall = calls.takes(activity);
    // The note is the last that is written: whoever finds it finds all done.
    const place = await tickets.findOrMake(activity, takesCall ? toPrivate(subject) : note);
    if (place.kind !== 'found') return place;
    const { ticket, isNew } = place.value;
    const logged = { id: String(ticket.id), url: ticketUrl(settings.agentUrl, ticket.id) };
    if (isNew && !takesCall) return found({ ...logged, isNew: true });

    const comments = await tickets.listComments(ticket.id, endedAt);
    if (comments.kind !== 'found') return comments;
    const isOurs = (comment: CommentRecord) => comment.public === false && isNoteOf(comment.body, key);
    if (comments.value.some(isOurs)) return found({ ...logged, isNew: false });

    const wantsCall = takesCall && !comments.value.some((comment) => isCallOf(comment, key));
    const call = wantsCall ? await calls.write(activity, ticket.id, author) : found(false);
    if (call.kind !== 'found') return call;
    const stamp = call.value ? undefined : (ticket.updated_at ?? undefined);
    const written = await api.addComment(ticket.id, note, stamp);
    return mapFound(written, () => ({ ...logged, isNew: true }));
  };
}
