import type { EngagementFacts, PastEngagements } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { ViewContext } from '../feature.ts';

/** Never waits: a history that is not known yet arrives with a later view. */
type FindPast = (agent: Agent, engagementId: string, number: string) => PastEngagements;

/** The numbers among these facts in E.164, and as they are written. */
type ListPhones = (facts: EngagementFacts) => { raw: string; normalized: string | null }[];

/**
 * Reads earlier engagements in Zoom by the number that the look-up normalized, if Zoom or a flow gave it: a number that
 * a panel claims would open the history of any caller.
 */
export function createHistoryReader(findPast: FindPast, listPhones: ListPhones) {
  return async ({ agent, engagementId, access, customer }: ViewContext): Promise<PastEngagements> => {
    if (access.kind !== 'named' && access.kind !== 'trusted') return { kind: 'not-asked' };
    const { evidence } = (await customer).match;
    const phones = evidence.filter(({ kind, normalized }) => kind === 'phone' && normalized !== null);
    if (phones.length === 0) return { kind: 'not-asked' };
    const confirmed = listPhones(access.confirmedFacts);
    const number = phones.find((phone) =>
      confirmed.some(({ raw, normalized }) => raw === phone.raw || normalized === phone.normalized),
    )?.normalized;
    return number ? findPast(agent, engagementId, number) : { kind: 'not-asked' };
  };
}
