import { useMemo, useState } from 'react';
import { channelOf, type EngagementFacts, type EngagementRecord, type Gap } from '#contract/engagements.ts';
import { formatDuration, formatMoment, formatTime, formatWhen } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Fold } from '../ui/fold.tsx';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { composeTimeline, type TimelineItem, type TimelineLine } from './compose-timeline.ts';
import { t } from './messages.ts';
import { formatLine, lineAgent, lineIcon } from './timeline-messages.ts';

const shownAtFirst = 5;

/** The events of this engagement, newest first. Renders nothing while there are none. */
export function Timeline({ record, facts }: { record: EngagementRecord; facts: EngagementFacts }) {
  const [showsAll, setShowsAll] = useState(false);
  const now = useNow(30_000);
  const items = useMemo(() => composeTimeline(record), [record]);
  if (items.length === 0) return null;
  const shown = showsAll ? items : items.slice(0, shownAtFirst);
  return (
    <Fold
      id="timeline"
      title={t(isCall(facts) ? 'region.call' : 'region.conversation')}
      summary={summarize(record, items)}
    >
      <ol className="timeline">
        {shown.map((item) =>
          'gap' in item ? (
            <GapItem key={item.id} gap={item.gap} />
          ) : (
            <LineItem key={item.id} line={item.line} when={formatWhen(item.at, now)} />
          ),
        )}
      </ol>
      {shown.length < items.length && (
        <Button look="quiet" onClick={() => setShowsAll(true)}>
          {t('card.moreCases', { count: items.length })}
        </Button>
      )}
    </Fold>
  );
}

const isCall = (facts: EngagementFacts) => ['voice', 'video'].includes(channelOf(facts));

/** Whether Zoom's events are missing, and how long they waited and were on hold. */
function summarize({ hold, gaps }: EngagementRecord, items: TimelineItem[]): string {
  const waitedMs = items.reduce(
    (sum, item) => sum + ('line' in item && item.line.kind === 'queued' ? (item.line.durationMs ?? 0) : 0),
    0,
  );
  const gap = gaps.find(({ until }) => until === null);
  return [
    gap !== undefined && t('timeline.gap.lasting', { from: formatTime(gap.from) ?? '' }),
    waitedMs >= 1_000 && t('timeline.summary.waited', { duration: formatDuration(waitedMs) }),
    hold.totalMs >= 1_000 && t('timeline.summary.held', { duration: formatDuration(hold.totalMs) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

function LineItem({ line, when }: { line: TimelineLine; when: string }) {
  const agent = lineAgent(line);
  return (
    <li className="timeline-line">
      <Icon name={lineIcon(line)} size={14} />
      <span className="timeline-words">
        {formatLine(line)}
        {agent !== undefined && <span className="timeline-agent"> {agent}</span>}
      </span>
      <time dateTime={new Date(line.at).toISOString()} title={formatMoment(line.at)}>
        {when}
      </time>
      {line.kind === 'note' && <p className="timeline-note">{line.text}</p>}
    </li>
  );
}

/** A gap in Zoom's events, in words: an empty place would look as if nothing had happened. */
function GapItem({ gap: { from, until } }: { gap: Gap }) {
  const words = {
    from: formatTime(from) ?? '',
    until: until === null ? '' : (formatTime(until) ?? ''),
    seconds: until === null ? 0 : Math.ceil((until - from) / 1_000),
  };
  // A gap within one minute would read "from 10:01 to 10:01".
  const kind =
    until === null ? 'timeline.gap.lasting' : words.from === words.until ? 'timeline.gap.short' : 'timeline.gap';
  return (
    <li className="timeline-line timeline-gap">
      <Icon name="caution" size={14} />
      <span className="timeline-words">{t(kind, words)}</span>
    </li>
  );
}
