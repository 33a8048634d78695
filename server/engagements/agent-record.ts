/*
 * The state of an agent: login, status, queue opt-ins, name and e-mail. Each field is dated; the newest value wins,
 * ties broken by the greater key, so the record does not depend on the order of arrival or on repeats. After a lost
 * event the record is wrong until the next one; nothing that needs more is derived from it.
 */
import type { AgentEvent } from '../events.ts';

/** `at`: ms UTC. `key`: the key of the event that set the value. */
type Dated<Value> = { value: Value; at: number; key: string };

export type AgentRecord = {
  name?: Dated<string>;
  email?: Dated<string>;
  isLoggedIn?: Dated<boolean>;
  /** One field: a status without a sub-status clears the sub-status. */
  status?: Dated<{ status: string; subStatus: string | null }>;
  /** Set by the user's deletion; a later creation or login takes it back. */
  isDeleted?: Dated<boolean>;
  /** By queue id, or by name where no id is given. */
  queues: { [queue: string]: Dated<{ name: string | null; isOptedIn: boolean }> };
};

/** More than an agent can belong to; the least recently changed are removed first. */
const maxQueues = 500;

export const unknownAgent: AgentRecord = { queues: {} };

/** Returns the same object when nothing is new. */
export function addToAgent(known: AgentRecord, event: AgentEvent): AgentRecord {
  const { at, key, agent, kind } = event;
  const toDated = <Value>(value: Value): Dated<Value> => ({ value, at, key });
  const news: Partial<AgentRecord> = {
    ...(agent.name && { name: toDated(agent.name) }),
    ...(agent.email && { email: toDated(agent.email) }),
    ...((kind === 'logged-in' || kind === 'logged-out') && { isLoggedIn: toDated(kind === 'logged-in') }),
    ...(kind === 'status' &&
      event.status && { status: toDated({ status: event.status, subStatus: event.subStatus ?? null }) }),
    ...(kind === 'deleted' && { isDeleted: toDated(true) }),
    // Zoom does not repeat events: the login shows that the user is back, where the creation was lost.
    ...((kind === 'created' || kind === 'logged-in') && { isDeleted: toDated(false) }),
  };
  const fresh = Object.entries(news).filter(([field, dated]) =>
    isNewer(dated as Dated<unknown>, known[field as Exclude<keyof AgentRecord, 'queues'>]),
  );
  const queues = addQueue(known.queues, event);
  if (fresh.length === 0 && queues === known.queues) return known;
  return { ...known, ...Object.fromEntries(fresh), queues };
}

function addQueue(queues: AgentRecord['queues'], { at, key, kind, queueId, queueName }: AgentEvent) {
  const queue = queueId ?? queueName;
  if (queue === undefined || (kind !== 'opted-in' && kind !== 'opted-out')) return queues;
  const dated = { value: { name: queueName ?? null, isOptedIn: kind === 'opted-in' }, at, key };
  const before = Object.hasOwn(queues, queue) ? queues[queue] : undefined;
  if (!isNewer(dated, before)) return queues;
  const newest = Object.entries({ ...queues, [queue]: dated }).sort(([, a], [, b]) => (isNewer(a, b) ? -1 : 1));
  return Object.fromEntries(newest.slice(0, maxQueues));
}

function isNewer(dated: Dated<unknown>, before: Dated<unknown> | undefined): boolean {
  if (!before || dated.at !== before.at) return !before || dated.at > before.at;
  return dated.key > before.key;
}
