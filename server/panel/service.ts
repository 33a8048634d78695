import type { RevealAnswer, RevealRequest, SearchAnswer, VerifyRequest } from '#contract/customers.ts';
import type { EngagementFacts, EngagementGroup } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import type { ViewGroupReaders } from '../feature.ts';
import { AppError } from '../platform/errors.ts';
import { createViewComposer, type ReadCustomerGroups, type RecordShownCustomers } from './view-composer.ts';

/** The engagements feature, as the panel needs it. */
export type PanelEngagements = {
  /** Adds what the panel observed and answers the state with it. `checkQuota` runs before anything new is stored. */
  observe(
    agent: Agent,
    engagementId: string,
    observation: { facts: EngagementFacts; checkQuota(bytes: number): void },
  ): Promise<EngagementGroup>;
  /** Undefined where the engagement is not known to this agent. */
  readEngagementState(agent: Agent, engagementId: string): Promise<EngagementGroup | undefined>;
};

type WithFacts<Options = unknown> = Options & { facts: EngagementFacts };

/** The customers feature, as the panel needs it. */
export type PanelCustomers = {
  readGroups: ReadCustomerGroups;
  link(agent: Agent, engagementId: string, options: WithFacts<{ customerId: string }>): Promise<void>;
  unlink(agent: Agent, engagementId: string, options: WithFacts): Promise<void>;
  undo(agent: Agent, engagementId: string): Promise<void>;
  refresh(agent: Agent, engagementId: string, options: WithFacts<{ source: string | undefined }>): Promise<void>;
  reveal(agent: Agent, engagementId: string, options: WithFacts<{ request: RevealRequest }>): Promise<RevealAnswer>;
  verify(agent: Agent, engagementId: string, options: WithFacts<{ request: VerifyRequest }>): Promise<void>;
  search(agent: Agent, query: string): Promise<SearchAnswer>;
};

export type PanelService = ReturnType<typeof createPanelService>;

export type PanelServiceParts = {
  engagements: PanelEngagements;
  customers: PanelCustomers;
  /** Of the groups beside `engagement` and `customer`. */
  readers: ViewGroupReaders;
  recordShownCustomers: RecordShownCustomers;
  /** Throws when the agent has no quota left for new facts, which are so many bytes. */
  spendQuota(agent: Agent, facts: EngagementFacts, bytes: number): void;
  countView(isPrefetched: boolean): void;
};

/** The commands of the panel and its view. Each reads the engagement's state once and hands it on. */
export function createPanelService(parts: PanelServiceParts) {
  const { engagements, customers, readers, recordShownCustomers, spendQuota, countView } = parts;
  const composeView = createViewComposer({
    readCustomerGroups: customers.readGroups,
    readers,
    recordShownCustomers,
    countView,
  });

  async function readKnownState(agent: Agent, engagementId: string): Promise<EngagementGroup> {
    const state = await engagements.readEngagementState(agent, engagementId);
    if (!state) throw new AppError('not_found', 'This engagement is not known yet. Open it in Zoom first.');
    return state;
  }

  return {
    async view(agent: Agent, engagementId: string, facts: EngagementFacts): Promise<EngagementView> {
      const engagement = await engagements.observe(agent, engagementId, {
        facts,
        checkQuota: (bytes) => spendQuota(agent, facts, bytes),
      });
      return composeView(agent, engagementId, { engagement, cachePolicy: 'revalidate' });
    },

    /** For the stream. Undefined where there is nothing for this agent to see. */
    async composePush(agent: Agent, engagementId: string): Promise<EngagementView | undefined> {
      const engagement = await engagements.readEngagementState(agent, engagementId);
      return engagement && composeView(agent, engagementId, { engagement, cachePolicy: 'use-cached' });
    },

    async link(agent: Agent, engagementId: string, customerId: string): Promise<EngagementView> {
      const engagement = await readKnownState(agent, engagementId);
      await customers.link(agent, engagementId, { facts: engagement.facts, customerId });
      return composeView(agent, engagementId, { engagement, cachePolicy: 'revalidate' });
    },

    async unlink(agent: Agent, engagementId: string): Promise<EngagementView> {
      const engagement = await readKnownState(agent, engagementId);
      await customers.unlink(agent, engagementId, { facts: engagement.facts });
      return composeView(agent, engagementId, { engagement, cachePolicy: 'revalidate' });
    },

    async undo(agent: Agent, engagementId: string): Promise<EngagementView> {
      const engagement = await readKnownState(agent, engagementId);
      await customers.undo(agent, engagementId);
      return composeView(agent, engagementId, { engagement, cachePolicy: 'revalidate' });
    },

    async refresh(agent: Agent, engagementId: string, source: string | undefined): Promise<EngagementView> {
      const engagement = await readKnownState(agent, engagementId);
      await customers.refresh(agent, engagementId, { facts: engagement.facts, source });
      return composeView(agent, engagementId, { engagement, cachePolicy: 'use-cached' });
    },

    async reveal(agent: Agent, engagementId: string, request: RevealRequest): Promise<RevealAnswer> {
      const { facts } = await readKnownState(agent, engagementId);
      return customers.reveal(agent, engagementId, { facts, request });
    },

    async verify(agent: Agent, engagementId: string, request: VerifyRequest): Promise<EngagementView> {
      const engagement = await readKnownState(agent, engagementId);
      await customers.verify(agent, engagementId, { facts: engagement.facts, request });
      return composeView(agent, engagementId, { engagement, cachePolicy: 'use-cached' });
    },

    search: customers.search,
  };
}
