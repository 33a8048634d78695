import { useState } from 'react';
import type { CardRecord, CustomerCase } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { formatAge, formatList, formatMoment } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useNow } from '../ui/use-now.ts';
import { useCardActions } from './card-actions.ts';
import { labelOf } from './card-records.ts';
import { t } from './messages.ts';
import { MissingPart } from './missing-part.tsx';
import { SourceBadge } from './source-badge.tsx';

const shownAtFirst = 4;

type OpenCasesProps = { cases: CustomerCase[]; records: CardRecord[]; sources: SourceStatus[] };

/** Open cases, urgent ones first; closed ones on demand. While a source is pending, a row stands for its cases. */
export function OpenCases({ cases, records, sources }: OpenCasesProps) {
  const [showsAll, setShowsAll] = useState(false);
  const [showsClosed, setShowsClosed] = useState(false);
  const open = cases.filter(({ isOpen }) => isOpen);
  const closed = cases.filter(({ isOpen }) => !isOpen);
  const pending = listPending(records, sources);
  const shown = showsAll ? open : open.slice(0, shownAtFirst);
  const isKnown = pending.length === 0 && sources.every(({ state }) => state === 'found' || state === 'not-found');
  return (
    <Region title={t('region.cases')} {...((isKnown || open.length > 0) && { count: open.length })}>
      <MissingPart part="cases" records={records}>
        {isKnown && open.length === 0 && <p className="quiet">{t('card.noCases')}</p>}
      </MissingPart>
      <CaseRows cases={shown} records={records} />
      {pending.length > 0 && <PendingRow sources={pending} />}
      {shown.length < open.length && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('card.moreCases', { count: open.length })}
        </Button>
      )}
      {closed.length > 0 && (
        <Button look="quiet" aria-expanded={showsClosed} onClick={() => setShowsClosed(!showsClosed)}>
          {t('card.closedCases', { count: closed.length })}
          <Icon name={showsClosed ? 'down' : 'right'} size={12} />
        </Button>
      )}
      {showsClosed && <CaseRows cases={closed} records={records} />}
    </Region>
  );
}

/** Sources without an answer, and records whose cases are still being read. */
function listPending(records: CardRecord[], sources: SourceStatus[]): string[] {
  const unread = records.filter(({ missing }) =>
    missing.some(({ part, state }) => part === 'cases' && state === 'pending'),
  );
  const unanswered = sources.filter(({ state }) => state === 'pending');
  return [...new Set([...unread.map(({ source }) => source.label), ...unanswered.map(({ label }) => label)])];
}

/** As high as a case, so that the case that replaces it moves nothing. */
function PendingRow({ sources }: { sources: string[] }) {
  return (
    <div className="case case-pending">
      <Skeleton width="long" />
      <span className="case-about">{t('source.asking', { source: formatList(sources) })}</span>
    </div>
  );
}

function CaseRows({ cases, records }: { cases: CustomerCase[]; records: CardRecord[] }) {
  if (cases.length === 0) return null;
  return (
    <ul className="rows">
      {cases.map((one) => (
        <CaseItem key={`${one.source} ${one.number}`} customerCase={one} records={records} />
      ))}
    </ul>
  );
}

function CaseItem({ customerCase, records }: { customerCase: CustomerCase; records: CardRecord[] }) {
  const now = useNow(60_000);
  const { subject, status, priority, isOpen, isUrgent, updatedAt, source } = customerCase;
  const isMarked = isOpen && isUrgent;
  const state = isOpen ? priority : status;
  return (
    <li className={isMarked ? 'case case-urgent' : 'case'}>
      <span className="case-mark">
        <Icon name={isMarked ? 'urgent' : 'open'} size={12} />
      </span>
      <span className="case-subject">
        {subject} <SourceBadge records={records} source={source} />
      </span>
      {updatedAt !== undefined && (
        <time
          className="case-age"
          dateTime={new Date(updatedAt).toISOString()}
          title={t('card.updated', { when: formatMoment(updatedAt) })}
        >
          {formatAge(updatedAt, now)}
        </time>
      )}
      <span className="case-about">
        {state !== undefined && <span className="case-state">{state}</span>}
        {state !== undefined && ' · '}
        <CaseNumber customerCase={customerCase} records={records} />
      </span>
    </li>
  );
}

type CaseNumberProps = { customerCase: CustomerCase; records: CardRecord[] };

function CaseNumber({ customerCase: { number, url, source }, records }: CaseNumberProps) {
  const { openUrl } = useCardActions();
  if (url === undefined) return <span className="figures">{number}</span>;
  const words = t('case.open', { number, source: labelOf(records, source) });
  return (
    <button type="button" className="link figures" aria-label={words} title={words} onClick={() => openUrl(url)}>
      {number}
    </button>
  );
}
