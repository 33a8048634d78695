/*
 * What is known of an agent: signed in or not, status, opted in to which queues, name and address. Each field is dated,
 * and the newest telling of it wins (of the same time, the one with the greater key), so that any order and any repetition
 * of the same events lead to the same record. There is no status without an event: after a lost one the record is
 * wrong until the next, and nothing is derived from it that could not bear that.
 */
import type { AgentEvent } from '../events.ts';

/** `at`: ms UTC. `key`: that of the event that said it. */
type Dated<Value> = { value: Value; at: number; key: string };

export type AgentRecord = {
  name?: Dated<string>;
  email?: Dated<string>;
  isLoggedIn?: Dated<boolean>;
  /** One field, for a status without a sub-status says that there is none. */
  status?: Dated<{ status: string; subStatus: string | null }>;
  isDeleted?: Dated<boolean>;
  /** By queue id, or by name where no id is given. */
  queues: { [queue: string]: Dated<{ name: string | null; isOptedIn: boolean }> };
};

/** More than an agent can be a member of; the ones longest unheard of go first. */
const maxQueues = 500;

export const unknownAgent: AgentRecord = { queues: {} };

/** The same object comes back when nothing is new. */
export function addToAgent(known: AgentRecord, event: AgentEvent): AgentRecord {
  const { at, key, agent, kind } = event;
  const said = <Value>(value: Value): Dated<Value> => ({ value, at, key });
  const news: Partial<AgentRecord> = {
    ...(agent.name && { name: said(agent.name) }),
    ...(agent.email && { email: said(agent.email) }),
    ...((kind === 'logged-in' || kind === 'logged-out') && { isLoggedIn: said(kind === 'logged-in') }),
    ...(kind === 'status' &&
      event.status && { status: said({ status: event.status, subStatus: event.subStatus ?? null }) }),
    ...(kind === 'deleted' && { isDeleted: said(true) }),
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
