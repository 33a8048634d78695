import type { CustomerGroup } from '#contract/customers.ts';
import { channelOf, type EngagementFacts } from '#contract/engagements.ts';
import { t } from './messages.ts';

/** The text for screen readers when the customer changes. */
export function describeCustomer(group: CustomerGroup, facts: EngagementFacts): string {
  const { card, candidates } = group;
  if (card === null) return candidates.length > 0 ? askForCustomer(facts) : nameCaller(group, facts);
  const { name, company } = card;
  return company === undefined ? t('announce.customer', { name }) : t('announce.withCompany', { name, company });
}

/** The heading above several customers. */
export function askForCustomer(facts: EngagementFacts): string {
  const channel = channelOf(facts);
  return t(channel === 'voice' || channel === 'video' ? 'candidates.whoCalls' : 'candidates.who');
}

/** The name or number by which Zoom knows somebody who is in no source. */
export function nameCaller({ match }: CustomerGroup, { consumers }: EngagementFacts): string {
  const [first] = consumers ?? [];
  if (match.evidence.some(({ notLookedUp }) => notLookedUp === 'withheld')) {
    return first?.displayName ?? t('customer.withheld');
  }
  const known = match.evidence.find(({ kind }) => kind !== 'consumer')?.raw;
  return first?.displayName ?? first?.number ?? first?.email ?? known ?? t('customer.unknown');
}
