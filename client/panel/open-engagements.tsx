import { channelOf, type EngagementFacts } from '#contract/engagements.ts';
import { ChannelIcon } from '../engagements/channel-icon.tsx';
import { type EngagementViews, useCachedView } from '../engagements/engagement-views.ts';
import { t } from './messages.ts';

type Open = { engagementId: string; facts: EngagementFacts };

type OpenEngagementsProps = { open: Open[]; focusedId: string | null; views: EngagementViews };

/** The open engagements. Only Zoom can switch, so the tabs are disabled and outside the tab order. */
export function OpenEngagements({ open, focusedId, views }: OpenEngagementsProps) {
  if (open.length < 2) return null;
  return (
    <div className="open-engagements" role="tablist" aria-label={t('engagements.name')} title={t('engagements.hint')}>
      {open.map((one) => (
        <OpenEngagement key={one.engagementId} {...one} isFocused={one.engagementId === focusedId} views={views} />
      ))}
    </div>
  );
}

function OpenEngagement({
  engagementId,
  facts,
  isFocused,
  views,
}: Open & { isFocused: boolean; views: EngagementViews }) {
  const { cached } = useCachedView(views, engagementId);
  const channel = channelOf(facts);
  return (
    <div className="open-engagement" role="tab" aria-selected={isFocused} aria-disabled="true" tabIndex={-1}>
      <ChannelIcon channel={channel} />
      <span className="visually-hidden">{t(`channel.${channel}`)}</span>
      <span className="open-engagement-name">{cached?.shown.customer.card?.name ?? callerOf(facts)}</span>
    </div>
  );
}

/** The name as Zoom shows it, until the customer is known. */
function callerOf({ consumers }: EngagementFacts): string {
  const first = consumers?.[0];
  return first?.displayName ?? first?.number ?? first?.email ?? t('engagements.unknown');
}
