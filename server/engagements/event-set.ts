/*
 * The events of one engagement as a set. The record is computed from the whole set, so it does not depend on the order
 * of arrival, on repeats or on delays.
 *
 * - Events are identified by key. Of two with the same key, the one with higher precedence is stored, ties broken by
 *   the earlier time, then by content, so that the result does not depend on the order of arrival.
 * - At most 2,000 are stored, because each further event reads the whole row. Messages, files, keys, mutes and unknown
 *   kinds are removed first, then all others, then `started` and `ended`; oldest first in each group. Mute times of
 *   such an engagement cover only its last part. The selection does not depend on the order of arrival, except for a
 *   key that occurs with two contents when the one with higher precedence was already removed.
 */
import { type EngagementEventKind, engagementEventKinds } from '#contract/engagements.ts';
import type { EngagementEvent, Origin } from '../events.ts';

export const maxEvents = 2_000;

const precedence: Record<Origin, number> = { flow: 0, rest: 1, webhook: 2, socket: 2 };

/** Returns the same array when nothing in `more` is new. */
export function addEvents(known: EngagementEvent[], more: EngagementEvent[]): EngagementEvent[] {
  const byKey = new Map(known.map((event) => [event.key, event]));
  let isNew = false;
  for (const event of more) {
    const before = byKey.get(event.key);
    if (before && !hasPrecedence(event, before)) continue;
    byKey.set(event.key, event);
    isNew = true;
  }
  if (!isNew) return known;
  const limited = limitEvents([...byKey.values()]);
  // Removed events may arrive again; they change nothing.
  const before = new Set(known);
  return limited.length === known.length && limited.every((event) => before.has(event)) ? known : limited;
}

/** By time; within a millisecond by the kinds' order in the life of an engagement. */
export function inOrder(events: EngagementEvent[]): EngagementEvent[] {
  return events.toSorted((a, b) => a.at - b.at || rank(a.kind) - rank(b.kind) || compareText(a.key, b.key));
}

/** By time; of two at the same time the one with higher precedence comes last, where it wins. */
export function orderByPrecedence(ordered: EngagementEvent[]): EngagementEvent[] {
  return ordered.toSorted((a, b) => a.at - b.at || precedence[a.origin] - precedence[b.origin]);
}

const lastKinds: EngagementEventKind[] = [
  'conference-left',
  'consumer-left',
  'left',
  'wrap-up-started',
  'wrap-up-ended',
  'ended',
];
const ranks = new Map(
  [...engagementEventKinds.filter((kind) => !lastKinds.includes(kind)), ...lastKinds].map((kind, index) => [
    kind,
    index,
  ]),
);
const rank = (kind: EngagementEventKind) => ranks.get(kind) ?? 0;

function hasPrecedence(event: EngagementEvent, before: EngagementEvent): boolean {
  const order =
    precedence[before.origin] - precedence[event.origin] ||
    event.at - before.at ||
    compareText(contentOf(event), contentOf(before));
  return order < 0;
}

/** Without the origin: two deliveries of equal precedence that differ in nothing else are the same event. */
const contentOf = (event: EngagementEvent) => JSON.stringify({ ...event, origin: undefined });

const bounds = new Set<EngagementEventKind>(['started', 'ended']);
const light = new Set<EngagementEventKind>(['message', 'file', 'dtmf', 'muted', 'unmuted', 'other']);
const weight = (kind: EngagementEventKind) => (bounds.has(kind) ? 2 : light.has(kind) ? 0 : 1);

function limitEvents(events: EngagementEvent[]): EngagementEvent[] {
  if (events.length <= maxEvents) return events;
  return events
    .sort((a, b) => weight(b.kind) - weight(a.kind) || b.at - a.at || compareText(a.key, b.key))
    .slice(0, maxEvents);
}

/** By code unit, which is the same on every machine; a locale's order is not. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
