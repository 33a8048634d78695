import type { ColumnType, Generated, Kysely } from 'kysely';

export type DatabaseKind = 'sqlite' | 'postgres';

/**
 * Every table. Times are ms UTC in 64-bit integers; JSON is text, so that both databases hold and return the same.
 * `account` is the installation's key for a Zoom account, never the account id itself (Zoom counts that as personal).
 */
export type Schema = {
  customers: CustomersTable;
  customer_identifiers: CustomerIdentifiersTable;
  customer_name_words: { word: string; customer_id: string };
  directory_settings: { id: 'directory'; default_country: string | null };
  engagements: EngagementsTable;
  /** Whom Zoom names in an engagement that has not ended; gone with its end. */
  engagement_agents: { account: string; uid: string; engagement_id: string };
  observations: ObservationsTable;
  agents: AgentsTable;
  inbox_events: InboxEventsTable;
  live_cursors: { account: string; last_id: number };
  live_events: LiveEventsTable;
  leases: LeasesTable;
  socket_gaps: SocketGapsTable;
  socket_hearing: { account: string; heard_until: number };
  read_back_jobs: ReadBackJobsTable;
  link_decisions: LinkDecisionsTable;
  verifications: VerificationsTable;
  /** `sealed`: AES-256-GCM of the token and what came with it, bound to this table and `connection`. */
  connection_tokens: { connection: string; sealed: string; expires_at: number };
  directory_activities: DirectoryActivitiesTable;
  sessions: SessionsTable;
  app_contexts: { digest: string; address: string; expires_at: number };
  audit_entries: AuditEntriesTable;
};

/** The database or one transaction in it, for ports between features: who is handed one writes in the same commit. */
export type Db = Kysely<Schema>;

type CustomersTable = {
  id: string;
  name: string;
  company: string | null;
  /** JSON object of strings, in the file's order */
  fields: string;
  /** JSON arrays */
  cases: string;
  interactions: string;
  updated_at: number;
};

/** `value` is what is matched on; null for a phone that could not be read: kept, shown, never matched. */
type CustomerIdentifiersTable = {
  customer_id: string;
  kind: 'phone' | 'email' | 'case' | 'account';
  position: number;
  raw: string;
  value: string | null;
};

/** What Zoom told the server. The other columns are a pure function of `statements`, kept so that reads are cheap. */
type EngagementsTable = {
  account: string;
  engagement_id: string;
  /** JSON array of EngagementStatement (server/events.ts), in no order that matters */
  statements: string;
  /** JSON of the contract's EngagementFacts, and of when each of its fields was said (ms UTC) */
  facts: string;
  facts_at: string;
  /** JSON of the contract's EngagementRecord without gaps */
  record: string;
  /** JSON array of the user ids of the agents concerned */
  agents: string;
  started_at: number | null;
  ended_at: number | null;
  first_seen_at: number;
  updated_at: number;
};

/** What one agent's panel said of an engagement: a claim, which counts for that agent's own view only. */
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
  updated_at: number;
};

/**
 * Everything that Zoom or a flow ever said, once each. `pending` is to be processed; `applied` changed a record or would
 * have, had it been new; `kept` says nothing that we use; `dead` could not be understood or applied, and `reason` says why.
 */
type InboxEventsTable = {
  id: Generated<number>;
  account: string;
  dedupe_key: string;
  way: 'webhook' | 'socket' | 'flow' | 'rest';
  /** Zoom's name without `contact_center.`, or the flow script's. */
  event: string;
  engagement_id: string | null;
  /** ms UTC; null where the body does not say */
  happened_at: number | null;
  received_at: number;
  /** As it came but for card numbers and keypad digits; null once its time of keeping is over. */
  body: string | null;
  state: 'pending' | 'applied' | 'kept' | 'dead';
  reason: string | null;
  processed_at: number | null;
};

/** The account's changes in the order of their commits: the row of `live_cursors` is locked until each commits. */
type LiveEventsTable = {
  account: string;
  id: number;
  engagement_id: string;
  /** JSON array of user ids */
  agents: string;
  at: number;
};

/** Who may do what only one process may. `expires_at` is by the database's clock. `fence` grows with every new owner. */
type LeasesTable = { name: string; owner: string; expires_at: number; fence: number };

type SocketGapsTable = { id: Generated<number>; account: string; from_at: number; until_at: number | null };

/** Ended engagements that are still to be read back from Zoom's REST API. */
type ReadBackJobsTable = {
  account: string;
  engagement_id: string;
  due_at: number;
  tries: number;
  claimed_until: number;
  /** Null while it is open. */
  outcome: string | null;
};

/** Append-only but for `undone_at`. The newest row that is not undone is the engagement's decision. */
/** `activity`: JSON of the connector's Activity. */
type DirectoryActivitiesTable = { key: string; customer_id: string; at: number; activity: string };

type VerificationsTable = {
  account: string;
  engagement_id: string;
  customer_id: string;
  method: string;
  verified_by: string;
  verified_at: number;
};

type LinkDecisionsTable = {
  id: Generated<number>;
  account: string;
  engagement_id: string;
  /** `<source>:<id there>`; null: none of them */
  customer_id: string | null;
  /** Zoom's id of the person the engagement was with, where it gave one */
  consumer_id: ColumnType<string | null, string | null | undefined, string | null>;
  decided_by: string;
  decided_at: number;
  undone_at: ColumnType<number | null, number | null | undefined, number | null>;
};

type SessionsTable = {
  /** SHA-256 of the bearer; the bearer itself is nowhere on the server. */
  token_hash: string;
  account: string;
  uid: string;
  created_at: number;
  expires_at: number;
};

type AuditEntriesTable = {
  id: Generated<number>;
  account: string;
  at: number;
  actor: string;
  action: string;
  engagement_id: string | null;
  customer_id: string | null;
  /** JSON object */
  details: string;
};
