/** An engagement as Zendesk stores it: a private comment that ends with our marker. */
import type { Activity } from '../port/connector.ts';
import type { PrivateComment } from './api.ts';

export function toActivityRecord(activity: Activity, authorId: number | undefined): PrivateComment {
  return toPrivateComment(toNote(activity), authorId);
}

export function toPrivateComment(body: string, authorId: number | undefined): PrivateComment {
  return { body, public: false, ...(authorId !== undefined && { author_id: authorId }) };
}

/** Identifies our note: equal for all attempts of an activity, unique to it. */
function toMarker(key: string): string {
  return `[deskside:${key}]`;
}

/** Identifies the call record, which does not replace the note. */
export function toCallMarker(key: string): string {
  return `[deskside-call:${key}]`;
}

/** The marker comes last, so no other text of the note can pass for it. */
function toNote(activity: Activity): string {
  const { channel, direction, startedAt, endedAt, fromNumber, toNumber, agent, disposition } = activity;
  const what = `${direction === 'inbound' ? 'Inbound' : 'Outbound'} ${channel}`;
  const numbers = [fromNumber, toNumber].filter((number) => number !== undefined).join(' → ');
  const lines = [
    activity.subject,
    [what, `${toIso(startedAt)} – ${toIso(endedAt)} (${toLength(endedAt - startedAt)})`, numbers]
      .filter((part) => part !== '')
      .join(' · '),
    `Agent: ${agent.name}${disposition ? ` · Disposition: ${disposition}` : ''}`,
    ...(activity.notes.trim() === '' ? [] : ['', activity.notes.trim()]),
    '',
    toMarker(activity.key),
  ];
  return lines.join('\n');
}

export function isNoteOf(body: string | null | undefined, key: string): boolean {
  return (body ?? '').trimEnd().endsWith(toMarker(key));
}

/** A time as Zendesk writes it: UTC, to the second. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function toLength(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
