import type { CustomerGroup } from './customers.ts';
import type { EngagementGroup, PastEngagements } from './engagements.ts';
import type { SourceStatus } from './sources.ts';

/**
 * The groups of a view. The client's cache keeps or replaces whole groups, never single fields.
 *
 * An open interface: the contract file of a feature adds its own group, optional, by declaration merging:
 * `declare module './view.ts' { interface ViewGroups { notes?: NotesGroup } }`
 */
export interface ViewGroups {
  engagement: EngagementGroup;
  customer: CustomerGroup;
  /** Every source that is queried for the customer, in order of precedence. */
  sources: SourceStatus[];
  /** Earlier engagements of the same caller in Zoom's records. */
  history: PastEngagements;
}

/** The whole view of one engagement, in one answer. */
export type EngagementView = { engagementId: string } & ViewGroups;
