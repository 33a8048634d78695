import type { EngagementFacts, EngagementRecord } from '#contract/engagements.ts';
import type { EngagementAccess } from '../feature.ts';

const nothing = { count: 0, totalMs: 0, since: null };

/** The record of an engagement without events. */
export const emptyRecord: EngagementRecord = {
  phase: null,
  hold: nothing,
  mute: nothing,
  handOver: null,
  disposition: null,
  timeline: [],
  gaps: [],
};

/** The access of an agent in an engagement with these facts, named and open unless changed. */
export const toFakeAccess = (facts: EngagementFacts, changes: Partial<EngagementAccess> = {}): EngagementAccess => ({
  kind: 'named',
  engagement: { facts, record: emptyRecord },
  confirmedFacts: facts,
  mayAct: true,
  until: Number.MAX_SAFE_INTEGER,
  isKnown: true,
  ...changes,
});
