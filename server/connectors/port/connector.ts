/**
 * The port to a place where customers live. A connector speaks for one system (Zendesk, a bank's own table); a connection
 * is one configured use of it. A connector translates and nothing else: `source.ts` around it verifies every hit, stamps
 * every answer, keeps it for a while and lets simultaneous askers share it; `crm-http.ts` beneath it holds the token, the
 * vendor's limits, deadlines and the breaker.
 *
 * What every method promises: it never rejects for what a CRM may do, it never answers `found` for less than all it was
 * asked, and it changes nothing in the source, but for `logActivity`.
 */
import type * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Authorization, CrmHttp, ReadProblem } from '../http/crm-http.ts';
import type { Failure, Outcome } from './outcome.ts';

export type Connector = {
  /**
   * Who may hold this number: query broadly, by the national number, for CRMs store what was typed. Whoever does not hold
   * exactly this number is left out afterwards by `source.ts`.
   */
  findByPhone(phone: PhoneNumber, limit: number): Promise<Outcome<CustomerSummary[]>>;
  /** `email` is lower case; one with a domain beyond ASCII is asked for in both spellings. Verified afterwards too. */
  findByEmail(email: string, limit: number): Promise<Outcome<CustomerSummary[]>>;
  /** `number` as people say it or a keypad gives it: upper case, no spaces. The connector knows its own way of writing. */
  findByCase(number: string, limit: number): Promise<Outcome<CaseHit[]>>;
  /** Absent: this system knows no account numbers. Upper case. */
  findByAccount?(number: string, limit: number): Promise<Outcome<AccountHit[]>>;
  /**
   * How many hold exactly this (normalised) value: asked only when a list of holders came back as long as its limit, so
   * that the rest is counted though not named. Absent: this system tells no such number, and what was named is all.
   */
  countHits?(kind: 'phone' | 'email' | 'case' | 'account', value: string): Promise<Outcome<number>>;
  /** What an agent typed, a name or the beginning of an e-mail; ids, best first. */
  search(query: SearchQuery, limit: number): Promise<Outcome<string[]>>;
  /** The customers of these ids, in their order; those that are gone are left out. At most ten ids. */
  readCustomers(ids: string[]): Promise<Outcome<ConnectorCustomer[]>>;
  /**
   * Writes one activity, once: the same `key` again finds the first record (`isNew: false`). `not-found`: the customer or case
   * it belongs to is gone.
   */
  logActivity(activity: Activity): Promise<Outcome<LoggedActivity>>;
  /**
   * In which country (ISO 3166) this system reads numbers without a country code, where it knows that itself; a
   * connection's `country` setting goes before it. The one method that may reject: nothing is known then.
   */
  defaultCountry?(): Promise<string | undefined>;
  /**
   * A number that rises, in the transaction of the change, with everything this system may answer. Only a system that can
   * read it far more cheaply than its answers has one. May reject: the version is unknown then.
   */
  readVersion?(): Promise<number>;
  /** Credentials, rights and settings, for the admin's page. `found` means that it works; `missing` says what does not. */
  check(): Promise<Outcome<CheckReport>>;
};

/** `e164` `+442079460000`, `countryCode` `44`, `national` `2079460000`, `country` `GB` where the number belongs to one. */
export type PhoneNumber = { e164: string; countryCode: string; national: string; country: string | undefined };

export type SearchQuery = { kind: 'name'; text: string } | { kind: 'email-prefix'; text: string };

/** As the source holds it. `value` only from a source that keeps the normalised form itself. */
export type StoredValue = { raw: string; value?: string | null };

/** Enough to verify a hit and to name it. `id` is any text that `readCustomers` takes back; it may name a table too. */
export type CustomerSummary = { id: string; name: string; phones: StoredValue[]; emails: StoredValue[] };

/** `number` as the source writes it. */
export type CaseHit = { number: string; customer: CustomerSummary };
export type AccountHit = { number: string; customer: CustomerSummary };

/**
 * A customer as the source holds it, nothing masked. Times in ms UTC. Of `fields`, those called `tier`, `accountNumber`,
 * `language`, `owner`, `timeZone` (IANA), `country` (ISO 3166) and `alerts` (separated by `;`) have a place of their own on
 * the card; any other is a detail, under its name.
 */
export type ConnectorCustomer = CustomerSummary & {
  company: string | undefined;
  fields: Record<string, string>;
  /** Open ones at least. */
  cases: ConnectorCase[];
  interactions: { at: number; channel?: string; summary?: string; agent?: string }[];
  /** https address at which an agent opens the record in the source. */
  url?: string;
  /** Parts that could not be read. They are shown as missing, not as empty. */
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

/** One engagement as it is to stand in the source. Times in ms UTC. */
export type Activity = {
  /** The same for every try; `[\w.~=+-]{1,160}`. */
  key: string;
  engagementId: string;
  channel: 'voice' | 'video' | 'sms' | 'chat' | 'social' | 'email' | 'other';
  direction: 'inbound' | 'outbound';
  startedAt: number;
  endedAt: number;
  subject: string;
  notes: string;
  disposition?: string;
  /** E.164; of calls and texts. */
  fromNumber?: string;
  toNumber?: string;
  /** An id that this connector gave out. */
  customerId: string;
  /** The number of a case, as the source writes it. */
  caseNumber?: string;
  agent: { name: string; email: string };
};

/** `isNew`: false when an earlier try had written it already. */
export type LoggedActivity = { id: string; isNew: boolean; url?: string };

/** Sentences for the admin. `missing`: what does not work, and what that costs. `summary`: what there is. */
export type CheckReport = { missing: string[]; summary?: string };

/** What a connector is given to work with. */
export type ConnectorTools = {
  crm: CrmHttp;
  clock: Clock;
  /** For the built-in directory alone. */
  database: Database;
};

/**
 * What a connector is: read by the registry, by the admin's form (its settings and their help) and by the documentation.
 * `Settings` are zod objects of the builders in `settings.ts`, secrets among them.
 */
export type ConnectorDefinition<Shape extends z.ZodObject = z.ZodObject> = {
  name: string;
  label: string;
  settings: Shape;
  /** Hosts a connection may speak to and link to: `api.hubapi.com`, `*.zendesk.com`. Empty: it uses no network. */
  hosts: string[];
  /** Rights the credentials need, in the vendor's words, and what for. */
  scopes: { scope: string; purpose: string }[];
  /** What no document and no recording confirms, and what is done to be safe. */
  unverified: string[];
  /** The vendor's limits with room to spare; `default` counts every request, others by `CrmRequest.limit` besides. */
  limits: Record<string, { perSecond: number; burst: number }>;
  /** Where paths of `CrmRequest` begin, without a slash at its end. */
  baseUrl(settings: z.infer<Shape>): string;
  authorize(settings: z.infer<Shape>): Authorization;
  /** What the vendor means by an error answer, where the status alone misleads. */
  readProblem?: ReadProblem;
  connect(settings: z.infer<Shape>, tools: ConnectorTools): Connector;
};

/** Keeps the type of the settings while the definition is written; the registry holds all kinds side by side. */
export function defineConnector<Shape extends z.ZodObject>(
  definition: ConnectorDefinition<Shape>,
): ConnectorDefinition {
  // Settings reach `connect` only after `definition.settings` has parsed them.
  return definition as unknown as ConnectorDefinition;
}
