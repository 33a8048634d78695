import type { EngagementView } from '#contract/customers.ts';
import { t } from '../i18n/translate.ts';
import { countOf } from './possible-customers.tsx';

/** For those who do not see the card change. */
export function announceCustomer(view: EngagementView): string {
  const { customer, candidates } = view;
  if (customer === null)
    return candidates.length > 0 ? t('face.possible', { count: countOf(view) }) : t('face.unknown');
  const { name, company } = customer;
  return company === undefined ? t('announce.customer', { name }) : t('announce.withCompany', { name, company });
}
