import type { CardRecord, CustomerCard } from '#contract/customers.ts';
import { Region } from '../ui/region.tsx';
import { t } from './messages.ts';
import { recordsOf, SourceAges, SourceLabel } from './source-age.tsx';

export function DetailList({ details, records }: { details: CustomerCard['details']; records: CardRecord[] }) {
  if (details.length === 0) return null;
  const tellers = recordsOf(records, details);
  return (
    <Region title={t('region.details')} aside={<SourceAges records={tellers} />}>
      <dl className="details">
        {details.map(({ name, value, source, isHidden }) => (
          <div key={`${source} ${name}`}>
            <dt>{name}</dt>
            <dd title={isHidden ? t('verify.hiddenHint') : undefined}>
              {value} <SourceLabel records={tellers} source={source} />
            </dd>
          </div>
        ))}
      </dl>
    </Region>
  );
}
