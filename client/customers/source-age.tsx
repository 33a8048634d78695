import type { CardRecord, RecordPart, Source } from '#contract/customers.ts';
import { formatAge, formatMoment } from '../i18n/format.ts';
import { useNow } from '../ui/use-now.ts';
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

/** The records whose source delivered this part, even if it is empty. */
export function withPart(records: CardRecord[], part: RecordPart): CardRecord[] {
  return records.filter(({ missing }) => missing.every((one) => one.part !== part));
}

/** The source of a value, shown only when the list has values of several sources. */
export function SourceLabel({ records, source }: { records: CardRecord[]; source: string }) {
  return records.length < 2 ? null : <span className="from">{labelOf(records, source)}</span>;
}

/** The records that any of these values come from. */
export function recordsOf(records: CardRecord[], values: readonly { source: string | null }[]): CardRecord[] {
  return records.filter((record) => values.some(({ source }) => source === record.source.id));
}

export function labelOf(records: CardRecord[], source: string): string {
  return records.find((record) => record.source.id === source)?.source.label ?? source;
}
