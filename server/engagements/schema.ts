import type { ColumnType, Generated } from 'kysely';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    engagements: EngagementsTable;
    /** The agents Zoom names now, in an engagement that has not ended. */
    engagement_agents: { account: string; uid: string; engagement_id: string };
    observations: ObservationsTable;
    agents: AgentsTable;
    erased_engagements: { account: string; engagement_id: string; erased_at: number };
  }
}

/** The record of Zoom's events. All other columns are a pure function of `events`, stored so that reads are cheap. */
type EngagementsTable = {
  account: string;
  engagement_id: string;
  /** JSON array of EngagementEvent (server/events.ts), in no order that matters */
  events: string;
  /** JSON of the contract's EngagementFacts, and the time of the event that set each field (ms UTC) */
  facts: string;
  facts_at: string;
  /** JSON of the contract's EngagementRecord without gaps */
  record: string;
  /** JSON array of the user ids of the agents whom Zoom names now, or named at the end */
  agents: string;
  /** JSON of Involvement (server/engagements/involvement.ts) */
  involvement: Generated<string>;
  started_at: number | null;
  ended_at: number | null;
  first_seen_at: number;
  updated_at: number;
};

/** Observations from one agent's panel. Unverified, so used in that agent's view only. */
type ObservationsTable = {
  account: string;
  engagement_id: string;
  uid: string;
  facts: string;
  facts_at: string;
  first_seen_at: number;
  updated_at: number;
};

type AgentsTable = {
  account: string;
  uid: string;
  /** JSON: server/engagements/agent-record.ts */
  record: string;
  /** Lower case. */
  email: ColumnType<string | null, string | null | undefined, string | null>;
  updated_at: number;
};
