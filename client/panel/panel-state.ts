/* What the panel as a whole shows, from what Zoom's client and the stream tell. */

import type { Gap } from '#contract/engagements.ts';
import { type HeldView, isStillLooking } from '../engagements/held-view.ts';
import type { OpenViews } from '../engagements/live-engagements.ts';
import type { LiveState } from '../live/connection.ts';
import { type FeedState, type ObservedEngagement, openEngagements } from '../zoom/engagement-feed.ts';
import type { HostState } from '../zoom/sdk.ts';
import type { Connection } from './engagement-strip.tsx';

const engagementCalls = ['getEngagementContext', 'getEngagementStatus'] as const;
const variableCalls = ['getEngagementVariableValue', 'onEngagementVariableValueChange'] as const;

/** A client that tells nothing of engagements: an old one, or Zoom's in an ordinary browser. */
export function isTooOld(host: HostState): boolean {
  return host.kind === 'ready' && engagementCalls.some((call) => host.missing.includes(call));
}

export function lacksVariables(host: HostState): boolean {
  return host.kind === 'ready' && !isTooOld(host) && variableCalls.some((call) => host.missing.includes(call));
}

/** Where the client tells nothing, the newest open engagement that the server tells of is taken to be in front. */
export function feedByEvents(state: FeedState, open: OpenViews): FeedState {
  if (!isTooOld(state.host) || state.focusedId !== null || open.size === 0) return state;
  const told = [...open.values()].map(({ engagementId, facts }): ObservedEngagement => {
    return { engagementId, facts, reading: 'read' };
  });
  const newestFirst = [...told].sort((one, other) => beganAt(other) - beganAt(one));
  return {
    ...state,
    focusedId: newestFirst[0]?.engagementId ?? null,
    engagements: new Map(told.map((one) => [one.engagementId, one])),
  };
}

function beganAt({ facts }: ObservedEngagement): number {
  return facts.acceptTime ?? facts.startTime ?? 0;
}

/**
 * Every open engagement stays mounted, so that switching shows it as it was left, scroll and half-typed search
 * included, without drawing it again.
 */
export function mountedEngagements(state: FeedState): ObservedEngagement[] {
  const open = openEngagements(state);
  const focused = state.engagements.get(state.focusedId ?? '');
  return focused === undefined || open.includes(focused) ? open : [...open, focused];
}

export function panelStateOf(state: FeedState, held: HeldView | undefined, error: unknown) {
  const { host, focusedId, engagements, problem } = state;
  if (host.kind === 'failed') return 'error';
  if (focusedId === null) {
    if (host.kind === 'starting') return 'loading';
    return problem === null ? 'idle' : 'error';
  }
  if (held !== undefined) return isStillLooking(held.shown) ? 'loading' : 'ready';
  return error !== null || engagements.get(focusedId)?.reading === 'failed' ? 'error' : 'loading';
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
 * All must hold, from Zoom to the server too: a stream that cannot tell what Zoom says is not live. A request that did not
 * get through counts only while the stream does not say otherwise.
 */
export function connectionOf(
  host: HostState,
  live: LiveState,
  { isUnreached, gaps }: { isUnreached: boolean; gaps: Gap[] },
): Connection | null {
  if (host.kind !== 'ready') return byHost[host.kind];
  if (live === 'live' && gaps.some(({ until }) => until === null)) return 'catching-up';
  return isUnreached && live !== 'live' ? 'offline' : byStream[live];
}
