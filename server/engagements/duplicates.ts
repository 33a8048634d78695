/*
 * Removes duplicates: the same event from several origins, which have no key in common. A flow post is dated at its
 * arrival, which a slow script delays; REST rounds times and renames fields.
 *
 * - A flow event is a duplicate if a Zoom or REST event of the same kind is within 60 s: a script's timeouts are
 *   shorter, and the same kind rarely occurs twice in a minute.
 * - A REST event is a duplicate if a Zoom event of the same kind and agent is within 5 s; both carry Zoom's time, to
 *   the second. REST dates dispositions at the end and notes at their last change, so for these the same text is
 *   enough.
 * - Zoom reports one entry into a queue twice, for the task and for the queue: a second within 5 s is a duplicate.
 * - Events with different texts are never duplicates. `started` and `ended` occur once, so any distance is enough.
 *
 * A duplicate has no timeline entry and does not change the state; its facts are merged.
 */
import type { EngagementEventKind } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';

const flowWindowMs = 60_000;
const secondsMs = 5_000;

export function removeDuplicates(events: EngagementEvent[]): EngagementEvent[] {
  const signed = events.filter(({ origin }) => origin !== 'flow');
  const unique = events.filter(
    (event) => isDelivered(event) || !signed.some((original) => isDuplicateOf(event, original)),
  );
  const queued = unique.filter(({ kind }) => kind === 'queued');
  const repeated = new Set(queued.slice(1).filter(({ at }, index) => at - (queued[index]?.at ?? 0) <= secondsMs));
  const ended = unique.find((event) => event.kind === 'ended');
  return unique.filter((event) => !repeated.has(event) && (event.kind !== 'ended' || event === ended));
}

/** Kinds that name an agent who need not be in the engagement. */
const invitations = new Set<EngagementEventKind>(['ringing', 'declined', 'missed', 'withdrawn', 'consumer-invited']);

/**
 * The events that may change the state. Flows identify agents by e-mail, Zoom by id: once Zoom names an agent in the
 * engagement, a flow event would add the same agent a second time, and that one would never leave.
 */
export function removeUnconfirmed(events: EngagementEvent[]): EngagementEvent[] {
  const isNamed = events.some(
    ({ origin, kind, agent }) => origin !== 'flow' && !invitations.has(kind) && agent?.id !== undefined,
  );
  return isNamed ? events.filter(({ origin }) => origin !== 'flow') : events;
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
