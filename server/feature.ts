import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementFacts, EngagementGroup } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { ViewGroups } from '#contract/view.ts';
import type { TransactionHook } from './events.ts';
import type { Route } from './platform/http/route.ts';
import type { JobHandler } from './platform/jobs/job-runner.ts';
import type { RetentionRule } from './platform/retention.ts';

/**
 * Which cached look-up of the same identifiers and sources may serve a view. `use-cached`: any. `revalidate`: one that
 * is pending, was prefetched shortly before or is still current; else the sources are queried again. If none is cached,
 * both start one.
 */
export type CachePolicy = 'revalidate' | 'use-cached';

/**
 * The part of an engagement that one agent may see, and whether they may act in it; the rules stand in
 * engagements/access.ts.
 */
export type EngagementAccess = {
  kind: 'named' | 'formerly-named' | 'own-observation' | 'trusted';
  /** As this agent may see it. Never changed afterwards. */
  engagement: EngagementGroup;
  /** The facts that no panel claimed: Zoom's and the flows'. All facts if `trusted`, none if `own-observation`. */
  confirmedFacts: EngagementFacts;
  /** Whether the agent may see and do what needs a confirmed engagement that is open for them. */
  mayAct: boolean;
  /** ms UTC: nothing that came later may be shown. */
  until: number;
  /** Something is known that this agent may see. */
  isKnown: boolean;
};

/** The parts of a view that the reader of a group may use. */
export type ViewContext = {
  agent: Agent;
  engagementId: string;
  access: EngagementAccess;
  /** A promise, so that a group that needs no customer does not wait for the look-up. */
  customer: Promise<CustomerGroup>;
};

type FeatureGroups = Omit<ViewGroups, 'engagement' | 'customer' | 'sources'>;

/**
 * A reader for each further group of the view. A feature adds its own by `viewGroups`. A returned group is never
 * changed afterwards: the answers to requests serialize each object once (panel/serialize-view.ts).
 */
export type ViewGroupReaders = {
  [Name in keyof FeatureGroups]: (context: ViewContext) => ViewGroups[Name] | Promise<ViewGroups[Name]>;
};

/** The parts of a feature that the server runs. `app.ts` lists the features and does the rest. */
export type Feature = {
  routes?: Route[];
  /** Run in the transaction of every engagement event. */
  transactionHooks?: TransactionHook[];
  /** Run in every process. Reconciliation, which only one process may do, has a job runner of its own under a lease. */
  jobs?: JobHandler[];
  /** A rule for each table of the feature. */
  retention?: RetentionRule[];
  /** Readers of the feature's groups of the view. */
  viewGroups?: Partial<ViewGroupReaders>;
  start?(): void | Promise<void>;
  /** Accepts nothing new and ends what does not end by itself, while the HTTP server answers its last requests. */
  drain?(): Promise<void>;
  /** Finishes what is under way. Nothing new arrives any more, and the database is still open. */
  stop?(): void | Promise<void>;
};

/**
 * Many features as one: started in order; drained together; stopped one after the other from the last to the first, so
 * that a feature may use those before it until it has stopped.
 */
export function combineFeatures(features: readonly Feature[]): Required<Feature> {
  return {
    routes: features.flatMap(({ routes = [] }) => routes),
    transactionHooks: features.flatMap(({ transactionHooks = [] }) => transactionHooks),
    jobs: features.flatMap(({ jobs = [] }) => jobs),
    retention: features.flatMap(({ retention = [] }) => retention),
    viewGroups: Object.assign({}, ...features.map(({ viewGroups }) => viewGroups)),
    async start() {
      for (const feature of features) await feature.start?.();
    },
    async drain() {
      await Promise.all(features.map((feature) => feature.drain?.()));
    },
    async stop() {
      for (const feature of features.toReversed()) await feature.stop?.();
    },
  };
}
