import { type EngagementFacts, engagementId, observation } from '#contract/engagements.ts';
import { viewEngagement } from '#contract/panel-endpoints.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { type Route, route } from '../platform/http/route.ts';
import type { EngagementService } from './service.ts';

/** The panel's whole view of an engagement; the customers feature makes it. */
export type ComposeView = (agent: Agent, engagementId: string, facts: EngagementFacts) => Promise<EngagementView>;

export function createEngagementRoutes(parts: {
  engagements: Pick<EngagementService, 'observe'>;
  composeView: ComposeView;
  /** Before something new is taken; may throw. */
  spendAllowance(agent: Agent, facts: EngagementFacts): void;
}): Route[] {
  return [
    route(viewEngagement, {
      role: 'agent',
      // Ten quick switches, each with a few observations, many times a minute.
      perMinute: 1_200,
      params: { engagementId },
      body: observation,
      async handle({ principal, params: { engagementId }, body }) {
        const { facts } = await parts.engagements.observe(principal, engagementId, {
          facts: body.facts,
          allowChange: () => parts.spendAllowance(principal, body.facts),
        });
        return parts.composeView(principal, engagementId, facts);
      },
    }),
  ];
}
