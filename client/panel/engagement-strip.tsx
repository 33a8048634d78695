import type { ReactNode } from 'react';
import { channelOf, type EngagementFacts, type EngagementRecord } from '#contract/engagements.ts';
import { ChannelIcon } from '../engagements/channel-icon.tsx';
import { formatDuration } from '../i18n/format.ts';
import { Icon } from '../ui/icon.tsx';
import { useNow } from '../ui/use-now.ts';
import { t } from './messages.ts';

export type Connection = 'connecting' | 'live' | 'catching-up' | 'offline' | 'not-live';

type EngagementStripProps = {
  facts: EngagementFacts | null;
  /** From Zoom's events; null while unknown. */
  record: EngagementRecord | null;
  connection: Connection | null;
  menu: ReactNode;
};

/** Channel, queue, clock and connection, in one line of constant height. */
export function EngagementStrip({ facts, record, connection, menu }: EngagementStripProps) {
  return (
    <div className="strip">
      {facts === null ? (
        <span className="strip-queue">{t('app.name')}</span>
      ) : (
        <EngagementLine facts={facts} record={record} />
      )}
      {connection !== null && connection !== 'live' && <ConnectionMark connection={connection} />}
      <span className="strip-menu">{menu}</span>
    </div>
  );
}

function EngagementLine({ facts, record }: { facts: EngagementFacts; record: EngagementRecord | null }) {
  const channel = channelOf(facts);
  const word = t(`channel.${channel}`);
  return (
    <>
      <ChannelIcon channel={channel} />
      {facts.queueName !== undefined && <span className="visually-hidden">{word}</span>}
      <span className="strip-queue" title={facts.queueName ?? word}>
        {facts.queueName ?? word}
      </span>
      {facts.startTime !== undefined && (
        <span className="strip-clock" title={t('strip.clock')}>
          <Clock from={facts.startTime} until={facts.endTime} />
        </span>
      )}
      <Condition facts={facts} record={record} />
    </>
  );
}

/** The client reports this agent's part, Zoom's events the whole engagement; either can end it. */
function Condition({ facts, record }: { facts: EngagementFacts; record: EngagementRecord | null }) {
  if (facts.state === 'end' || record?.phase === 'ended')
    return <span className="strip-state">{t('strip.ended')}</span>;
  if (facts.state === 'wrap-up' || record?.phase === 'wrap-up') {
    return <span className="strip-state">{t('strip.wrapUp')}</span>;
  }
  if (record === null) return null;
  return (
    <>
      {record.hold.since !== null && (
        <span className="strip-condition strip-hold">
          <Icon name="pause" size={14} />
          {t('strip.hold')} <Clock from={record.hold.since} />
        </span>
      )}
      {record.mute.since !== null && (
        <span className="strip-condition strip-muted" title={t('strip.muted')}>
          <Icon name="muted" size={14} />
          <span className="strip-muted-word">{t('strip.muted')}</span>
        </span>
      )}
    </>
  );
}

function Clock({ from, until }: { from: number; until?: number | undefined }) {
  const now = useNow(1_000);
  return <span className="figures">{formatDuration((until ?? now) - from)}</span>;
}

function ConnectionMark({ connection }: { connection: Connection }) {
  return (
    <span className={`strip-connection strip-connection-${connection}`} title={t(`strip.${connection}.hint`)}>
      {connection === 'offline' ? (
        <Icon name="offline" size={14} />
      ) : connection === 'catching-up' ? (
        <Icon name="catching-up" size={14} />
      ) : (
        <span className="strip-dot" />
      )}
      <span className="strip-connection-word">{t(`strip.${connection}`)}</span>
    </span>
  );
}
