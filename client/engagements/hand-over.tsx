import { useCallback, useState } from 'react';
import type { EngagementFacts, HandOver as RecordedHandOver } from '#contract/engagements.ts';
import { formatDuration } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from './messages.ts';

type HandOverProps = {
  facts: EngagementFacts;
  /** From Zoom's events; null until they report a transfer. */
  recorded: RecordedHandOver | null;
};

/**
 * The sender of a transferred engagement, and the notes that came with it. Zoom's client and its events are two origins
 * and either may know nothing: the client names the agent only where the account allows it.
 */
export function HandOver({ facts, recorded }: HandOverProps) {
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
      {recorded !== null && <HandOverDetails {...recorded} />}
    </section>
  );
}

/** A transfer is under way or done, and this agent is not its sender. */
export function showsHandOver(facts: EngagementFacts, recorded: RecordedHandOver | null): boolean {
  return recorded === null ? facts.isTransfer === true : !isSender(facts, recorded);
}

/** ms by which Zoom's client and its events may differ in the time of one acceptance. */
const oneMomentMs = 5_000;

/** Zoom's events describe the whole engagement. An agent who accepted before the transfer is its sender. */
function isSender({ isTransfer, acceptTime }: EngagementFacts, { at }: RecordedHandOver): boolean {
  return isTransfer === false && acceptTime !== undefined && acceptTime < at - oneMomentMs;
}

/** Two notes of two lines each keep the card below in view. */
const shownAtFirst = 2;

function HandOverDetails({ from, notes, disposition, heldMs }: RecordedHandOver) {
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

/** Whether a note needs more than two lines, which depends on the width of the panel. */
function useIsCut() {
  const [isCut, setIsCut] = useState(false);
  const measure = useCallback((notes: HTMLDivElement | null) => {
    if (notes === null) return;
    // scrollHeight and clientHeight round a fraction of a pixel differently.
    const look = () => setIsCut([...notes.children].some((note) => note.scrollHeight > note.clientHeight + 1));
    // Measured before the first paint, so that no layout shift follows.
    look();
    const observer = new ResizeObserver(look);
    observer.observe(notes);
    return () => observer.disconnect();
  }, []);
  return [isCut, measure] as const;
}
