import { useCallback, useState } from 'react';
import type { EngagementFacts, HandOver as RecordedHandOver } from '#contract/engagements.ts';
import { formatDuration } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from './messages.ts';

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
  if (recorded === null ? facts.isTransfer !== true : isSender(facts, recorded)) return null;
  const agent = facts.transferFromAgentName ?? recorded?.from ?? t('strip.someone');
  const isWarm = (facts.transferType ?? recorded?.mode) === 'warm';
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

/** ms by which Zoom's client and its events may date one acceptance differently. */
const oneMomentMs = 5_000;

/** Zoom's events speak of the whole. Whoever had it before, and to whom nothing was transferred, is who handed it over. */
function isSender({ isTransfer, acceptTime }: EngagementFacts, { at }: RecordedHandOver): boolean {
  return isTransfer === false && acceptTime !== undefined && acceptTime < at - oneMomentMs;
}

/** A card must stay in sight below: two notes, two lines each, until the agent asks for all. */
const shownAtFirst = 2;

function WithWhat({ from, notes, disposition, heldMs }: RecordedHandOver) {
  const [showsAll, setShowsAll] = useState(false);
  const [isCut, measure] = useIsCut();
  const shown = showsAll ? notes : notes.slice(-shownAtFirst);
  const hidesSome = notes.length > shownAtFirst || isCut;
  const before = [
    disposition !== null && t('timeline.disposition', { text: disposition }),
    heldMs >= 1_000 && t('handOver.held', { duration: formatDuration(heldMs) }),
  ].filter((part) => part !== false);
  return (
    <>
      {before.length > 0 && <p className="hand-over-before">{before.join(' · ')}</p>}
      <div className="hand-over-notes" ref={measure}>
        {shown.map(({ at, agent, text }) => (
          <blockquote
            key={`${at} ${text}`}
            className={showsAll ? 'hand-over-note' : 'hand-over-note hand-over-note-short'}
          >
            {text}
            {agent !== null && agent !== from && <cite> – {agent}</cite>}
          </blockquote>
        ))}
      </div>
      {hidesSome && !showsAll && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('handOver.allNotes', { count: notes.length })}
        </Button>
      )}
    </>
  );
}

/** Whether a note needs more than its two lines: how wide the panel is decides that. */
function useIsCut() {
  const [isCut, setIsCut] = useState(false);
  const measure = useCallback((notes: HTMLDivElement | null) => {
    if (notes === null) return;
    // A fraction of a pixel is rounded differently in the two.
    const look = () => setIsCut([...notes.children].some((note) => note.scrollHeight > note.clientHeight + 1));
    // Before the first paint, so that nothing moves after it.
    look();
    const observer = new ResizeObserver(look);
    observer.observe(notes);
    return () => observer.disconnect();
  }, []);
  return [isCut, measure] as const;
}
