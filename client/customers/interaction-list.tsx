import type { CustomerInteraction, Source } from '#contract/customers.ts';
import { formatMoment, formatRelative } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { SourceAge } from './source-age.tsx';

export function InteractionList({ interactions, source }: { interactions: CustomerInteraction[]; source: Source }) {
  const now = useNow(60_000);
  return (
    <Region title={t('region.interactions')} aside={<SourceAge source={source} />}>
      {interactions.length === 0 && <p className="quiet">{t('card.noInteractions')}</p>}
      <ul className="rows">
        {interactions.map((one) => (
          <li className="interaction" key={`${one.at} ${one.channel ?? ''} ${one.summary ?? ''}`}>
            <Icon name={iconFor(one.channel)} size={14} />
            <span className="interaction-summary" title={one.summary}>
              {one.summary ?? one.channel ?? ''}
            </span>
            <span className="interaction-who">
              {one.agent !== undefined && <span className="interaction-agent">{one.agent}</span>}
              <time dateTime={new Date(one.at).toISOString()} title={formatMoment(one.at)}>
                {formatRelative(one.at, now)}
              </time>
            </span>
          </li>
        ))}
      </ul>
    </Region>
  );
}

/** Sources name their channels as they like. */
function iconFor(channel = ''): IconName {
  if (/voice|phone|call/i.test(channel)) return 'phone';
  if (/mail/i.test(channel)) return 'mail';
  if (/sms|text/i.test(channel)) return 'sms';
  if (/video/i.test(channel)) return 'video';
  if (/chat|messag/i.test(channel)) return 'chat';
  if (/social|whatsapp|facebook/i.test(channel)) return 'social';
  return 'person';
}
