import { channelOf, type EngagementFacts } from '#contract/engagements.ts';
import { ChannelIcon } from '../engagements/channel-icon.tsx';
import { type EngagementViews, useCachedView } from '../engagements/engagement-views.ts';
import { t } from './messages.ts';

type Open = { engagementId: string; facts: EngagementFacts };

type OpenEngagementsProps = {
  open: Open[];
  focusedId: string | null;
  views: EngagementViews;
  /** For a client that does not know which one is in front; else Zoom alone switches. */
  onChoose?: (engagementId: string) => void;
};

export function OpenEngagements({ open, focusedId, views, onChoose }: OpenEngagementsProps) {
  if (open.length < 2) return null;
  return (
    <ul
      className="open-engagements"
      aria-label={t('engagements.name')}
      title={onChoose ? undefined : t('engagements.hint')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list wider than the panel is scrolled by keys
      tabIndex={0}
    >
      {open.map((one) => (
        <OpenEngagement
          key={one.engagementId}
          {...one}
          isFocused={one.engagementId === focusedId}
          views={views}
          {...(onChoose && { onChoose })}
        />
      ))}
    </ul>
  );
}

type OpenEngagementProps = Open & Pick<OpenEngagementsProps, 'views' | 'onChoose'> & { isFocused: boolean };

function OpenEngagement({ engagementId, facts, isFocused, views, onChoose }: OpenEngagementProps) {
  const { cached } = useCachedView(views, engagementId);
  const channel = channelOf(facts);
  const name = (
    <>
      <ChannelIcon channel={channel} />
      <span className="visually-hidden">{t(`channel.${channel}`)}</span>
      <span className="open-engagement-name">
        {cached?.shown.customer.card?.name ?? callerOf(facts) ?? t('engagements.unknown')}
      </span>
    </>
  );
  return (
    <li className="open-engagement" aria-current={isFocused || undefined} ref={isFocused ? scrollIntoView : undefined}>
      {onChoose ? (
        <button type="button" className="open-engagement-choice" onClick={() => onChoose(engagementId)}>
          {name}
        </button>
      ) : (
        name
      )}
    </li>
  );
}

/** The one in front is never out of sight. */
function scrollIntoView(item: HTMLLIElement | null): void {
  item?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
}

/** The name as Zoom shows it, until the customer is known. */
export function callerOf({ consumers }: EngagementFacts): string | undefined {
  const first = consumers?.[0];
  return first?.displayName ?? first?.number ?? first?.email;
}
