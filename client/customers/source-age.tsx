import type { CardRecord, RecordPart, Source } from '#contract/customers.ts';
import { formatAge, formatMoment } from '../i18n/format.ts';
import { useNow } from '../ui/use-now.ts';
import { t } from './messages.ts';

/** `Directory · 8s`. Told in steps of five seconds: a number that runs beside the clock would draw the eye. */
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

/** Those that gave this part, though it may be empty. */
export function giversOf(records: CardRecord[], part: RecordPart): CardRecord[] {
  return records.filter(({ missing }) => missing.every((one) => one.part !== part));
}

/** After a value, where others beside it came from elsewhere: `records` are those that told any of them. */
export function From({ records, source }: { records: CardRecord[]; source: string }) {
  return records.length < 2 ? null : <span className="from">{labelOf(records, source)}</span>;
}

/** The records that told any of these. */
export function tellersOf(records: CardRecord[], told: readonly { source: string | null }[]): CardRecord[] {
  return records.filter((record) => told.some(({ source }) => source === record.source.id));
}

export function labelOf(records: CardRecord[], source: string): string {
  return records.find((record) => record.source.id === source)?.source.label ?? source;
}
