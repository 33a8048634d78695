import { useState } from 'react';
import type { EngagementFacts, HandOver as RecordedHandOver } from '#contract/engagements.ts';
import { formatDuration } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

type HandOverProps = {
  facts: EngagementFacts;
  /** What Zoom's events tell of it; null where they tell nothing (yet). */
  recorded: RecordedHandOver | null;
};

/**
 * From whom a transferred engagement comes, and with what. Zoom's client tells the one, its events the other, and either
 * may know nothing: the client names the agent only where the account lets it.
 */
export function HandOver({ facts, recorded }: HandOverProps) {
  if (facts.isTransfer !== true && recorded === null) return null;
  const agent = facts.transferFromAgentName ?? recorded?.from ?? t('strip.someone');
  const isWarm = (facts.transferType ?? recorded?.how) === 'warm';
  return (
    <section className="hand-over" aria-label={t('handOver.name')}>
      <p className="hand-over-from">
        <Icon name="transfer" size={14} />
        <span>
          {t(isWarm ? 'strip.warmTransfer' : 'strip.transfer', { agent })}
          {typeof recorded?.fromQueue === 'string' && ` · ${recorded.fromQueue}`}
        </span>
      </p>
      {recorded !== null && <WithWhat {...recorded} />}
    </section>
  );
}

/** A card must stay in sight below: two notes, two lines each, until the agent asks for all. */
const shownAtFirst = 2;
const fitsInTwoLines = 90;

function WithWhat({ from, notes, disposition, heldMs }: RecordedHandOver) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? notes : notes.slice(-shownAtFirst);
  const hidesSome = notes.length > shownAtFirst || notes.some(({ text }) => text.length > fitsInTwoLines);
  const before = [
    disposition !== null && t('timeline.disposition', { text: disposition }),
    heldMs >= 1_000 && t('handOver.held', { duration: formatDuration(heldMs) }),
  ].filter((part) => part !== false);
  return (
    <>
      {before.length > 0 && <p className="hand-over-before">{before.join(' · ')}</p>}
      {shown.map(({ at, agent, text }) => (
        <blockquote
          key={`${at} ${text}`}
          className={showsAll ? 'hand-over-note' : 'hand-over-note hand-over-note-short'}
        >
          {text}
          {agent !== null && agent !== from && <cite> – {agent}</cite>}
        </blockquote>
      ))}
      {hidesSome && !showsAll && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('handOver.allNotes', { count: notes.length })}
        </Button>
      )}
    </>
  );
}
