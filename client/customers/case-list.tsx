import { useState } from 'react';
import type { CardRecord, CustomerCase } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { formatRelative } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { useCardActions } from './card-actions.ts';
import { labelOf, listContributingRecords, listRecordsWithPart } from './card-records.ts';
import { t } from './messages.ts';
import { MissingPart } from './missing-part.tsx';
import { SourceAges, SourceLabel } from './source-age.tsx';

const shownAtFirst = 5;

type CaseListProps = { cases: CustomerCase[]; records: CardRecord[]; sources: SourceStatus[] };

export function CaseList({ cases, records, sources }: CaseListProps) {
  const [showsAll, setShowsAll] = useState(false);
  const now = useNow(60_000);
  // "No cases" is known only once every source has answered.
  const hasAll = sources.every(({ state }) => state === 'found' || state === 'not-found');
  const isEmpty = cases.length === 0;
  const contributingRecords = listContributingRecords(records, cases);
  const shown = showsAll ? cases : cases.slice(0, shownAtFirst);
  return (
    <Region
      title={t('region.cases')}
      {...((hasAll || !isEmpty) && { count: cases.length })}
      aside={<SourceAges records={listRecordsWithPart(records, 'cases')} />}
    >
      <MissingPart part="cases" records={records}>
        {hasAll && isEmpty && <p className="quiet">{t('card.noCases')}</p>}
      </MissingPart>
      <ul className="rows">
        {shown.map((one) => (
          <li className="case" key={`${one.source} ${one.number}`} title={formatUpdated(one, now)}>
            <CaseNumber customerCase={one} records={records} />
            <span className="case-subject">
              {one.subject} <SourceLabel records={contributingRecords} source={one.source} />
            </span>
            <CaseState {...one} />
          </li>
        ))}
      </ul>
      {shown.length < cases.length && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('card.moreCases', { count: cases.length })}
        </Button>
      )}
    </Region>
  );
}

function CaseState({ status, priority }: CustomerCase) {
  const isUrgent = priority !== undefined && /^(high|urgent|critical|p1)$/i.test(priority);
  const words = [priority, status].filter((word) => word !== undefined).join(' · ');
  if (words === '') return null;
  return (
    <span className={isUrgent ? 'case-state case-state-urgent' : 'case-state'}>
      {isUrgent && <Icon name="alert" size={12} />}
      {words}
    </span>
  );
}

function formatUpdated({ updatedAt }: CustomerCase, now: number): string | undefined {
  return updatedAt === undefined ? undefined : t('card.updated', { when: formatRelative(updatedAt, now) });
}

type CaseNumberProps = { customerCase: CustomerCase; records: CardRecord[] };

function CaseNumber({ customerCase: { number, url, source }, records }: CaseNumberProps) {
  const { openUrl } = useCardActions();
  if (url === undefined) return <span className="case-number">{number}</span>;
  const words = t('case.open', { number, source: labelOf(records, source) });
  return (
    <button type="button" className="case-number link" aria-label={words} title={words} onClick={() => openUrl(url)}>
      {number}
    </button>
  );
}
