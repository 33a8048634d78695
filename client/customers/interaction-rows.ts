import type { CustomerInteraction } from '#contract/customers.ts';
import type { PastEngagement, PastEngagements } from '#contract/engagements.ts';
import { formatDuration } from '../i18n/format.ts';
import type { IconName } from '../ui/icon.tsx';
import { t } from './messages.ts';

export type InteractionRow = {
  key: string;
  at: number;
  icon: IconName;
  summary: string;
  /** The complete text, for the title. */
  title: string;
  agent?: string;
  /** Null for Zoom's own records. */
  source: string | null;
};

/** Interactions of the sources and of Zoom in one list, newest first. */
export function interactionRows(interactions: CustomerInteraction[], past: PastEngagements): InteractionRow[] {
  const engagements = past.kind === 'found' ? past.engagements : [];
  return [...interactions.map(rowOfInteraction), ...engagements.map(rowOfEngagement)].sort(
    (one, other) => other.at - one.at,
  );
}

function rowOfInteraction({ at, channel, summary, agent, source }: CustomerInteraction): InteractionRow {
  return {
    key: `${source} ${at} ${channel ?? ''} ${summary ?? ''}`,
    at,
    icon: iconFor(channel),
    summary: summary ?? channel ?? '',
    title: summary ?? channel ?? '',
    ...(agent !== undefined && { agent }),
    source,
  };
}

function rowOfEngagement(past: PastEngagement): InteractionRow {
  const { startedAt, channel, durationMs, queueName, agentName, disposition } = past;
  const word = t(`channel.${channel}`);
  const length = durationMs === null ? null : formatDuration(durationMs);
  return {
    key: `${startedAt} ${queueName} ${agentName}`,
    at: startedAt,
    icon: iconFor(channel),
    summary: disposition ?? queueName ?? word,
    title: [disposition, queueName, word, length].filter((part) => part !== null).join(' · '),
    ...(agentName !== null && { agent: agentName }),
    source: null,
  };
}

/** Channel names differ between sources. */
function iconFor(channel = ''): IconName {
  if (/voice|phone|call/i.test(channel)) return 'phone';
  if (/mail/i.test(channel)) return 'mail';
  if (/sms|text/i.test(channel)) return 'sms';
  if (/video/i.test(channel)) return 'video';
  if (/chat|messag/i.test(channel)) return 'chat';
  if (/social|whatsapp|facebook/i.test(channel)) return 'social';
  return 'person';
}
