import type { Activity } from '../port/connector.ts';

/** Recognises a note of ours: the same for every try of an activity, and different for every other. */
export function toMarker(key: string): string {
  return `[deskside:${key}]`;
}

/** Of the call, which is no note: where it is alone, the note is still to be written. */
export function toCallMarker(key: string): string {
  return `[deskside-call:${key}]`;
}

/** For the eyes of agents. The marker stands last, so no text above it can pass for one. */
export function toNote(activity: Activity): string {
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

/** As Zendesk writes times: UTC, without parts of a second. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function toLength(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
