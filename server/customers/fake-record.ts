import type { EngagementRecord } from '#contract/engagements.ts';

/** An engagement of which Zoom has told nothing. */
export const emptyRecord: EngagementRecord = {
  phase: null,
  hold: { count: 0, totalMs: 0, since: null },
  mute: { count: 0, totalMs: 0, since: null },
  handOver: null,
  disposition: null,
  timeline: [],
  gaps: [],
};
