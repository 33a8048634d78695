/*
 * The port through which the panel learns which engagements are open and which is focused. In Zoom's client the SDK
 * implements it (client/zoom); a host without the SDK implements it from its own data.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import type { ReadableStore } from '../store/create-store.ts';

export type ObservedEngagement = {
  engagementId: string;
  facts: EngagementFacts;
  /** `loading` until its whole status was read once. */
  status: 'loading' | 'loaded' | 'failed';
  problem?: FeedProblem;
};

/** The abilities of a host. The panel names a missing one and works without it. */
type FeedFeatures = {
  /** It names the focused engagement. Without this, the newest open engagement known to the server is shown. */
  focus: boolean;
  /** It passes flow variables. */
  variables: boolean;
};

export type FeedProblem = 'timeout' | 'refused';

/** `outside`: there is no host around the page. */
export type FeedHost =
  | { kind: 'starting' }
  | { kind: 'outside' }
  | { kind: 'failed'; reason: FeedProblem }
  | { kind: 'ready'; clientVersion: string; features: FeedFeatures };

export type FeedState = {
  host: FeedHost;
  focusedId: string | null;
  engagements: ReadonlyMap<string, ObservedEngagement>;
  /** The host did not name the focused engagement; `retry` requests it again. */
  problem: FeedProblem | null;
};

export type EngagementFeed = ReadableStore<FeedState> & {
  /** Idempotent; also starts the host. */
  start(): void;
  /**
   * Called in the host's own event, when the focused engagement has facts worth a request: first when enough is known,
   * then whenever it comes to the front again or a fact that decides the match changes.
   */
  onObserved(listener: (engagement: ObservedEngagement) => void): () => void;
  retry(): void;
};

/** The engagements that have not ended, in the order first seen. */
export function openEngagements(state: FeedState): ObservedEngagement[] {
  return [...state.engagements.values()].filter((engagement) => engagement.facts.state !== 'end');
}
