import type { Source } from '#contract/customers.ts';
import { formatAge, formatMoment } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import { useNow } from '../ui/use-now.ts';

/** `Directory · 8s`. Told in steps of five seconds: a number that runs beside the clock would draw the eye. */
export function SourceAge({ source }: { source: Source }) {
  const now = useNow(5_000);
  const title = t('source.fetched', { source: source.label, time: formatMoment(source.fetchedAt) });
  return <span title={title}>{t('source.from', { source: source.label, age: formatAge(source.fetchedAt, now) })}</span>;
}
