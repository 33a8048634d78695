/*
 * The events of one engagement as a set. A record is computed from the whole set, so neither the order of arrival nor
 * repeats nor lateness can change what it ends as: there is nothing to be merged into a state.
 *
 * - One occurrence is one event, by its key. Two different tellings of the same key (a flow's script that posts
 *   twice is dated twice) leave the better vouched, then the earlier; what remains is settled by the text itself, so that
 *   the same one is chosen whichever came first.
 * - At most 2,000 are kept. A chat of a day or a key held down could otherwise make a row that costs a second to read, at
 *   every further event. Messages, files, keys, mutes and what we have no word for go first, oldest first; then the rest,
 *   oldest first; what opens and closes the engagement last. So the times of mute of such an engagement are those of its
 *   last part. As the best 2,000 of an order that never changes, they too are the same however they arrived
 *   (but for a key in two tellings, if the better one had already gone).
 */
import { type EntryKind, entryKinds } from '#contract/engagements.ts';
import type { EngagementEvent, Origin } from '../events.ts';

export const maxEvents = 2_000;

const precedence: Record<Origin, number> = { flow: 0, rest: 1, webhook: 2, socket: 2 };

/** The same array comes back when nothing in `more` is new. */
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
  const kept = limitEvents([...byKey.values()]);
  // What is too light to be kept comes back at every repeat, and is no news.
  const before = new Set(known);
  return kept.length === known.length && kept.every((event) => before.has(event)) ? known : kept;
}

/** As it happened. What happened in the same millisecond goes by what can only follow what. */
export function inOrder(events: EngagementEvent[]): EngagementEvent[] {
  return events.toSorted((a, b) => a.at - b.at || rank(a.kind) - rank(b.kind) || compareText(a.key, b.key));
}

/** `ordered` as it is believed: of two that spoke at the same time, the better vouched comes last, where it wins. */
export function orderByPrecedence(ordered: EngagementEvent[]): EngagementEvent[] {
  return ordered.toSorted((a, b) => a.at - b.at || precedence[a.origin] - precedence[b.origin]);
}

const lastKinds: EntryKind[] = [
  'conference-left',
  'consumer-left',
  'left',
  'wrap-up-started',
  'wrap-up-ended',
  'ended',
];
const ranks = new Map(
  [...entryKinds.filter((kind) => !lastKinds.includes(kind)), ...lastKinds].map((kind, at) => [kind, at]),
);
const rank = (kind: EntryKind) => ranks.get(kind) ?? 0;

function hasPrecedence(event: EngagementEvent, before: EngagementEvent): boolean {
  const order =
    precedence[before.origin] - precedence[event.origin] ||
    event.at - before.at ||
    compareText(contentOf(event), contentOf(before));
  return order < 0;
}

/** Without the origin: two deliveries of equal precedence that differ in nothing else are the same event. */
const contentOf = (event: EngagementEvent) => JSON.stringify({ ...event, origin: undefined });

const bounds = new Set<EntryKind>(['started', 'ended']);
const light = new Set<EntryKind>(['message', 'file', 'dtmf', 'muted', 'unmuted', 'other']);
const weight = (kind: EntryKind) => (bounds.has(kind) ? 2 : light.has(kind) ? 0 : 1);

function limitEvents(events: EngagementEvent[]): EngagementEvent[] {
  if (events.length <= maxEvents) return events;
  return events
    .sort((a, b) => weight(b.kind) - weight(a.kind) || b.at - a.at || compareText(a.key, b.key))
    .slice(0, maxEvents);
}

/** By code unit, which is the same on every machine; a locale's order is not. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
