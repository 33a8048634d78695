import type { CardRecord, Source } from '#contract/customers.ts';
import { formatAge, formatMoment } from '../i18n/format.ts';
import { useNow } from '../ui/use-now.ts';
import { labelOf } from './card-records.ts';
import { t } from './messages.ts';

/** `Directory · 8s`, updated every five seconds: a number that changes every second distracts. */
export function SourceAge({ source }: { source: Source }) {
  const now = useNow(5_000);
  const title = t('source.fetched', { source: source.label, time: formatMoment(source.fetchedAt) });
  return <span title={title}>{t('source.from', { source: source.label, age: formatAge(source.fetchedAt, now) })}</span>;
}

export function SourceAges({ records }: { records: CardRecord[] }) {
  return (
    <span className="ages">
      {records.map(({ id, source }) => (
        <SourceAge key={id} source={source} />
      ))}
    </span>
  );
}

/** The source of a value, shown only when the list has values of several sources. */
export function SourceLabel({ records, source }: { records: CardRecord[]; source: string }) {
  return records.length < 2 ? null : <span className="from">{labelOf(records, source)}</span>;
}
