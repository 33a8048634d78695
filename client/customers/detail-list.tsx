import type { CustomerCard } from '#contract/customers.ts';
import { languageName } from '../i18n/format.ts';
import { Fold } from '../ui/fold.tsx';
import { t } from './messages.ts';
import { SourceBadge } from './source-badge.tsx';

/** Everything that does not stand on the head of the card. */
export function DetailList({ customer }: { customer: CustomerCard }) {
  const { details, records, accountNumber, owner, language } = customer;
  const first = records[0]?.source.id ?? '';
  const known = [
    { name: t('card.account'), value: accountNumber },
    { name: t('card.owner'), value: owner },
    { name: t('card.language'), value: language && languageName(language) },
  ].flatMap(({ name, value }) => (value ? [{ name, value, source: first, isHidden: false }] : []));
  const rows = [...known, ...details];
  const hidden = details.filter(({ isHidden }) => isHidden).length;
  if (rows.length === 0) return null;
  const summary =
    hidden > 0
      ? t('verify.hidden', { count: hidden })
      : rows
          .slice(0, 3)
          .map(({ value }) => value)
          .join(' · ');
  return (
    <Fold id="details" title={t('region.details')} summary={summary}>
      <dl className="details">
        {rows.map(({ name, value, source, isHidden }) => (
          <div key={`${source} ${name}`}>
            <dt>{name}</dt>
            <dd title={isHidden ? t('verify.hiddenHint') : undefined}>
              {value} <SourceBadge records={records} source={source} />
            </dd>
          </div>
        ))}
      </dl>
    </Fold>
  );
}
