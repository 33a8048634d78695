import type { CardRecord, CustomerCard } from '#contract/customers.ts';
import { Region } from '../ui/region.tsx';
import { listContributingRecords } from './card-records.ts';
import { t } from './messages.ts';
import { SourceAges, SourceLabel } from './source-age.tsx';

export function DetailList({ details, records }: { details: CustomerCard['details']; records: CardRecord[] }) {
  if (details.length === 0) return null;
  const contributingRecords = listContributingRecords(records, details);
  return (
    <Region title={t('region.details')} aside={<SourceAges records={contributingRecords} />}>
      <dl className="details">
        {details.map(({ name, value, source, isHidden }) => (
          <div key={`${source} ${name}`}>
            <dt>{name}</dt>
            <dd title={isHidden ? t('verify.hiddenHint') : undefined}>
              {value} <SourceLabel records={contributingRecords} source={source} />
            </dd>
          </div>
        ))}
      </dl>
    </Region>
  );
}
