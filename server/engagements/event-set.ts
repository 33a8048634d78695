/*
 * The events of one engagement as a set. The record is computed from the whole set, so it does not depend on the order
 * of arrival, on repeats or on delays.
 *
 * - Events are identified by key. Of two with the same key, the one with higher precedence is stored, ties broken by
 *   the earlier time, then by content, so that the result does not depend on the order of arrival.
 * - Each further event reads and writes the whole row, so its size is bounded. The newest 300 messages, files and
 *   unknown events are stored, as many as a timeline shows; of the older ones those that set a fact or are the last to
 *   name an agent. Variables of more than 256 kB are reduced to their newest values, and to the newest of those.
 * - At most 2,000 events and 256 kB without variables are stored. Messages, files, keys, mutes and unknown kinds are
 *   removed first, then all others, then `started` and `ended`; oldest first in each group. Mute times of such an
 *   engagement cover only its last part.
 *
 * Below these limits nothing is removed. Above them the selection does not depend on the order of arrival, except for a
 * key that occurs with two contents when the one with higher precedence was already removed, and for the date of a fact
 * whose earlier reports were removed before a report between them arrived.
 */
import { type EngagementEventKind, engagementEventKinds, type FlowVariable } from '#contract/engagements.ts';
import type { EngagementEvent, Origin } from '../events.ts';
import { mergeFacts, variableKey } from './merge-facts.ts';
import { maxEntries as maxMessages } from './timeline.ts';

export const maxEvents = 2_000;
export const maxVariableBytes = 256 * 1_024;
const maxEventBytes = 256 * 1_024;

const precedence: Record<Origin, number> = { flow: 0, rest: 1, webhook: 2, socket: 2 };

/** Within the limits. Returns the same array when nothing in `more` is new. */
export function addEvents(known: EngagementEvent[], more: EngagementEvent[]): EngagementEvent[] {
  const merged = mergeByKey(known, more);
  if (merged === known) return known;
  const limited = limitEvents(merged);
  if (limited === merged) return limited;
  // Removed and reduced events may arrive again; they change nothing.
  const before = new Map(known.map((event) => [event.key, event]));
  const stored = limited.map((event) => {
    const same = before.get(event.key);
    return same && same !== event && JSON.stringify(same) === JSON.stringify(event) ? same : event;
  });
  return stored.length === known.length && stored.every((event) => before.get(event.key) === event) ? known : stored;
}

/** Without limits. Returns the same array when nothing in `more` is new. */
export function mergeByKey(known: EngagementEvent[], more: EngagementEvent[]): EngagementEvent[] {
  const byKey = new Map(known.map((event) => [event.key, event]));
  let isNew = false;
  for (const event of more) {
    const before = byKey.get(event.key);
    if (before && !hasPrecedence(event, before)) continue;
    byKey.set(event.key, event);
    isNew = true;
  }
  return isNew ? [...byKey.values()] : known;
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

/** Returns the same array when it is within the limits. */
const limitEvents = (events: EngagementEvent[]) => limitSize(foldMessages(reduceVariables(events)));

/** Kinds that only the timeline shows. */
const messageKinds = new Set<EngagementEventKind>(['message', 'file', 'other']);

/** Removes old messages without which facts, agents and start stay the same. */
function foldMessages(events: EngagementEvent[]): EngagementEvent[] {
  const messages = events.filter(({ kind }) => messageKinds.has(kind));
  if (messages.length <= maxMessages) return events;
  const ordered = inOrder(events);
  const newest = inOrder(messages).slice(-maxMessages);
  const stored = new Set([...ordered.slice(0, 1), ...newest, ...events.filter(({ kind }) => !messageKinds.has(kind))]);
  mergeFacts(orderByPrecedence(ordered), (event) => stored.add(event));
  const lastNaming = new Map<string, EngagementEvent>();
  for (const event of ordered) for (const name of listNames(event)) lastNaming.set(name, event);
  for (const event of lastNaming.values()) stored.add(event);
  return stored.size === events.length ? events : events.filter((event) => stored.has(event));
}

/** Of agents: ids, and the e-mails of those without an id. */
const listNames = ({ agent, others = [], facts }: EngagementEvent) => [
  ...[agent, ...others].flatMap((named) => named?.id ?? named?.email?.toLowerCase() ?? []),
  ...(facts.assignedAgentId === undefined ? [] : [facts.assignedAgentId]),
];

type VariableRun = { value: string; first: EngagementEvent; last: EngagementEvent; bytes: number };

/**
 * Above the limit, stores of each variable the newest value only, in the first and the last event of the unbroken
 * series that reported it: the first one dates it, the last one outranks a late report in between.
 */
function reduceVariables(events: EngagementEvent[]): EngagementEvent[] {
  const bytes = events.reduce((sum, { facts }) => sum + sizeOf(facts.variables), 0);
  if (bytes <= maxVariableBytes) return events;
  const runs = findNewestRuns(events);
  const isStored = (event: EngagementEvent, { name, value }: FlowVariable) => {
    const run = runs.get(variableKey(name));
    return run?.value === value && (run.first === event || run.last === event);
  };
  return events.map((event) => {
    const { variables, ...facts } = event.facts;
    const stored = variables?.filter((variable) => isStored(event, variable)) ?? [];
    if (stored.length === (variables?.length ?? 0)) return event;
    return { ...event, facts: stored.length === 0 ? facts : { ...facts, variables: stored } };
  });
}

/** By variable, the newest ones within the limit. */
function findNewestRuns(events: EngagementEvent[]): Map<string, VariableRun> {
  const runs = new Map<string, VariableRun>();
  for (const event of orderByPrecedence(inOrder(events))) {
    for (const variable of event.facts.variables ?? []) {
      const key = variableKey(variable.name);
      const run = runs.get(key);
      const isSame = run?.value === variable.value;
      // Inserted again at the end: the map is in the order of the newest reports.
      runs.delete(key);
      runs.set(key, { value: variable.value, first: isSame ? run.first : event, last: event, bytes: sizeOf(variable) });
    }
  }
  let bytes = 0;
  const newest = [...runs].reverse().filter(([, run]) => {
    bytes += run.bytes;
    return bytes <= maxVariableBytes;
  });
  return new Map(newest);
}

function limitSize(events: EngagementEvent[]): EngagementEvent[] {
  let bytes = 0;
  const fits = (event: EngagementEvent) => {
    bytes += sizeOf(event) - sizeOf(event.facts.variables);
    return bytes <= maxEventBytes;
  };
  if (events.length <= maxEvents && events.every(fits)) return events;
  bytes = 0;
  return events
    .toSorted((a, b) => weight(b.kind) - weight(a.kind) || b.at - a.at || compareText(a.key, b.key))
    .slice(0, maxEvents)
    .filter(fits);
}

/** About the bytes of the JSON, at a fraction of its cost. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 8;
  if (Array.isArray(value)) return value.reduce<number>((size, item) => size + sizeOf(item) + 1, 2);
  let size = 2;
  for (const key in value) size += sizeOf(value[key as keyof typeof value]) + key.length + 4;
  return size;
}

/** By code unit, which is the same on every machine; a locale's order is not. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
