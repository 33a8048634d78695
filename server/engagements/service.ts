import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { DomainEvent, EngagementEvent, EventBatch, RunTransaction, TransactionHook } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { AgentRecord } from './agent-record.ts';
import { createAgentStore } from './agent-store.ts';
import { type AppendChanges, applyEngagementEvents } from './apply-events.ts';
import { createStateReader, type ReadAccess } from './engagement-state.ts';
import { createEngagementStore } from './engagement-store.ts';
import { createErasedEngagementStore } from './erased-engagement-store.ts';
import { listConcerned } from './list-concerned.ts';
import { addObservation, createNewsFinder } from './observation.ts';
import { createObservationStore } from './observation-store.ts';
import { listOpenEngagements, listOpenOfAccount } from './open-engagements-store.ts';

const hour = 3_600_000;
const seenRecentlyMs = 12 * hour;
const maxOpen = 20;

export type EngagementService = ReturnType<typeof createEngagementService>;

/** Times in ms UTC. Everything is by account: the same engagement id in two accounts is two engagements. */
export function createEngagementService(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  runTransaction: RunTransaction;
  /** Run in the transaction of every change, whatever its origin. */
  hooks: TransactionHook[];
  clock: Clock;
  appendChanges: AppendChanges;
  /** Masks text that agents wrote. */
  maskText: (text: string) => string;
  /** TRUST_PANELS. */
  trustPanels: boolean;
}) {
  const { database, clock, hooks, appendChanges, trustPanels } = parts;
  const stores = {
    engagements: createEngagementStore(database),
    observations: createObservationStore(database),
    agents: createAgentStore(database),
  };
  const { engagements, observations, agents } = stores;
  const erased = createErasedEngagementStore(database);

  const findNews = createNewsFinder();
  const states = createStateReader({ ...parts, readEvents: engagements.readEvents });

  const service = {
    /** In the caller's transaction; the caller publishes the result after the commit. Duplicates change nothing. */
    apply: (transaction: Db, batch: EventBatch): Promise<DomainEvent[]> =>
      applyEngagementEvents(transaction, batch, { stores, hooks, appendChanges, trustPanels, now: clock() }),

    /**
     * Applies one engagement's events from Zoom's REST API, in a transaction of its own. Returns the events that were
     * missing from the timeline: neither repeats by key nor duplicates of another origin. Of an erased engagement
     * nothing is applied.
     */
    async applyReconciled(account: string, events: EngagementEvent[]): Promise<EngagementEvent[]> {
      const [first] = events;
      if (first === undefined) return [];
      const key = { account, engagementId: first.engagementId };
      const listIds = async () => new Set((await engagements.readRecord(key))?.record.timeline.map(({ id }) => id));
      const before = await listIds();
      await parts.runTransaction(async (transaction, domainEvents) => {
        if (await erased.isMarked(key, transaction)) return;
        const normalized = events.map((event) => ({ subject: 'engagement' as const, event }));
        const batch = { account, events: normalized, receivedAt: clock() };
        domainEvents.push(...(await service.apply(transaction, batch)));
      });
      const after = await listIds();
      return events.filter(({ key: id }) => after.has(id) && !before.has(id));
    },

    /** True for an erased engagement as well, so that it is not read from Zoom again. */
    async isEnded(account: string, engagementId: string): Promise<boolean> {
      const known = await engagements.readRecord({ account, engagementId });
      if (!known) return erased.isMarked({ account, engagementId });
      return known.endedAt !== null;
    },

    /** The account's open engagements with their agents; at most 1,000, last changed first. */
    listAllOpen: (account: string) => listOpenOfAccount(database.db, account),

    /** The user ids of the agents whom a change of the engagement concerns. */
    async listConcerned(account: string, engagementId: string): Promise<string[]> {
      const involvement = await engagements.readInvolvement({ account, engagementId });
      return listConcerned(database.db, stores, { account, engagementId, involvement, trustPanels });
    },

    /** The part of the engagement that the agent may see, and whether they may act in it (access.ts). */
    readAccess: states.readAccess,

    /**
     * Adds an observation from the agent's panel to the access just read and returns it. A repeated observation writes
     * nothing; `checkQuota` is called with the bytes of the new facts before they are written, and may throw.
     */
    async observe(
      agent: Agent,
      engagementId: string,
      observation: { access: ReadAccess; facts: EngagementFacts; checkQuota(bytes: number): void },
    ): Promise<ReadAccess> {
      const { access, facts, checkQuota } = observation;
      const news = findNews(access.ownObservation, facts);
      if (!news) return access;
      checkQuota(news.bytes);
      const { account, uid } = agent;
      const now = clock();
      const ownObservation = await observations.change({ account, engagementId, uid, now }, (known) =>
        addObservation(known, news.facts, now),
      );
      return states.withObservation(access, ownObservation);
    },

    /** Ids of the agent's open engagements, last changed first, at most 20. */
    async listOpen(agent: Agent): Promise<string[]> {
      const ids = await listOpenEngagements(database.db, agent, clock() - seenRecentlyMs);
      return ids.slice(0, maxOpen);
    },

    readAgent: (account: string, uid: string): Promise<AgentRecord | undefined> => agents.read({ account, uid }),

    /** As `readAgent`; a change of the record waits until the transaction ends. */
    lockAgent: (transaction: Db, agent: Agent): Promise<AgentRecord | undefined> => agents.lock(transaction, agent),
  };
  return service;
}
