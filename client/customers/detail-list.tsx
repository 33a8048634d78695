import type { CustomerCard, Source } from '#contract/customers.ts';
import { t } from '../i18n/translate.ts';
import { Region } from '../ui/region.tsx';
import { SourceAge } from './source-age.tsx';

export function DetailList({ details, source }: { details: CustomerCard['details']; source: Source }) {
  if (details.length === 0) return null;
  return (
    <Region title={t('region.details')} aside={<SourceAge source={source} />}>
      <dl className="details">
        {details.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Region>
  );
}
