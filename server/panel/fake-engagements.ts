import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementFacts, EngagementGroup, EngagementRecord } from '#contract/engagements.ts';
import type { PanelEngagements } from './service.ts';

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

/** The customer of an engagement without an identifier. */
export const unknownCustomer: CustomerGroup = {
  match: { kind: 'none', evidence: [] },
  link: { customerId: null, decidedBy: 'match', canUndo: false },
  card: null,
  candidates: [],
  verification: null,
  isPrefetched: true,
};

export type FakeEngagements = PanelEngagements & { reads: number };

/** Engagements in memory, known to the account `main`. `reads`: how often a state was read. */
export function createFakeEngagements(facts: Record<string, EngagementFacts>): FakeEngagements {
  const known = new Map(Object.entries(facts));
  const toState = (engagementId: string): EngagementGroup => ({
    facts: known.get(engagementId) ?? {},
    record: emptyRecord,
  });
  const engagements: FakeEngagements = {
    reads: 0,
    async observe({ account }, engagementId, observation) {
      engagements.reads += 1;
      const before = account === 'main' ? known.get(engagementId) : undefined;
      const after = { ...before, ...observation.facts };
      if (JSON.stringify(before) !== JSON.stringify(after)) observation.checkQuota(JSON.stringify(after).length);
      known.set(engagementId, after);
      return toState(engagementId);
    },
    async readEngagementState({ account }, engagementId) {
      engagements.reads += 1;
      return account === 'main' && known.has(engagementId) ? toState(engagementId) : undefined;
    },
  };
  return engagements;
}
