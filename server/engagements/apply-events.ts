import type { EngagementFacts } from '#contract/engagements.ts';
import type { AgentEvent, DomainEvent, EngagementEvent, EventBatch, TransactionHook } from '../events.ts';
import type { Db } from '../platform/storage/schema.ts';
import { addToAgent } from './agent-record.ts';
import type { AgentStore } from './agent-store.ts';
import type { EngagementStore, KnownEngagement } from './engagement-store.ts';
import { addEvents } from './event-set.ts';
import { listConcerned } from './list-concerned.ts';
import type { ObservationStore } from './observation-store.ts';
import { type ReducedEngagement, reduceEvents } from './reduce-events.ts';

/** Appends to the account's live changes, in the same transaction. */
export type AppendChanges = (
  transaction: Db,
  account: string,
  changes: { engagementId: string; agentIds: string[] }[],
  now: number,
) => Promise<void>;

type ChangedEngagement = Extract<DomainEvent, { kind: 'engagement.changed' }>;
type Stores = { engagements: EngagementStore; observations: ObservationStore; agents: AgentStore };
type Pushing = {
  /** TRUST_PANELS: the panels that observed an engagement are its agents where Zoom names none. */
  trustPanels: boolean;
};
type Received = Pushing & { account: string; receivedAt: number; now: number };

/**
 * A time that is later than the batch's newest arrival by more than this is replaced by that arrival: a date of 2099
 * would win over all later events, and the engagement would never end.
 */
const maxAheadMs = 3_600_000;

/**
 * The one path by which events of any origin reach the records. Runs in the caller's transaction; the caller publishes
 * the returned domain events after the commit.
 *
 * Locks are taken in one order, which prevents deadlocks: engagements by id, agents by id, the locks of the hooks, and
 * the account's live cursor last, because it serializes the account's writers. Events that add nothing change no record
 * (an empty row is inserted for an unknown engagement or agent), run no hook and publish nothing.
 */
export async function applyEngagementEvents(
  transaction: Db,
  { account, events, receivedAt }: EventBatch,
  parts: Pushing & { stores: Stores; hooks: TransactionHook[]; appendChanges: AppendChanges; now: number },
): Promise<DomainEvent[]> {
  const { stores, hooks, now, trustPanels } = parts;
  const received = { account, receivedAt, now, trustPanels };

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

const toChange = ({ engagementId, agentIds }: ChangedEngagement) => ({ engagementId, agentIds });

async function applyToEngagement(
  transaction: Db,
  stores: Stores,
  {
    account,
    engagementId,
    events,
    receivedAt,
    now,
    trustPanels,
  }: Received & { engagementId: string; events: EngagementEvent[] },
): Promise<ChangedEngagement | undefined> {
  const { engagements } = stores;
  const known = await engagements.lock(transaction, { account, engagementId }, now);
  const merged = addEvents(
    known.events,
    events.map((event) => capTime(event, receivedAt)),
  );
  if (merged === known.events) return undefined;

  const reduced = reduceEvents(merged);
  await engagements.write(transaction, { account, engagementId, now }, { known, events: merged, reduced });
  const { involvement } = reduced;
  const concerned = await listConcerned(transaction, stores, { account, engagementId, involvement, trustPanels });
  return {
    kind: 'engagement.changed',
    account,
    engagementId,
    facts: reduced.facts,
    flowNumbers: [...new Set(merged.flatMap(({ facts }) => facts.flowNumber ?? []))],
    // Agents who have just left get this change, and no later one.
    agentIds: [...new Set([...known.agentIds, ...concerned])].sort(),
    shouldPrefetch: shouldPrefetch(known, reduced),
    hasJustEnded: !known.hasEnded && reduced.endedAt !== null,
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

/** A phone or e-mail is known, and the engagement is queued or rings, or they are new and it has not ended. */
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
