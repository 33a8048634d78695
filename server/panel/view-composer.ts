import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementGroup } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView, ViewGroups } from '#contract/view.ts';

/** `request`: by the panel. `push`: the server sends by itself, and no source is queried because of it. */
export type ViewTrigger = 'request' | 'push';

/** What the reader of a group may need of the others. */
export type ViewContext = {
  agent: Agent;
  engagementId: string;
  engagement: EngagementGroup;
  /** A promise, so that a group that needs no customer does not wait for the look-up. */
  customer: Promise<CustomerGroup>;
};

type FeatureGroups = Omit<ViewGroups, 'engagement' | 'customer'>;

/** A reader for each further group of the view. A feature adds its own in `app.ts`. */
export type ViewGroupReaders = {
  [Name in keyof FeatureGroups]: (context: ViewContext) => ViewGroups[Name] | Promise<ViewGroups[Name]>;
};

export type ReadCustomerGroup = (
  agent: Agent,
  engagementId: string,
  options: { facts: EngagementGroup['facts']; trigger: ViewTrigger },
) => Promise<CustomerGroup>;

export type ComposeView = (
  agent: Agent,
  engagementId: string,
  options: { engagement: EngagementGroup; trigger: ViewTrigger },
) => Promise<EngagementView>;

/** Composes views: the engagement's state is given, the other groups are read in parallel. */
export function createViewComposer(parts: {
  readCustomerGroup: ReadCustomerGroup;
  readers: ViewGroupReaders;
  /** Told of each requested view. */
  countView(isPrefetched: boolean): void;
}): ComposeView {
  const readers = Object.entries(parts.readers);

  return async (agent, engagementId, { engagement, trigger }) => {
    const customer = parts.readCustomerGroup(agent, engagementId, { facts: engagement.facts, trigger });
    const context: ViewContext = { agent, engagementId, engagement, customer };
    const [customerGroup, ...groups] = await Promise.all([
      customer,
      ...readers.map(async ([name, read]) => [name, await read(context)] as const),
    ]);
    if (trigger === 'request') parts.countView(customerGroup.isPrefetched);
    // The readers' names and results are those of `FeatureGroups`; Object.entries loses their type.
    const others = Object.fromEntries(groups) as FeatureGroups;
    return { engagementId, engagement, customer: customerGroup, ...others };
  };
}
