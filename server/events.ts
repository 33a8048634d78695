import type { EngagementFacts, EntryKind } from '#contract/engagements.ts';
import type { Db } from './platform/storage/schema.ts';

/**
 * What one part of the server says and others hear. `intake` turns every way in which Zoom speaks into statements;
 * `engagements` folds them into records; after the commit, facts travel as domain events.
 */

/**
 * How an engagement event reached the server: a signed webhook, Zoom's WebSocket, a flow's script, Zoom's REST API. Where
 * two events of the same time disagree, precedence decides: webhook and socket alike, then rest, then flow.
 */
export type Origin = 'webhook' | 'socket' | 'flow' | 'rest';

/** One thing that happened to one engagement, in Deskside's words. A pure function of the body that told it. */
export type EngagementEvent = {
  engagementId: string;
  /** The same for every delivery of the same occurrence, by whichever way. */
  key: string;
  /** ms UTC, when it happened. A flow post has no time of its own: when it first arrived. */
  at: number;
  origin: Origin;
  kind: EntryKind;
  /** Every field that the body tells of the engagement as a whole. */
  facts: EngagementFacts;
  /** Who did it, or to whom it rings; in all events of a transfer the sender, of supervision whose engagement it was. */
  agent?: AgentReference;
  /** Other agents concerned: the receiver of a transfer, who is invited to a conference, who monitors or takes over. */
  others?: AgentReference[];
  /** What a transfer goes to, if no agent. */
  to?: string;
  mode?: string;
  text?: string;
  digits?: number;
};

export type AgentReference = { id?: string; name?: string; email?: string };

/** One thing that happened to an agent. `queueId` for opt-in and opt-out. */
export type AgentEvent = {
  key: string;
  /** ms UTC */
  at: number;
  kind: 'logged-in' | 'logged-out' | 'status' | 'opted-in' | 'opted-out' | 'deleted' | 'known';
  agent: AgentReference & { id: string };
  status?: string;
  subStatus?: string;
  queueId?: string;
  queueName?: string;
};

export type NormalizedEvent =
  | { subject: 'engagement'; event: EngagementEvent }
  | { subject: 'agent'; event: AgentEvent };

/** Published after the commit. `account` is the installation's key for a Zoom account. */
export type DomainEvent =
  /** The record says something new. `facts` are all that Zoom has said. `agents`: the user ids concerned. */
  | {
      kind: 'engagement.changed';
      account: string;
      engagementId: string;
      facts: EngagementFacts;
      agents: string[];
      /** It rings, or Zoom just named who calls: the look-up may begin before a panel asks. */
      isArriving: boolean;
      hasEnded: boolean;
    }
  /** `isGone`: Zoom has no such user any more. */
  | { kind: 'agent.changed'; account: string; uid: string; isGone: boolean }
  | { kind: 'session.revoked'; account: string; uid: string };

/**
 * Runs in the transaction that stores engagement events, so a crash cannot lose its writes, and a failure of it rolls the
 * transaction back. Answers further domain events to publish.
 */
export type TransactionHook = (transaction: Db, events: DomainEvent[]) => Promise<DomainEvent[]>;

/** Runs `work` in one transaction. The domain events it adds to `events` are published after the commit, or never. */
export type RunTransaction = <Answer>(
  work: (transaction: Db, events: DomainEvent[]) => Promise<Answer>,
) => Promise<Answer>;

export function createRunTransaction(parts: { db: Db; publish(event: DomainEvent): void }): RunTransaction {
  return async (work) => {
    const events: DomainEvent[] = [];
    const answer = await parts.db.transaction().execute((transaction) => work(transaction, events));
    for (const event of events) parts.publish(event);
    return answer;
  };
}

export type DomainEventBus = {
  publish(event: DomainEvent): void;
  /** A listener that throws is reported and costs the others nothing. Answers how to stop listening. */
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
          // The map keeps under each kind only listeners of that kind.
          (listener as (event: DomainEvent) => void)(event);
        } catch (error) {
          report(error);
        }
      }
    },
    subscribe(kind, listener) {
      const ofKind = listeners.get(kind) ?? new Set();
      listeners.set(kind, ofKind.add(listener as (event: never) => void));
      return () => ofKind.delete(listener as (event: never) => void);
    },
  };
}
