import type { CustomerGroup } from '#contract/customers.ts';
import type { EngagementGroup } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView, ViewGroups } from '#contract/view.ts';
import type { CachePolicy, ViewContext, ViewGroupReaders } from '../feature.ts';

export type ReadCustomerGroup = (
  agent: Agent,
  engagementId: string,
  options: { facts: EngagementGroup['facts']; cachePolicy: CachePolicy },
) => Promise<CustomerGroup>;

type ComposeView = (
  agent: Agent,
  engagementId: string,
  options: { engagement: EngagementGroup; cachePolicy: CachePolicy },
) => Promise<EngagementView>;

/** Composes views: the engagement's state is given, the other groups are read in parallel. */
export function createViewComposer(parts: {
  readCustomerGroup: ReadCustomerGroup;
  /** Read at every view, because `app.ts` completes it after all features are created. */
  readers: ViewGroupReaders;
  /** Called for each view with the policy `revalidate`. */
  countView(isPrefetched: boolean): void;
}): ComposeView {
  return async (agent, engagementId, { engagement, cachePolicy }) => {
    const customer = parts.readCustomerGroup(agent, engagementId, { facts: engagement.facts, cachePolicy });
    const context: ViewContext = { agent, engagementId, engagement, customer };
    const [customerGroup, ...groups] = await Promise.all([
      customer,
      ...Object.entries(parts.readers).map(async ([name, read]) => [name, await read(context)] as const),
    ]);
    if (cachePolicy === 'revalidate') parts.countView(customerGroup.isPrefetched);
    // Object.entries loses the type of names and results, which ViewGroupReaders gives.
    const others = Object.fromEntries(groups) as Omit<ViewGroups, 'engagement' | 'customer'>;
    return { engagementId, engagement, customer: customerGroup, ...others };
  };
}
