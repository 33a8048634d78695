import type { ReactNode } from 'react';
import { channelOf, type EngagementFacts } from '#contract/engagements.ts';
import { formatDuration } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { ChannelIcon } from './channel-icon.tsx';

export type Connection = 'connecting' | 'live' | 'offline';

type EngagementStripProps = { facts: EngagementFacts | null; connection: Connection | null; menu: ReactNode };

/** Channel, queue, clock and connection: the line that is the same height in every state. */
export function EngagementStrip({ facts, connection, menu }: EngagementStripProps) {
  return (
    <div className="strip">
      {facts === null ? <span className="strip-queue">{t('app.name')}</span> : <EngagementLine facts={facts} />}
      {connection !== null && <ConnectionMark connection={connection} />}
      <span className="strip-menu">{menu}</span>
    </div>
  );
}

function EngagementLine({ facts }: { facts: EngagementFacts }) {
  const channel = channelOf(facts);
  const word = t(`channel.${channel}`);
  return (
    <>
      <ChannelIcon channel={channel} />
      {facts.queueName !== undefined && <span className="visually-hidden">{word}</span>}
      <span className="strip-queue" title={facts.queueName ?? word}>
        {facts.queueName ?? word}
      </span>
      {facts.startTime !== undefined && <Clock from={facts.startTime} until={facts.endTime} />}
      {facts.state === 'wrap-up' && <span className="strip-state">{t('strip.wrapUp')}</span>}
      {facts.state === 'end' && <span className="strip-state">{t('strip.ended')}</span>}
    </>
  );
}

function Clock({ from, until }: { from: number; until: number | undefined }) {
  const now = useNow(1_000);
  return (
    <span className="strip-clock" title={t('strip.clock')}>
      {formatDuration((until ?? now) - from)}
    </span>
  );
}

function ConnectionMark({ connection }: { connection: Connection }) {
  return (
    <span className={`strip-connection strip-connection-${connection}`}>
      {connection === 'offline' ? <Icon name="offline" size={14} /> : <span className="strip-dot" />}
      {t(`strip.${connection}`)}
    </span>
  );
}
