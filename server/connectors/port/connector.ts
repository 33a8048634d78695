/**
 * The port to a system that holds customers. A connector is the code for one kind of system (Zendesk, a bank's own
 * table), a connection one configured use of it. A connector only translates: source.ts above it verifies hits, caches
 * answers and sets deadlines; crm-http.ts below it has the access token, rate limits, deadlines and the circuit
 * breaker.
 *
 * Every method guarantees: it does not reject for anything the CRM does, it answers `found` only with all that was
 * requested, and it changes nothing in the source, except `logActivity`.
 */
import type * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Authorization, CrmHttp, ReadProblem } from '../http/crm-http.ts';
import type { RateLimit } from '../http/rate-limits.ts';
import type { Freshness } from './answer-cache.ts';
import type { Failure, Outcome } from './outcome.ts';

export type Connector = {
  /**
   * Customers who may hold this number. Query broadly, by the national number, because CRMs store what was typed;
   * source.ts removes those who do not hold exactly this number.
   */
  findByPhone(phone: PhoneNumber, limit: number): Promise<Outcome<CustomerSummary[]>>;
  /**
   * `email` is lower case. Called for each spelling of an internationalized domain. With `mailbox`, addresses that are
   * spelled differently and reach the same mailbox are hits too. source.ts verifies the hits.
   */
  findByEmail(email: string, limit: number, mailbox?: Mailbox): Promise<Outcome<CustomerSummary[]>>;
  /** `number` as spoken or keyed in, upper case, without spaces. The connector derives the source's own spelling. */
  findByCase(number: string, limit: number): Promise<Outcome<CaseHit[]>>;
  /** Upper case. Absent if the system has no account numbers. */
  findByAccount?(number: string, limit: number): Promise<Outcome<AccountHit[]>>;
  /**
   * How many customers are hits of this normalized value, with those of the same mailbox. Called only when a list of
   * hits reached its limit. Absent if the system cannot count.
   */
  countHits?(kind: 'phone' | 'email' | 'case' | 'account', value: string, mailbox?: Mailbox): Promise<Outcome<number>>;
  /** By words of a name, or the beginning of an e-mail address. Returns ids, best first. */
  search(query: SearchQuery, limit: number): Promise<Outcome<string[]>>;
  /**
   * At most ten ids. In their order, without customers that no longer exist. `fresh`: an agent requested it, so an
   * index that lags behind the records is not enough.
   */
  readCustomers(ids: string[], freshness?: Freshness): Promise<Outcome<ConnectorCustomer[]>>;
  /**
   * Idempotent by `key`: a repeated call returns the first record (`isNew: false`). `not-found`: the customer or case
   * no longer exists.
   */
  logActivity(activity: Activity): Promise<Outcome<LoggedActivity>>;
  /**
   * ISO 3166 country of numbers without a country code, if the system itself knows it. The connection's `country`
   * setting takes precedence. May reject; the country is unknown then.
   */
  defaultCountry?(): Promise<string | undefined>;
  /**
   * Rises in the transaction of every change to what the other methods answer. Only for a system that reads it far more
   * cheaply than its answers. May reject; the version is unknown then.
   */
  readVersion?(): Promise<number>;
  /**
   * Checks credentials, rights and settings. `found` means that the connection works; `missing` names what does not.
   */
  check(): Promise<Outcome<CheckReport>>;
};

/**
 * `e164` `+442079460000`, `countryCode` `44`, `national` `2079460000`, `country` `GB`; undefined for a global number.
 * `formerNationals`: national numbers of the same line before a renumbering, with the same country code.
 */
export type PhoneNumber = {
  e164: string;
  countryCode: string;
  national: string;
  country: string | undefined;
  formerNationals?: string[];
};

/** A mailbox that ignores dots and `+tag`. `local`: without either. Several domains may reach it. */
export type Mailbox = { local: string; domains: string[] };

export type SearchQuery = { kind: 'name'; text: string } | { kind: 'email-prefix'; text: string };

/** `raw` as the source holds it. `value` only from a source that stores the normalized form. */
export type StoredValue = { raw: string; value?: string | null };

