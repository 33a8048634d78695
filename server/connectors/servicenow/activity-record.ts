import { createHash } from 'node:crypto';
import type { Activity } from '../port/connector.ts';

/** The usual length of a column of text: a longer key would be cut off, and never be found again. */
const longestKey = 40;

/** What an interaction is found again by. */
export function toRecordKey(key: string): string {
  return key.length <= longestKey ? key : createHash('sha256').update(key).digest('hex').slice(0, longestKey);
}

/** Recognises a note of ours among a case's. */
export function toMarker(key: string): string {
  return `[deskside:${toRecordKey(key)}]`;
}

export function toNote({ key, notes, channel, direction, startedAt, endedAt, disposition, agent }: Activity): string {
  const seconds = Math.max(0, Math.round((endedAt - startedAt) / 1_000));
  const lines = [
    ...(notes.trim() === '' ? [] : [asText(notes), '']),
    `${direction === 'inbound' ? 'Inbound' : 'Outbound'} ${channel}, ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
    ...(disposition ? [`Disposition: ${asText(disposition)}`] : []),
    `Agent: ${asText(agent.name)}`,
    toMarker(key),
  ];
  return lines.join('\n');
}

/** ServiceNow shows what stands between `[code]` and `[/code]` as HTML; and no text may pass for our marker. */
function asText(text: string): string {
  return text.trim().replace(/\[(?=\/?code\]|deskside:)/gi, '(');
}
