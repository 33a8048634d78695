import type { EngagementFacts } from '#contract/engagements.ts';
import type { HostState, ZoomHost } from './sdk.ts';

export type ObservedEngagement = {
  engagementId: string;
  facts: EngagementFacts;
  /** `reading` until its whole status was read once. */
  reading: 'reading' | 'read' | 'failed';
  problem?: 'timeout' | 'refused';
};

export type FeedState = {
  host: HostState;
  focusedId: string | null;
  engagements: ReadonlyMap<string, ObservedEngagement>;
  /** Zoom did not say which engagement is in front; `retry` asks again. */
  problem: 'timeout' | 'refused' | null;
};

export type EngagementFeed = {
  /** Idempotent; also starts the host. */
  start(): void;
  /** The same object until something changes. */
  getState(): FeedState;
  subscribe(listener: () => void): () => void;
  /**
   * Told inside the SDK's own handler, when the engagement in front has facts worth asking the server about: first when
   * it is known well enough, then whenever it comes to the front again or a fact that decides the match changes.
   */
  onObserved(listener: (engagement: ObservedEngagement) => void): () => void;
  retry(): void;
  openUrl(url: string): void;
};

/** What is open, ended ones left out, in the order first seen. */
export function openEngagements(state: FeedState): ObservedEngagement[] {
  return [...state.engagements.values()].filter((engagement) => engagement.facts.state !== 'end');
}

export function createEngagementFeed(_host: ZoomHost): EngagementFeed {
  throw new Error('not yet');
}
