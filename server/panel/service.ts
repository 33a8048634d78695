import type { RevealAnswer, RevealRequest, SearchAnswer, VerifyRequest } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import type { CachePolicy, EngagementAccess, ViewGroupReaders } from '../feature.ts';
import { createViewComposer, type ReadCustomerGroups, type RecordShownCustomers } from './view-composer.ts';

/** The engagements feature, as the panel needs it. */
export type PanelEngagements = {
  readAccess(agent: Agent, engagementId: string): Promise<EngagementAccess>;
  /**
   * Adds what the panel observed to the access that was read, and answers it. `checkQuota` runs before anything new is
   * stored.
   */
  observe(
    agent: Agent,
    engagementId: string,
    observation: { access: EngagementAccess; facts: EngagementFacts; checkQuota(bytes: number): void },
  ): Promise<EngagementAccess>;
};

type WithAccess<Options = unknown> = Options & { access: EngagementAccess };

/** The customers feature, as the panel needs it. */
export type PanelCustomers = {
  readGroups: ReadCustomerGroups;
  link(agent: Agent, engagementId: string, options: WithAccess<{ customerId: string }>): Promise<void>;
  unlink(agent: Agent, engagementId: string, options: WithAccess): Promise<void>;
  undo(agent: Agent, engagementId: string, options: WithAccess): Promise<void>;
  refresh(agent: Agent, engagementId: string, options: WithAccess<{ source: string | undefined }>): Promise<void>;
  reveal(agent: Agent, engagementId: string, options: WithAccess<{ request: RevealRequest }>): Promise<RevealAnswer>;
  verify(agent: Agent, engagementId: string, options: WithAccess<{ request: VerifyRequest }>): Promise<void>;
  search(agent: Agent, query: string): Promise<SearchAnswer>;
};

/** A command in an engagement, with the access that the route has read and allowed. */
export type EngagementCall = { agent: Agent; engagementId: string; access: EngagementAccess };

export type PanelService = ReturnType<typeof createPanelService>;

export type PanelServiceParts = {
  engagements: PanelEngagements;
  customers: PanelCustomers;
  /** Of the groups beside `engagement` and `customer`. */
  readers: ViewGroupReaders;
  recordShownCustomers: RecordShownCustomers;
  /** Throws when the agent has no quota left for new facts, which are so many bytes. */
  spendQuota(agent: Agent, facts: EngagementFacts, bytes: number): void;
  /** Counts an act that shows or changes customers' data; throws when the agent has done it too often. */
  spendActBudget(agent: Agent, act: 'search' | 'link' | 'verify' | 'reveal'): Promise<void>;
  /**
   * Called after a decision on the customer, with the view composed, so that the answer is sent before the push.
   * `isShared`: it counts for every agent of the engagement, else for this agent alone.
   */
  notifyDecision(agent: Agent, engagementId: string, isShared: boolean): void;
  countView(isPrefetched: boolean): void;
};

/** The commands of the panel and its view. */
export function createPanelService(parts: PanelServiceParts) {
  const {
    engagements,
    customers,
    readers,
    recordShownCustomers,
    spendQuota,
    spendActBudget,
    notifyDecision,
    countView,
  } = parts;
  const composeView = createViewComposer({
    readCustomerGroups: customers.readGroups,
    readers,
    recordShownCustomers,
    countView,
  });

  async function composeDecided(
    { agent, engagementId, access }: EngagementCall,
    cachePolicy: CachePolicy,
  ): Promise<EngagementView> {
    try {
      return await composeView(agent, engagementId, { access, cachePolicy });
    } finally {
      notifyDecision(agent, engagementId, access.kind === 'named' || access.kind === 'trusted');
    }
  }

  return {
    async view({ agent, engagementId, access }: EngagementCall, facts: EngagementFacts): Promise<EngagementView> {
      const observed = await engagements.observe(agent, engagementId, {
        access,
        facts,
        checkQuota: (bytes) => spendQuota(agent, facts, bytes),
      });
      return composeView(agent, engagementId, { access: observed, cachePolicy: 'revalidate' });
    },

    /** For the stream. Undefined where there is nothing for this agent to see. */
    async composePush(agent: Agent, engagementId: string): Promise<EngagementView | undefined> {
      const access = await engagements.readAccess(agent, engagementId);
      return access.isKnown ? composeView(agent, engagementId, { access, cachePolicy: 'use-cached' }) : undefined;
    },

    async link(call: EngagementCall, customerId: string): Promise<EngagementView> {
      const { agent, engagementId, access } = call;
      await spendActBudget(agent, 'link');
      await customers.link(agent, engagementId, { access, customerId });
      return composeDecided(call, 'revalidate');
    },

    async unlink(call: EngagementCall): Promise<EngagementView> {
      const { agent, engagementId, access } = call;
      await spendActBudget(agent, 'link');
      await customers.unlink(agent, engagementId, { access });
      return composeDecided(call, 'revalidate');
    },

    async undo(call: EngagementCall): Promise<EngagementView> {
      const { agent, engagementId, access } = call;
      await customers.undo(agent, engagementId, { access });
      return composeDecided(call, 'revalidate');
    },

    async refresh(
      { agent, engagementId, access }: EngagementCall,
      source: string | undefined,
    ): Promise<EngagementView> {
      await customers.refresh(agent, engagementId, { access, source });
      return composeView(agent, engagementId, { access, cachePolicy: 'use-cached' });
    },

    async reveal({ agent, engagementId, access }: EngagementCall, request: RevealRequest): Promise<RevealAnswer> {
      await spendActBudget(agent, 'reveal');
      return customers.reveal(agent, engagementId, { access, request });
    },

    async verify(call: EngagementCall, request: VerifyRequest): Promise<EngagementView> {
      const { agent, engagementId, access } = call;
      await spendActBudget(agent, 'verify');
      await customers.verify(agent, engagementId, { access, request });
      return composeDecided(call, 'use-cached');
    },

    async search(agent: Agent, query: string): Promise<SearchAnswer> {
      await spendActBudget(agent, 'search');
      return customers.search(agent, query);
    },
  };
}
