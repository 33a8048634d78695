import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import { toFakeAccess } from './fake-access.ts';
import type { PanelEngagements } from './service.ts';

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

/** Engagements in memory, whose agents are those of the account `main`. `reads`: how often an access was read. */
export function createFakeEngagements(facts: Record<string, EngagementFacts>): FakeEngagements {
  const known = new Map(Object.entries(facts));
  const engagements: FakeEngagements = {
    reads: 0,
    async readAccess({ account }, engagementId) {
      engagements.reads += 1;
      const before = account === 'main' ? known.get(engagementId) : undefined;
      return before
        ? toFakeAccess(before)
        : toFakeAccess({}, { kind: 'own-observation', mayAct: false, isKnown: false });
    },
    async observe({ account }, engagementId, { access, facts, checkQuota }) {
      const before = account === 'main' ? known.get(engagementId) : undefined;
      const after = { ...before, ...facts };
      if (JSON.stringify(before) !== JSON.stringify(after)) checkQuota(JSON.stringify(after).length);
      known.set(engagementId, after);
      return { ...access, engagement: { ...access.engagement, facts: after }, isKnown: true };
    },
  };
  return engagements;
}
