import { endpoint } from './endpoint.ts';
import type { EngagementView } from './view.ts';

/**
 * `GET /api/live`: server-sent events, read by `fetch` because a bearer cannot be sent otherwise. `Last-Event-ID`
 * resumes after that id; without it, or when it is too old, unknown or malformed, the stream begins with `reset`.
 *
 *   id: 1042
 *   event: engagement            an engagement's whole view, newer than any earlier one of the same engagement
 *   event: reset                 all open engagements of this agent; any other has ended
 *   event: end                   the server closes the stream for `reason`
 *
 * A comment line every 15 s keeps the connection detectable. Events of one engagement that a slow reader has not
 * received yet are replaced by the newest. Ids grow, by account, and have no other meaning.
 */
export type LiveEvent =
  | { type: 'engagement'; id: number; data: EngagementView }
  | { type: 'reset'; id: number; data: { views: EngagementView[] } }
  | { type: 'end'; data: { reason: EndReason } };

/**
 * `signed-out`: sign in again. `replaced`: this agent opened too many streams. `draining`: the server restarts; come
 * again.
 */
export type EndReason = 'signed-out' | 'replaced' | 'draining';

export const keepAliveMs = 15_000;

export const openLiveStream = endpoint<{ answer: LiveEvent }>()({ method: 'GET', path: '/api/live' });
