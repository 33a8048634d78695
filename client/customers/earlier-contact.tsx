import { useState } from 'react';
import type { CardRecord } from '#contract/customers.ts';
import type { PastEngagements } from '#contract/engagements.ts';
import { formatDay, formatDuration, formatMoment } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Fold } from '../ui/fold.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { type ContactRow, listContactRows } from './contact-rows.ts';
import { t } from './messages.ts';
import { MissingPart } from './missing-part.tsx';
import { SourceBadge } from './source-badge.tsx';

const shownAtFirst = 3;
const week = 7 * 24 * 60 * 60_000;

/** The newest contact of which something was written down, where the agent looks first. */
export function LastContact({ row }: { row: ContactRow | undefined }) {
  const now = useNow(60_000);
  if (row === undefined) return null;
  const about = [t('contact.last'), formatDay(row.at, now, true), row.agent].filter((part) => part !== undefined);
  return (
    <div className="last-contact">
      <p className="last-contact-about">
        <Icon name={row.icon} size={12} />
        <time dateTime={new Date(row.at).toISOString()} title={formatMoment(row.at)}>
          {about.join(' · ')}
        </time>
      </p>
      <p className="last-contact-text">{row.text}</p>
    </div>
  );
}

type EarlierContactProps = {
  /** Without the one in the card's head. */
  rows: ContactRow[];
  records: CardRecord[];
  past: PastEngagements;
  /** All earlier contact, the one in the head included. */
  count: number;
};

/** Contacts with a note; those without one are folded. */
export function EarlierContact({ rows, records, past, count }: EarlierContactProps) {
  const [showsAll, setShowsAll] = useState(false);
  const written = rows.filter(({ text }) => text !== undefined);
  const unwritten = rows.filter(({ text }) => text === undefined);
  const shown = showsAll ? written : written.slice(0, shownAtFirst);
  return (
    <Region
      title={t('region.interactions')}
      {...(count > 0 && { count })}
      aside={
        shown.length < written.length && (
          <Button look="quiet" onClick={() => setShowsAll(true)}>
            {t('card.all')}
          </Button>
        )
      }
    >
      <Frequency past={past} />
      <MissingPart part="interactions" records={records}>
        {count === 0 && past.kind !== 'pending' && <p className="quiet">{t('card.noInteractions')}</p>}
      </MissingPart>
      <ContactRows rows={shown} records={records} />
      <Unwritten rows={unwritten} records={records} />
      <PastState past={past} />
    </Region>
  );
}

/** Zoom's records of the number, where they are not the customer's: others may have called from it. */
export function CallsFromNumber({ past }: { past: PastEngagements }) {
  const rows = listContactRows([], past);
  if (past.kind === 'not-asked' || (past.kind === 'found' && rows.length === 0)) return null;
  return (
    <Fold
      id="calls-from-number"
      title={t('region.callsFromNumber')}
      summary={rows.length > 0 ? rows.length : undefined}
    >
      <ContactRows rows={rows} records={[]} />
      <PastState past={past} />
    </Fold>
  );
}

/** The third contact within a week is marked. */
function Frequency({ past }: { past: PastEngagements }) {
  const now = useNow(60_000);
  if (past.kind !== 'found') return null;
  const recent = past.engagements.filter(({ startedAt }) => now - startedAt < week).length;
  if (recent < 2) return null;
  return <p className="frequency">{t('contact.frequency', { count: recent + 1 })}</p>;
}

function PastState({ past }: { past: PastEngagements }) {
  if (past.kind !== 'pending' && past.kind !== 'unavailable') return null;
  return <p className="quiet">{t(`past.${past.kind}`)}</p>;
}

function Unwritten({ rows, records }: { rows: ContactRow[]; records: CardRecord[] }) {
  const [isOpen, setIsOpen] = useState(false);
  if (rows.length === 0) return null;
  return (
    <>
      <Button look="quiet" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {t('contact.unwritten', { count: rows.length })}
        <Icon name={isOpen ? 'down' : 'right'} size={12} />
      </Button>
      {isOpen && <ContactRows rows={rows} records={records} />}
    </>
  );
}

function ContactRows({ rows, records }: { rows: ContactRow[]; records: CardRecord[] }) {
  if (rows.length === 0) return null;
  return (
    <ul className="rows">
      {rows.map((row) => (
        <ContactItem key={row.key} row={row} records={records} />
      ))}
    </ul>
  );
}

/** Opens in place: who, for how long, with what result, and the whole text. */
function ContactItem({ row, records }: { row: ContactRow; records: CardRecord[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const now = useNow(60_000);
  const { at, icon, text, channel, agent, disposition, queue, durationMs, source } = row;
  const about = [
    agent,
    queue,
    durationMs !== undefined && formatDuration(durationMs),
    text !== disposition && disposition,
    source === null ? t('source.zoom') : records.find((record) => record.source.id === source)?.source.label,
  ].filter((part) => part !== undefined && part !== false);
  return (
    <li className="contact-row">
      <button type="button" className="contact-toggle" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Icon name={icon} size={14} />
        <span className={isOpen ? 'contact-text' : 'contact-text contact-text-short'}>
          {text ?? queue ?? channel ?? agent ?? t('source.zoom')}
        </span>
        {source !== null && <SourceBadge records={records} source={source} />}
        <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
          {formatDay(at, now)}
        </time>
      </button>
      {isOpen && <p className="contact-about">{about.join(' · ')}</p>}
    </li>
  );
}
