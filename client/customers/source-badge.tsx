import type { CardRecord } from '#contract/customers.ts';
import { formatMoment } from '../i18n/format.ts';
import { t } from './messages.ts';

/** Letters that agents know, by label. */
const knownLetters: Record<string, string> = {
  Salesforce: 'SF',
  Zendesk: 'ZD',
  ServiceNow: 'SN',
  HubSpot: 'HS',
  Dynamics: 'D3',
};

/** The source of a value, in two letters. Nothing for the first source, where most values come from. */
export function SourceBadge({ records, source }: { records: CardRecord[]; source: string }) {
  const position = records.findIndex((record) => record.source.id === source);
  const record = records[position];
  if (position < 1 || record === undefined) return null;
  const { label, fetchedAt } = record.source;
  return (
    <span className="badge" title={t('source.fetched', { source: label, time: formatMoment(fetchedAt) })}>
      <span aria-hidden="true">{knownLetters[label] ?? label.slice(0, 2).toUpperCase()}</span>
      <span className="visually-hidden">{t('source.from', { source: label })}</span>
    </span>
  );
}
