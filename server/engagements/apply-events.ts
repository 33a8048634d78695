import type { EngagementFacts } from '#contract/engagements.ts';
import type { AgentEvent, DomainEvent, EngagementEvent, NormalizedEvent } from '../events.ts';
import type { Db } from '../platform/storage/schema.ts';
import { addToAgent } from './agent-record.ts';
import type { AgentStore } from './agent-store.ts';
import type { EngagementStore, KnownEngagement } from './engagement-store.ts';
import { addEvents } from './event-set.ts';
import type { ObservationStore } from './observation-store.ts';
import { type ReducedEngagement, reduceEvents } from './reduce-events.ts';

/** Tells the account's panels, in the same commit. */
export type AppendChanges = (
  transaction: Db,
  account: string,
  changes: { engagementId: string; agents: string[] }[],
  now: number,
) => Promise<void>;

type ChangedEngagement = Extract<DomainEvent, { kind: 'engagement.changed' }>;
type Stores = { engagements: EngagementStore; observations: ObservationStore; agents: AgentStore };
type Arrival = { account: string; receivedAt: number; now: number };

/**
 * No clock of Zoom's runs an hour ahead of ours. Believed, a stamp of 2099 would beat all that follows, and keep an
 * engagement from ending; so it is dated when it arrived.
 */
const mostAheadMs = 3_600_000;

/**
 * Locks engagements in the order of their ids, then agents in that of theirs, then what `announce` locks: whoever takes
 * statements at the same time waits, and never in a circle. What says nothing new writes nothing and tells nobody.
 */
export async function applyEngagementEvents(
  stores: Stores,
  announce: AppendChanges,
  transaction: Db,
  arrival: Arrival,
  statements: NormalizedEvent[],
): Promise<DomainEvent[]> {
  const engagements = statements.flatMap((one) => (one.subject === 'engagement' ? [one.event] : []));
  const changed: ChangedEngagement[] = [];
  for (const [engagementId, said] of groupById(engagements, (one) => one.engagementId)) {
    const event = await takeOfEngagement(stores, transaction, { ...arrival, engagementId }, said);
    if (event) changed.push(event);
  }
  const agents = statements.flatMap((one) => (one.subject === 'agent' ? [one.event] : []));
  const changedAgents: DomainEvent[] = [];
  for (const [uid, said] of groupById(agents, (one) => one.agent.id)) {
    const isNew = await takeOfAgent(stores, transaction, { ...arrival, uid }, said);
    const isGone = said.some(({ kind }) => kind === 'deleted');
    if (isNew) changedAgents.push({ kind: 'agent.changed', account: arrival.account, uid, isGone });
  }
  if (changed.length > 0) await announce(transaction, arrival.account, changed.map(toChange), arrival.now);
  return [...changed, ...changedAgents];
}

const toChange = ({ engagementId, agents }: ChangedEngagement) => ({ engagementId, agents });

async function takeOfEngagement(
  { engagements, observations }: Stores,
  transaction: Db,
  { account, engagementId, receivedAt, now }: Arrival & { engagementId: string },
  said: EngagementEvent[],
): Promise<ChangedEngagement | undefined> {
  const known = await engagements.lock(transaction, { account, engagementId }, now);
  const statements = addEvents(
    known.statements,
    said.map((statement) => notFromTheFuture(statement, receivedAt)),
  );
  if (statements === known.statements) return undefined;

  const folded = reduceEvents(statements);
  await engagements.write(transaction, { account, engagementId, now }, known, statements, folded);
  const observers = await observations.listObservers(transaction, { account, engagementId });
  return {
    kind: 'engagement.changed',
    account,
    engagementId,
    facts: folded.facts,
    agents: [...new Set([...folded.agents, ...observers])],
    isArriving: isArriving(known, folded),
    hasEnded: !known.hasEnded && folded.endedAt !== null,
  };
}

function takeOfAgent(
  { agents }: Stores,
  transaction: Db,
  { account, uid, receivedAt, now }: Arrival & { uid: string },
  said: AgentEvent[],
): Promise<boolean> {
  return agents.change(transaction, { account, uid, now }, (known) =>
    said.map((statement) => notFromTheFuture(statement, receivedAt)).reduce(addToAgent, known),
  );
}

function notFromTheFuture<Dated extends { at: number }>(statement: Dated, receivedAt: number): Dated {
  return statement.at > receivedAt + mostAheadMs ? { ...statement, at: receivedAt } : statement;
}

/** There is somebody to look up, and it is early enough for it to be worth while, or only now told. */
function isArriving(known: KnownEngagement, { facts, record }: ReducedEngagement): boolean {
  if (!namesCaller(facts) || record.phase === 'ended') return false;
  return record.phase === 'queued' || record.phase === 'ringing' || !namesCaller(known.facts);
}

const namesCaller = ({ consumers = [] }: EngagementFacts) =>
  consumers.some(({ number, email }) => number !== undefined || email !== undefined);

/** In the order of the ids by code unit, the same in every process. */
function groupById<Item>(items: Item[], idOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(idOf(item), [...(groups.get(idOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
