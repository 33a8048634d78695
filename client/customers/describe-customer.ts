import type { CustomerGroup } from '#contract/customers.ts';
import { t } from './messages.ts';
import { countOf } from './possible-customers.tsx';

/** The text for screen readers when the customer changes. */
export function describeCustomer(group: CustomerGroup): string {
  const { card, candidates } = group;
  if (card === null)
    return candidates.length > 0 ? t('customer.possible', { count: countOf(group) }) : t('customer.unknown');
  const { name, company } = card;
  return company === undefined ? t('announce.customer', { name }) : t('announce.withCompany', { name, company });
}
