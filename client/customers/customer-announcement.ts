import type { CustomerGroup } from '#contract/customers.ts';
import { t } from '../i18n/translate.ts';
import { countOf } from './possible-customers.tsx';

/** For those who do not see the card change. */
export function announceCustomer(group: CustomerGroup): string {
  const { card, candidates } = group;
  if (card === null) return candidates.length > 0 ? t('face.possible', { count: countOf(group) }) : t('face.unknown');
  const { name, company } = card;
  return company === undefined ? t('announce.customer', { name }) : t('announce.withCompany', { name, company });
}