/** Enough to verify and name a hit. `id` is opaque outside the connector and may contain a table's name. */
export type CustomerSummary = { id: string; name: string; phones: StoredValue[]; emails: StoredValue[] };

/** `number` as the source holds it. */
export type CaseHit = { number: string; customer: CustomerSummary };
export type AccountHit = { number: string; customer: CustomerSummary };

/**
 * A customer as the source holds it, unmasked. Times in ms UTC. The fields `tier`, `accountNumber`, `language`,
 * `owner`, `timeZone` (IANA), `country` (ISO 3166) and `alerts` (separated by `;`) have fixed places on the card; any
 * other is a detail under its name.
 */
export type ConnectorCustomer = CustomerSummary & {
  company: string | undefined;
  fields: Record<string, string>;
  /** At least the open ones. */
  cases: ConnectorCase[];
  interactions: { at: number; channel?: string; summary?: string; agent?: string }[];
  /** https address of the record in the source, for agents. */
  url?: string;
  /** Parts that could not be read, shown as missing and not as empty. */
  missing?: { part: 'cases' | 'interactions' | 'company'; failure: Failure }[];
};

export type ConnectorCase = {
  number: string;
  subject: string;
  status?: string;
  priority?: string;
  updatedAt?: number;
  url?: string;
};

/** One engagement as it is logged to the source. Times in ms UTC. */
export type Activity = {
  /** The same for each attempt; `[\w.~=+-]{1,160}`. */
  key: string;
  engagementId: string;
  channel: 'voice' | 'video' | 'sms' | 'chat' | 'social' | 'email' | 'other';
  direction: 'inbound' | 'outbound';
  startedAt: number;
  endedAt: number;
  subject: string;
  notes: string;
  disposition?: string;
  /** E.164, of calls and text messages. */
  fromNumber?: string;
  toNumber?: string;
  /** An id returned by this connector. */
  customerId: string;
  /** As the source holds it. */
  caseNumber?: string;
  agent: { name: string; email: string };
};

/** `isNew` is false if an earlier attempt wrote the record. */
export type LoggedActivity = { id: string; isNew: boolean; url?: string };

/** Sentences for an admin. `missing`: what does not work, and the consequence. `summary`: what the source holds. */
export type CheckReport = { missing: string[]; summary?: string };

/** Passed to a connector on connecting. */
export type ConnectorTools = {
  crm: CrmHttp;
  clock: Clock;
  /** Only for the built-in directory. */
  database: Database;
};

/**
 * Describes a connector for the registry, the admin's form (settings and help texts) and the documentation. `settings`
 * is a zod object of schemas made by settings.ts, secrets included.
 */
export type ConnectorDefinition<Shape extends z.ZodObject = z.ZodObject> = {
  name: string;
  label: string;
  settings: Shape;
  /** Hosts for requests and links: `api.hubapi.com`, `*.zendesk.com`. Empty if the connector uses no network. */
  hosts: string[];
  /** Rights that the credentials need, in the vendor's words, each with its purpose. */
  scopes: { scope: string; purpose: string }[];
  /** Assumptions that no document or recording confirms, each with what is done to be safe. */
  unverified: string[];
  /** Well below the vendor's limits. `default` counts every request; others count those that name them as `limit`. */
  limits: Record<string, RateLimit>;
  /** Prefix of the paths of requests, without a trailing slash. */
  baseUrl(settings: z.infer<Shape>): string;
  authorize(settings: z.infer<Shape>): Authorization;
  /** Interprets error answers whose status alone misleads. */
  readProblem?: ReadProblem;
  connect(settings: z.infer<Shape>, tools: ConnectorTools): Connector;
};

/** Infers the type of the settings; the registry holds definitions of all kinds. */
export function defineConnector<Shape extends z.ZodObject>(
  definition: ConnectorDefinition<Shape>,
): ConnectorDefinition {
  // Settings reach `connect` only after `definition.settings` has parsed them.
  return definition as unknown as ConnectorDefinition;
}
