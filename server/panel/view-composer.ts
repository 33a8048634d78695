import type { CustomerGroup } from '#contract/customers.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView, ViewGroups } from '#contract/view.ts';
import type { CachePolicy, EngagementAccess, ViewContext, ViewGroupReaders } from '../feature.ts';

export type ReadCustomerGroups = (
  agent: Agent,
  engagementId: string,
  options: { access: EngagementAccess; cachePolicy: CachePolicy },
) => Promise<Pick<ViewGroups, 'customer' | 'sources'>>;

export type RecordShownCustomers = (
  agent: Agent,
  engagementId: string,
  customer: CustomerGroup,
) => Promise<void> | undefined;

type ComposeView = (
  agent: Agent,
  engagementId: string,
  options: { access: EngagementAccess; cachePolicy: CachePolicy },
) => Promise<EngagementView>;

/** Composes views: the engagement's state is given, the other groups are read in parallel. */
export function createViewComposer(parts: {
  readCustomerGroups: ReadCustomerGroups;
  /** Read at every view, because `app.ts` completes it after all features are created. */
  readers: ViewGroupReaders;
  /** Resolves once the audit trail says that the agent saw these customers; undefined where it does so already. */
  recordShownCustomers: RecordShownCustomers;
  /** Called for each view with the policy `revalidate`. */
  countView(isPrefetched: boolean): void;
}): ComposeView {
  return async (agent, engagementId, { access, cachePolicy }) => {
    const reading = parts.readCustomerGroups(agent, engagementId, { access, cachePolicy });
    const context: ViewContext = {
      agent,
      engagementId,
      access,
      customer: reading.then(({ customer }) => customer),
    };
    const [{ sources }, customer, ...groups] = await Promise.all([
      reading,
      context.customer,
      ...Object.entries(parts.readers).map(async ([name, read]) => [name, await read(context)] as const),
    ]);
    // Before the answer: a customer who cannot be recorded is not shown.
    const recording = parts.recordShownCustomers(agent, engagementId, customer);
    if (recording) await recording;
    if (cachePolicy === 'revalidate') parts.countView(customer.isPrefetched);
    // Object.entries loses the type of names and results, which ViewGroupReaders gives.
    const others = Object.fromEntries(groups) as Omit<ViewGroups, 'engagement' | 'customer' | 'sources'>;
    return { engagementId, engagement: access.engagement, customer, sources, ...others };
  };
}
