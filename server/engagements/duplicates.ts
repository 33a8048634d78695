/*
 * One occurrence may be told in three ways that have no key in common. A flow's post has no time but its arrival, which
 * a slow script delays; the REST answer rounds and renames. Told twice, a timeline would show two calls answered.
 *
 * - A flow's event is an echo when Zoom or REST tell the same kind within 60 s of it: a script's own time-outs are
 *   shorter, and the same thing seldom happens twice in a minute.
 * - A REST event is an echo when Zoom tells the same kind of the same agent within 5 s: both are Zoom's own clock, to
 *   the second. REST dates a disposition at the end and a note at its last change, so of what an agent wrote the same
 *   words are enough.
 * - Zoom itself tells of one entry into a queue as the task's beginning and as its entering: the second within 5 s is one.
 * - Two with different texts are two notes, not one. A beginning and an end there is once: there any distance will do.
 *
 * An echo has no line of its own and moves nothing; the facts it told still count.
 */
import type { EntryKind } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';

const flowWindowMs = 60_000;
const secondsMs = 5_000;

export function removeDuplicates(events: EngagementEvent[]): EngagementEvent[] {
  const signed = events.filter(({ origin: by }) => by !== 'flow');
  const kept = events.filter(
    (event) => isDelivered(event) || !signed.some((original) => isDuplicateOf(event, original)),
  );
  const queued = kept.filter(({ kind }) => kind === 'queued');
  const again = new Set(queued.slice(1).filter(({ at }, index) => at - (queued[index]?.at ?? 0) <= secondsMs));
  const ended = kept.find((event) => event.kind === 'ended');
  return kept.filter((event) => !again.has(event) && (event.kind !== 'ended' || event === ended));
}

/** Kinds that name an agent who need not be in it. */
const asks = new Set<EntryKind>(['ringing', 'declined', 'missed', 'withdrawn', 'consumer-invited']);

/**
 * What may move an engagement. Who is in it is kept by agent, and a flow knows agents by e-mail only, Zoom by id only: once
 * Zoom itself names one who is in it, a flow's word would bring in a second, who never leaves.
 */
export function removeUnconfirmed(events: EngagementEvent[]): EngagementEvent[] {
  const isNamed = events.some(
    ({ origin: by, kind, agent }) => by !== 'flow' && !asks.has(kind) && agent?.id !== undefined,
  );
  return isNamed ? events.filter(({ origin: by }) => by !== 'flow') : events;
}

const isDelivered = ({ origin }: EngagementEvent) => origin === 'webhook' || origin === 'socket';

function isDuplicateOf(event: EngagementEvent, original: EngagementEvent): boolean {
  if (event.kind !== original.kind || (event.origin === 'rest' && original.origin === 'rest')) return false;
  if (event.text !== undefined && original.text !== undefined && event.text !== original.text) return false;
  if (event.kind === 'started' || event.kind === 'ended') return true;
  const distance = Math.abs(event.at - original.at);
  if (event.origin === 'flow') return distance <= flowWindowMs;
  return (distance <= secondsMs || event.text !== undefined) && isSameAgent(event, original);
}

const isSameAgent = (a: EngagementEvent, b: EngagementEvent) =>
  a.agent?.id === undefined || b.agent?.id === undefined || a.agent.id === b.agent.id;
