/* Pure functions from the feed, the stream and the cached views to what the panel as a whole shows. */

import type { Gap } from '#contract/engagements.ts';
import { type CachedView, isStillLooking } from '../engagements/cached-view.ts';
import {
  type FeedHost,
  type FeedState,
  type ObservedEngagement,
  openEngagements,
} from '../engagements/engagement-feed.ts';
import type { OpenViews } from '../engagements/live-engagements.ts';
import type { LiveState } from '../live/connection.ts';
import type { Connection } from './engagement-strip.tsx';

/** False for an old client, and for Zoom in an ordinary browser. True until the host is ready. */
export function supportsFocus(host: FeedHost): boolean {
  return host.kind !== 'ready' || host.features.focus;
}

/** True until the host is ready. */
export function supportsVariables(host: FeedHost): boolean {
  return host.kind !== 'ready' || host.features.variables;
}

/** For a host that does not name the focused engagement: the agent's choice, else the newest that the server knows. */
export function withServerFocus(state: FeedState, open: OpenViews, chosenId: string | null): FeedState {
  if (supportsFocus(state.host) || state.focusedId !== null || open.size === 0) return state;
  const engagements = [...open.values()].map(({ engagementId, engagement: { facts } }): ObservedEngagement => {
    return { engagementId, facts, status: 'loaded' };
  });
  const newestFirst = [...engagements].sort((a, b) => startOf(b) - startOf(a));
  return {
    ...state,
    focusedId: open.has(chosenId ?? '') ? chosenId : (newestFirst[0]?.engagementId ?? null),
    engagements: new Map(engagements.map((engagement) => [engagement.engagementId, engagement])),
  };
}

function startOf({ facts }: ObservedEngagement): number {
  return facts.acceptTime ?? facts.startTime ?? 0;
}

/** Open engagements stay mounted, so that a switch keeps scroll position and half-typed text. */
export function mountedEngagements(state: FeedState): ObservedEngagement[] {
  const open = openEngagements(state);
  const focused = state.engagements.get(state.focusedId ?? '');
  return focused === undefined || open.includes(focused) ? open : [...open, focused];
}

export function panelStateOf(state: FeedState, cached: CachedView | undefined, error: unknown) {
  const { host, focusedId, engagements, problem } = state;
  if (host.kind === 'failed') return 'error';
  if (focusedId === null) {
    if (host.kind === 'starting') return 'loading';
    return problem === null ? 'idle' : 'error';
  }
  if (cached !== undefined) return isStillLooking(cached) ? 'loading' : 'ready';
  return error !== null || engagements.get(focusedId)?.status === 'failed' ? 'error' : 'loading';
}

/** How the customer was found, for those who read the page by machine; undefined until the card is there. */
export function matchOf(cached: CachedView | undefined) {
  if (cached === undefined || isStillLooking(cached)) return undefined;
  const { card, candidates, match } = cached.shown.customer;
  if (card !== null) return 'matched';
  if (candidates.length > 0) return 'ambiguous';
  return match.kind === 'unavailable' ? 'unavailable' : 'none';
}

const byHost = { starting: 'connecting', failed: 'offline', outside: null } as const;
const byStream = {
  connecting: 'connecting',
  live: 'live',
  'catching-up': 'catching-up',
  offline: 'offline',
  'signed-out': 'connecting',
  absent: 'not-live',
} as const satisfies Record<LiveState, Connection>;

/**
 * `live` needs the whole way: the host, the stream, and Zoom's events at the server (no open gap). A failed request
 * counts only while the stream is not live.
 */
export function connectionOf(
  host: FeedHost,
  live: LiveState,
  { isUnreached, gaps }: { isUnreached: boolean; gaps: Gap[] },
): Connection | null {
  if (host.kind !== 'ready') return byHost[host.kind];
  if (live === 'live' && gaps.some(({ until }) => until === null)) return 'catching-up';
  return isUnreached && live !== 'live' ? 'offline' : byStream[live];
}
