import type { EngagementView } from '#contract/customers.ts';
import { type EngagementFacts, engagementId, observation } from '#contract/engagements.ts';
import type { Clock } from '../platform/clock.ts';
import { type Route, route } from '../platform/http/route.ts';
import type { SpendAllowance } from './change-allowance.ts';
import type { EngagementStore } from './store.ts';

/** The panel's whole view of an engagement; the customers feature makes it. */
export type ComposeView = (account: string, engagementId: string, facts: EngagementFacts) => Promise<EngagementView>;

export function createEngagementRoutes(parts: {
  engagements: EngagementStore;
  composeView: ComposeView;
  spendAllowance: SpendAllowance;
  clock: Clock;
}): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/engagements/:engagementId/view',
      policy: 'agent',
      // Ten quick switches, each with a few observations, many times a minute.
      perMinute: 1_200,
      body: observation,
      params: { engagementId },
      async handle({ params, body, agent }) {
        const { account } = agent;
        const engagementId = params.engagementId ?? '';
        const facts = await parts.engagements.merge(
          { account, engagementId, said: body.facts, now: parts.clock() },
          () => parts.spendAllowance(agent),
        );
        return parts.composeView(account, engagementId, facts);
      },
    }),
  ];
}
