/** An engagement as ServiceNow stores it: an interaction, and a work note on its case. */
import { createHash } from 'node:crypto';
import type { Activity } from '../port/connector.ts';
import type { Values } from './api.ts';
import { interactionTypes } from './mapping.ts';
import type { Parts } from './parts.ts';
import { toTime } from './row.ts';

/** Usual length of a text column: a longer key would be truncated and never be found. */
const maxKeyLength = 40;
/** Characters of a `short_description`. */
const maxSubjectLength = 160;

/** The columns of the interaction. */
export function toActivityRecord(activity: Activity, agentId: string | undefined, { settings, tables }: Parts): Values {
  const { key, channel, direction, startedAt, endedAt, subject, customerId } = activity;
  return {
    type: interactionTypes[channel],
    direction,
    state: 'closed_complete',
    opened_at: toTime(startedAt),
    closed_at: toTime(Math.max(startedAt, endedAt)),
    short_description: subject.slice(0, maxSubjectLength),
    work_notes: toNote(activity),
    [tables.interactionCustomer]: customerId,
    ...(agentId !== undefined && { assigned_to: agentId }),
    [settings.keyField]: toRecordKey(key),
  };
}

/** Identifies the interaction. Long keys are hashed. */
export function toRecordKey(key: string): string {
  return key.length <= maxKeyLength ? key : createHash('sha256').update(key).digest('hex').slice(0, maxKeyLength);
}

/** Identifies our note among the notes of a case. */
export function toMarker(key: string): string {
  return `[deskside:${toRecordKey(key)}]`;
}

export function toNote({ key, notes, channel, direction, startedAt, endedAt, disposition, agent }: Activity): string {
  const seconds = Math.max(0, Math.round((endedAt - startedAt) / 1_000));
  const lines = [
    ...(notes.trim() === '' ? [] : [escapeMarkup(notes), '']),
    `${direction === 'inbound' ? 'Inbound' : 'Outbound'} ${channel}, ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
    ...(disposition ? [`Disposition: ${escapeMarkup(disposition)}`] : []),
    `Agent: ${escapeMarkup(agent.name)}`,
    toMarker(key),
  ];
  return lines.join('\n');
}

/** ServiceNow renders `[code]…[/code]` as HTML. Also keeps other text from passing for our marker. */
function escapeMarkup(text: string): string {
  return text.trim().replace(/\[(?=\/?code\]|deskside:)/gi, '(');
}
