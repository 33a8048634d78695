import type { EngagementEventKind, EngagementFacts } from '#contract/engagements.ts';
import type { Db } from './platform/storage/schema.ts';

/**
 * Event types shared by the features. `intake` normalizes Zoom's deliveries to engagement events, `engagements` reduces
 * them to records, and domain events are published after the commit.
 */

/**
 * How an engagement event reached the server: a signed webhook, Zoom's WebSocket, a flow's script, Zoom's REST API.
 * Precedence between events of the same time: webhook and socket equally, then rest, then flow.
 */
export type Origin = 'webhook' | 'socket' | 'flow' | 'rest';

/** One normalized event of one engagement. A pure function of the stored row, or of Zoom's report. */
export type EngagementEvent = {
  engagementId: string;
  /** The same for every delivery by webhook or WebSocket. A flow post and Zoom's REST API have keys of their own. */
  key: string;
  /** ms UTC, when it happened; where the body has no plausible time, as in a flow post, when it first arrived. */
  at: number;
  origin: Origin;
  kind: EngagementEventKind;
  /** The fields of the body that hold for the engagement as a whole from then on (read-engagement-facts.ts). */
  facts: EngagementFacts;
  /** The acting or ringing agent; in a transfer the sender; in supervision the agent of the supervised engagement. */
  agent?: AgentReference;
  /** Other agents, one at most: the receiver of a transfer, the supervisor, the agent a consumer's message is for. */
  others?: AgentReference[];
  /** The target of a transfer that is not an agent. */
  to?: string;
  mode?: string;
  text?: string;
  digits?: number;
};

export type AgentReference = { id?: string; name?: string; email?: string };

/** One normalized event of one agent. `queueId` for opt-in and opt-out. */
export type AgentEvent = {
  key: string;
  /** ms UTC */
  at: number;
  kind: 'logged-in' | 'logged-out' | 'status' | 'opted-in' | 'opted-out' | 'created' | 'deleted' | 'profile';
  agent: AgentReference & { id: string };
  status?: string;
  subStatus?: string;
  queueId?: string;
  queueName?: string;
};

export type NormalizedEvent =
  | { subject: 'engagement'; event: EngagementEvent }
  | { subject: 'agent'; event: AgentEvent };

/** Events of one account that are applied in one transaction. `receivedAt`: the newest of their arrivals, ms UTC. */
export type EventBatch = { account: string; events: NormalizedEvent[]; receivedAt: number };

/** Published after the commit. `account` is the installation's key for a Zoom account. */
export type DomainEvent =
  /** The record changed. `facts`: all facts from Zoom's events. `agentIds`: the user ids concerned. */
  | {
      kind: 'engagement.changed';
      account: string;
      engagementId: string;
      facts: EngagementFacts;
      /** All that the events named, as written; `facts` has the newest. */
      flowNumbers: string[];
      agentIds: string[];
      /**
       * The consumer's phone or e-mail is known, and the engagement is queued or rings, or the identifier is new in an
       * engagement that has not ended.
       */
      shouldPrefetch: boolean;
      hasJustEnded: boolean;
    }
  /** `isDeleted`: the user was deleted in Zoom. */
  | { kind: 'agent.changed'; account: string; uid: string; isDeleted: boolean }
  | { kind: 'session.revoked'; account: string; uid: string };

/**
 * Runs in the transaction that stores engagement events, so a crash cannot lose its writes and its failure rolls the
 * transaction back. Returns further domain events to publish.
 */
export type TransactionHook = (transaction: Db, events: DomainEvent[]) => Promise<DomainEvent[]>;

/** Runs `work` in one transaction. The domain events it adds to `events` are published after the commit, or never. */
export type RunTransaction = <Result>(
  work: (transaction: Db, events: DomainEvent[]) => Promise<Result>,
) => Promise<Result>;

export function createRunTransaction(parts: { db: Db; publish(event: DomainEvent): void }): RunTransaction {
  return async (work) => {
    const events: DomainEvent[] = [];
    const result = await parts.db.transaction().execute((transaction) => work(transaction, events));
    for (const event of events) parts.publish(event);
    return result;
  };
}

export type DomainEventBus = {
  publish(event: DomainEvent): void;
  /** Returns the function that unsubscribes. A listener that throws is reported; the others still run. */
  subscribe<Kind extends DomainEvent['kind']>(
    kind: Kind,
    listener: (event: Extract<DomainEvent, { kind: Kind }>) => void,
  ): () => void;
};

export function createDomainEventBus(report: (error: unknown) => void): DomainEventBus {
  const listeners = new Map<DomainEvent['kind'], Set<(event: never) => void>>();
  return {
    publish(event) {
      for (const listener of listeners.get(event.kind) ?? []) {
        try {
          // Each kind's set holds only listeners of that kind.
          (listener as (event: DomainEvent) => void)(event);
        } catch (error) {
          report(error);
        }
      }
    },
    subscribe(kind, listener) {
      const kindListeners = listeners.get(kind) ?? new Set();
      listeners.set(kind, kindListeners.add(listener as (event: never) => void));
      return () => kindListeners.delete(listener as (event: never) => void);
    },
  };
}
