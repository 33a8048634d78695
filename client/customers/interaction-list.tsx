import { useState } from 'react';
import type { CardRecord, CustomerInteraction } from '#contract/customers.ts';
import type { PastEngagements } from '#contract/engagements.ts';
import type { EngagementView } from '#contract/view.ts';
import { formatMoment, formatRelative } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { listContributingRecords, listRecordsWithPart } from './card-records.ts';
import { type InteractionRow, interactionRows } from './interaction-rows.ts';
import { t } from './messages.ts';
import { MissingPart } from './missing-part.tsx';
import { SourceAge, SourceAges, SourceLabel } from './source-age.tsx';

const shownAtFirst = 8;

type InteractionListProps = {
  interactions: CustomerInteraction[];
  /** Empty while the customer is unknown; Zoom's own records are shown then. */
  records: CardRecord[];
  past: PastEngagements;
};

export function InteractionList({ interactions, records, past }: InteractionListProps) {
  const [showsAll, setShowsAll] = useState(false);
  const now = useNow(60_000);
  const rows = interactionRows(interactions, past);
  const contributingRecords = listContributingRecords(records, rows);
  const shown = showsAll ? rows : rows.slice(0, shownAtFirst);
  return (
    <Region title={t('region.interactions')} aside={<Sources records={records} past={past} />}>
      <MissingPart part="interactions" records={records}>
        {rows.length === 0 && past.kind !== 'pending' && <p className="quiet">{t('card.noInteractions')}</p>}
      </MissingPart>
      <ul className="rows">
        {shown.map((row) => (
          <InteractionItem key={row.key} row={row} records={contributingRecords} when={formatRelative(row.at, now)} />
        ))}
      </ul>
      {shown.length < rows.length && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('card.moreCases', { count: rows.length })}
        </Button>
      )}
      {past.kind === 'pending' && <p className="quiet">{t('past.pending')}</p>}
      {past.kind === 'unavailable' && <p className="quiet">{t('past.unavailable')}</p>}
    </Region>
  );
}

/** Zoom's records of a caller without a customer. */
export function HistoryOfCaller({ view: { customer, history } }: { view: EngagementView }) {
  if (customer.card !== null || history.kind === 'not-asked') return null;
  return <InteractionList interactions={[]} records={[]} past={history} />;
}

function Sources({ records, past }: Pick<InteractionListProps, 'records' | 'past'>) {
  const recordsWithPart = listRecordsWithPart(records, 'interactions');
  return (
    <>
      <SourceAges records={recordsWithPart} />
      {past.kind === 'found' && (
        <>
          {recordsWithPart.length > 0 && ' · '}
          <SourceAge source={{ id: 'zoom', label: t('source.zoom'), fetchedAt: past.fetchedAt }} />
        </>
      )}
    </>
  );
}

function InteractionItem({
  row: { at, icon, summary, title, agent, source },
  records,
  when,
}: {
  row: InteractionRow;
  records: CardRecord[];
  when: string;
}) {
  return (
    <li className="interaction">
      <Icon name={icon} size={14} />
      <span className="interaction-summary" title={title}>
        {summary}
      </span>
      <span className="interaction-who">
        {source === null && <span className="interaction-source">{t('source.zoom')}</span>}
        {source !== null && <SourceLabel records={records} source={source} />}
        {agent !== undefined && <span className="interaction-agent">{agent}</span>}
        <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
          {when}
        </time>
      </span>
    </li>
  );
}
