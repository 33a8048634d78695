import { useMemo, useState } from 'react';
import type { EngagementRecord, Gap } from '#contract/engagements.ts';
import { formatMoment, formatTime, formatWhen } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { composeTimeline, type TimelineLine } from './compose-timeline.ts';
import { t } from './messages.ts';
import { formatLine, lineAgent, lineIcon } from './timeline-messages.ts';

const shownAtFirst = 5;

/** The events of this engagement, newest first. Renders nothing while there are none. */
export function Timeline({ record }: { record: EngagementRecord }) {
  const [showsAll, setShowsAll] = useState(false);
  const now = useNow(30_000);
  const items = useMemo(() => composeTimeline(record), [record]);
  if (items.length === 0) return null;
  const shown = showsAll ? items : items.slice(0, shownAtFirst);
  return (
    <Region title={t('region.timeline')}>
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
    </Region>
  );
}

function LineItem({ line, when }: { line: TimelineLine; when: string }) {
  const agent = lineAgent(line);
  return (
    <li className="timeline-line">
      <Icon name={lineIcon(line)} size={14} />
      <span className="timeline-words">
        {formatLine(line)}
        {agent !== undefined && <span className="timeline-agent">{agent}</span>}
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
