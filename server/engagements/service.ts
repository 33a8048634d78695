import type { EngagementFacts, EngagementRecord } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { DomainEvent, EngagementEvent, RunTransaction, TransactionHook } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { AgentRecord } from './agent-record.ts';
import { createAgentStore } from './agent-store.ts';
import { type AppendChanges, type Arrival, applyEngagementEvents } from './apply-events.ts';
import { createEngagementStore } from './engagement-store.ts';
import { listGaps } from './gap-store.ts';
import { maskRecord, nothingHappened } from './mask-record.ts';
import { addObservation, joinObservation, nothingSaid } from './observation.ts';
import { createObservationStore } from './observation-store.ts';
import { listAccountsOpen, listOpenEngagements } from './open-engagements-store.ts';

const hour = 3_600_000;
const seenRecentlyMs = 12 * hour;
const mostOpen = 20;

export type EngagementService = ReturnType<typeof createEngagementService>;

/** Times in ms UTC. Everything is by account: the same engagement id in two accounts is two engagements. */
export function createEngagementService(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  runTransaction: RunTransaction;
  /** Run in the transaction of every change, whatever its origin. */
  hooks: TransactionHook[];
  clock: Clock;
  appendChanges: AppendChanges;
  /** Masks numbers and e-mails in what agents write. */
  maskText: (text: string) => string;
}) {
  const { database, clock, hooks, appendChanges } = parts;
  const stores = {
    engagements: createEngagementStore(database),
    observations: createObservationStore(database),
    agents: createAgentStore(database),
  };
  const { engagements, observations, agents } = stores;

  async function readBoth({ account, uid }: Agent, engagementId: string) {
    const [zoom, own] = await Promise.all([
      engagements.readFacts({ account, engagementId }),
      observations.read({ account, engagementId, uid }),
    ]);
    return { zoom, own };
  }

  const service = {
    /** Within the caller's transaction; the caller publishes the answer after the commit. Duplicates change nothing. */
    apply: (transaction: Db, arrival: Arrival): Promise<DomainEvent[]> =>
      applyEngagementEvents(transaction, arrival, { stores, hooks, appendChanges, now: clock() }),

    /**
     * Applies what Zoom's REST API reports of one engagement, in a transaction of its own. Answers the events that were
     * missing from the timeline: neither repeats by key nor duplicates of another origin.
     */
    async applyReconciled(account: string, events: EngagementEvent[]): Promise<EngagementEvent[]> {
      const [first] = events;
      if (first === undefined) return [];
      const key = { account, engagementId: first.engagementId };
      const listIds = async () => new Set((await engagements.readRecord(key))?.record.timeline.map(({ id }) => id));
      const before = await listIds();
      await parts.runTransaction(async (transaction, domainEvents) => {
        const normalized = events.map((event) => ({ subject: 'engagement' as const, event }));
        const arrival = { account, events: normalized, receivedAt: clock() };
        domainEvents.push(...(await service.apply(transaction, arrival)));
      });
      const after = await listIds();
      return events.filter(({ key: id }) => after.has(id) && !before.has(id));
    },

    async isEnded(account: string, engagementId: string): Promise<boolean> {
      const known = await engagements.readRecord({ account, engagementId });
      return known !== undefined && known.endedAt !== null;
    },

    /** Everything of the account that has not ended, with the agents it concerns; at most 1,000, last changed first. */
    listAllOpen: (account: string) => listAccountsOpen(database.db, account),

    /**
     * Adds what the agent's panel saw and answers all that this agent may know. Saying the same again writes nothing;
     * before something new is written, `allowChange` may throw.
     */
    async observe(
      agent: Agent,
      engagementId: string,
      said: EngagementFacts,
      allowChange: () => void,
    ): Promise<EngagementFacts> {
      const { account, uid } = agent;
      const { zoom = nothingSaid, own } = await readBoth(agent, engagementId);
      if (own && addObservation(own, said, clock()) === own) return joinObservation(zoom, own);
      allowChange();
      const now = clock();
      const added = await observations.change({ account, engagementId, uid, now }, (known) =>
        addObservation(known, said, now),
      );
      return joinObservation(zoom, added);
    },

    /** Undefined where neither Zoom nor this agent's panel ever spoke of it in this account. */
    async readFacts(agent: Agent, engagementId: string): Promise<EngagementFacts | undefined> {
      const { zoom, own } = await readBoth(agent, engagementId);
      return zoom || own ? joinObservation(zoom ?? nothingSaid, own ?? nothingSaid) : undefined;
    },

    async readRecord(account: string, engagementId: string): Promise<EngagementRecord> {
      const [known, seenAt] = await Promise.all([
        engagements.readRecord({ account, engagementId }),
        observations.findFirstSeen({ account, engagementId }),
      ]);
      // A panel may have seen its beginning while Zoom's events could not be heard.
      const from = Math.min(known?.startedAt ?? clock(), seenAt ?? clock());
      const gaps = await listGaps(database.db, { account, from, until: known?.endedAt ?? clock() });
      return maskRecord({ ...(known?.record ?? nothingHappened), gaps }, parts.maskText);
    },

    /** Ids of what concerns the agent and has not ended, last changed first, at most 20. */
    async listOpen(agent: Agent): Promise<string[]> {
      const ids = await listOpenEngagements(database.db, agent, clock() - seenRecentlyMs);
      return ids.slice(0, mostOpen);
    },

    readAgent: (account: string, uid: string): Promise<AgentRecord | undefined> => agents.read({ account, uid }),
  };
  return service;
}
