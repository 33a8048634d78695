import type { EngagementFacts } from '#contract/engagements.ts';
import type { AgentEvent, DomainEvent, EngagementEvent, NormalizedEvent, TransactionHook } from '../events.ts';
import type { Db } from '../platform/storage/schema.ts';
import { addToAgent } from './agent-record.ts';
import type { AgentStore } from './agent-store.ts';
import type { EngagementStore, KnownEngagement } from './engagement-store.ts';
import { addEvents } from './event-set.ts';
import type { ObservationStore } from './observation-store.ts';
import { type ReducedEngagement, reduceEvents } from './reduce-events.ts';

/** Appends to the account's live changes, in the same transaction. */
export type AppendChanges = (
  transaction: Db,
  account: string,
  changes: { engagementId: string; agents: string[] }[],
  now: number,
) => Promise<void>;

type ChangedEngagement = Extract<DomainEvent, { kind: 'engagement.changed' }>;
type Stores = { engagements: EngagementStore; observations: ObservationStore; agents: AgentStore };
/** `receivedAt`: when the events first arrived, ms UTC. */
export type Arrival = { account: string; events: NormalizedEvent[]; receivedAt: number };
type Received = { account: string; receivedAt: number; now: number };

/**
 * A later time than this is replaced by the time of arrival: a date of 2099 would win over everything that follows and
 * keep the engagement from ending.
 */
const maxAheadMs = 3_600_000;

/**
 * The one path by which events of any origin reach the records. Runs in the caller's transaction; the caller publishes
 * the returned domain events after the commit.
 *
 * Locks engagements in the order of their ids, then agents in that of theirs, then what the hooks lock, then the
 * account's live cursor, which serializes the account's writers and therefore comes last. Concurrent calls wait, never
 * in a circle. Events that add nothing write nothing, run no hook and publish nothing.
 */
export async function applyEngagementEvents(
  transaction: Db,
  { account, events, receivedAt }: Arrival,
  parts: { stores: Stores; hooks: TransactionHook[]; appendChanges: AppendChanges; now: number },
): Promise<DomainEvent[]> {
  const { stores, hooks, now } = parts;
  const received = { account, receivedAt, now };

  const engagementEvents = events.flatMap((item) => (item.subject === 'engagement' ? [item.event] : []));
  const changed: ChangedEngagement[] = [];
  for (const [engagementId, group] of groupById(engagementEvents, (event) => event.engagementId)) {
    const event = await applyToEngagement(transaction, stores, { ...received, engagementId, events: group });
    if (event) changed.push(event);
  }

  const agentEvents = events.flatMap((item) => (item.subject === 'agent' ? [item.event] : []));
  const changedAgents: DomainEvent[] = [];
  for (const [uid, group] of groupById(agentEvents, (event) => event.agent.id)) {
    const isChanged = await applyToAgent(transaction, stores, { ...received, uid, events: group });
    const isDeleted = group.some(({ kind }) => kind === 'deleted');
    if (isChanged) changedAgents.push({ kind: 'agent.changed', account, uid, isDeleted });
  }

  const domainEvents = [...changed, ...changedAgents];
  if (domainEvents.length === 0) return [];
  const further: DomainEvent[] = [];
  for (const runHook of hooks) further.push(...(await runHook(transaction, domainEvents)));
  if (changed.length > 0) await parts.appendChanges(transaction, account, changed.map(toChange), now);
  return [...domainEvents, ...further];
}

const toChange = ({ engagementId, agents }: ChangedEngagement) => ({ engagementId, agents });

async function applyToEngagement(
  transaction: Db,
  { engagements, observations }: Stores,
  { account, engagementId, events, receivedAt, now }: Received & { engagementId: string; events: EngagementEvent[] },
): Promise<ChangedEngagement | undefined> {
  const known = await engagements.lock(transaction, { account, engagementId }, now);
  const merged = addEvents(
    known.events,
    events.map((event) => capTime(event, receivedAt)),
  );
  if (merged === known.events) return undefined;

  const reduced = reduceEvents(merged);
  await engagements.write(transaction, { account, engagementId, now }, { known, events: merged, reduced });
  const observers = await observations.listObservers(transaction, { account, engagementId });
  return {
    kind: 'engagement.changed',
    account,
    engagementId,
    facts: reduced.facts,
    agents: [...new Set([...reduced.agents, ...observers])],
    shouldPrefetch: shouldPrefetch(known, reduced),
    hasEnded: !known.hasEnded && reduced.endedAt !== null,
  };
}

function applyToAgent(
  transaction: Db,
  { agents }: Stores,
  { account, uid, events, receivedAt, now }: Received & { uid: string; events: AgentEvent[] },
): Promise<boolean> {
  return agents.change(transaction, { account, uid, now }, (known) =>
    events.map((event) => capTime(event, receivedAt)).reduce(addToAgent, known),
  );
}

function capTime<Dated extends { at: number }>(event: Dated, receivedAt: number): Dated {
  return event.at > receivedAt + maxAheadMs ? { ...event, at: receivedAt } : event;
}

/** An identifier is known, and the engagement still waits or rings, or the identifier is new. */
function shouldPrefetch(known: KnownEngagement, { facts, record }: ReducedEngagement): boolean {
  if (!namesCaller(facts) || record.phase === 'ended') return false;
  return record.phase === 'queued' || record.phase === 'ringing' || !namesCaller(known.facts);
}

const namesCaller = ({ consumers = [] }: EngagementFacts) =>
  consumers.some(({ number, email }) => number !== undefined || email !== undefined);

/** Sorted by id in code units: the same lock order in every process. */
function groupById<Item>(items: Item[], idOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(idOf(item), [...(groups.get(idOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
