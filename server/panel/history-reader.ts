import type { PastEngagements } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { ViewContext } from '../feature.ts';

/** Never waits: a history that is not known yet arrives with a later view. */
type FindPast = (agent: Agent, engagementId: string, number: string) => PastEngagements;

/** Reads earlier engagements in Zoom by the number that the look-up normalized. */
export function createHistoryReader(findPast: FindPast) {
  return async ({ agent, engagementId, customer }: ViewContext): Promise<PastEngagements> => {
    const { evidence } = (await customer).match;
    const number = evidence.find(({ kind, normalized }) => kind === 'phone' && normalized !== null)?.normalized;
    if (!number) return { kind: 'not-asked' };
    const past = findPast(agent, engagementId, number);
    if (past.kind !== 'found') return past;
    // Zoom lists the present engagement too once it has ended.
    return { ...past, engagements: past.engagements.filter((each) => each.engagementId !== engagementId) };
  };
}
