import type { CustomerInteraction } from '#contract/customers.ts';
import type { PastEngagement, PastEngagements } from '#contract/engagements.ts';
import type { IconName } from '../ui/icon.tsx';

/** One earlier contact. `text`: its note; absent where nobody wrote one. */
export type ContactRow = {
  key: string;
  at: number;
  icon: IconName;
  text?: string;
  /** Its channel as the source names it. */
  channel?: string;
  agent?: string;
  disposition?: string;
  queue?: string;
  durationMs?: number;
  /** Null for Zoom's own records. */
  source: string | null;
};

/** By which the clocks of Zoom and of a source may differ for one contact. */
const sameContactMs = 2 * 60_000;

/**
 * Contacts of the sources and of Zoom in one list, newest first. An engagement and the activity that a source has of it
 * are one row: of the same channel and at the same time.
 */
export function listContactRows(interactions: CustomerInteraction[], past: PastEngagements): ContactRow[] {
  const engagements = (past.kind === 'found' ? past.engagements : []).map(toRow);
  const rows = interactions.map((interaction): ContactRow => {
    const row = toRowOfSource(interaction);
    const position = engagements.findIndex((engagement) => isSameContact(row, engagement));
    const [engagement] = position < 0 ? [] : engagements.splice(position, 1);
    const text = row.text ?? engagement?.text;
    return { ...engagement, ...row, ...(text !== undefined && { text }) };
  });
  return [...rows, ...engagements].sort((one, other) => other.at - one.at);
}

function isSameContact({ at, icon }: ContactRow, engagement: ContactRow): boolean {
  const end = engagement.at + (engagement.durationMs ?? 0);
  return icon === engagement.icon && at >= engagement.at - sameContactMs && at <= end + sameContactMs;
}

function toRowOfSource({ at, channel, summary, agent, source }: CustomerInteraction): ContactRow {
  return {
    key: `${source} ${at} ${channel ?? ''} ${summary ?? ''}`,
    at,
    icon: iconFor(channel),
    ...(summary && { text: summary }),
    ...(channel !== undefined && { channel }),
    ...(agent !== undefined && { agent }),
    source,
  };
}

function toRow({
  startedAt,
  channel,
  durationMs,
  queueName,
  agentName,
  disposition,
  note,
}: PastEngagement): ContactRow {
  const text = note ?? disposition;
  return {
    key: `zoom ${startedAt} ${queueName} ${agentName}`,
    at: startedAt,
    icon: iconFor(channel),
    ...(text !== null && { text }),
    ...(agentName !== null && { agent: agentName }),
    ...(disposition !== null && { disposition }),
    ...(queueName !== null && { queue: queueName }),
    ...(durationMs !== null && { durationMs }),
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
