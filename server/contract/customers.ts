import * as z from 'zod/mini';
import type { SourceFailure, SourceStatus } from './sources.ts';

/** `consumer`: Zoom's own id of the person, met by what agents decided in earlier engagements. */
export type IdentifierKind = 'phone' | 'email' | 'case' | 'account' | 'consumer';

/** Where an identifier of an engagement came from. */
export type IdentifierOrigin =
  /** The number Zoom shows for the person calling or texting. */
  | 'caller-id'
  /** The address an e-mail came from. */
  | 'sender'
  /** Typed by a visitor into a chat or video form: a claim, not a proof. */
  | 'self-declared'
  /** Gathered by the flow before the agent was reached; `variable` names it. */
  | 'flow'
  /** Zoom gives the person this id in every engagement. */
  | 'zoom';

/** Why an identifier was not looked up. */
export type NotLookedUp = 'withheld' | 'short-code' | 'extension' | 'unreadable';

/** One stored form that an identifier met. */
export type Hit = {
  customerId: string;
  customerName: string;
  /** The source's id. */
  source: string;
  /** As the source holds it, unnormalised. It equals what the caller came with, so it is not masked. */
  stored: string;
  /** The stored number names no country, and was read as one of the caller's own (ISO 3166). */
  assumedCountry?: string;
};

/**
 * One identifier of the engagement and what became of it.
 * `sharedBy` counts the distinct customers that hold it; `hits` names at most ten of them.
 */
export type Evidence = {
  kind: IdentifierKind;
  origin: IdentifierOrigin;
  /** The flow variable's name, when `origin` is `flow`. */
  variable?: string;
  /** As Zoom gave it. */
  raw: string;
  /** E.164, lower-case e-mail or upper-case case number; null when it was not looked up. */
  normalised: string | null;
  notLookedUp?: NotLookedUp;
  hits: Hit[];
  sharedBy: number;
  /** Met customers, but none of them is the one the deciding identifier points to. */
  disagrees?: boolean;
};

/** Which identifier decided, or that a person did. */
export type MatchRule = 'case-number' | 'account-number' | 'caller-id' | 'email' | 'seen-before' | 'agent';

/**
 * Who the engagement is with, and why, as far as sources have answered. Exactly one customer → `matched`; more →
 * `ambiguous`, which is never linked by itself. Nobody: `unavailable` when a source failed, for it may know the person;
 * else `none`, which is final once no source is `asking`.
 */
export type Match =
  | { kind: 'matched'; customerId: string; rule: MatchRule; evidence: Evidence[] }
  | { kind: 'ambiguous'; customerIds: string[]; sharedBy: number; rule: MatchRule; evidence: Evidence[] }
  | { kind: 'none'; evidence: Evidence[] }
  | { kind: 'unavailable'; evidence: Evidence[] };

/** A value of a person that the server holds back until it is revealed with a reason. `source`: the source's id. */
export type MaskedValue = { masked: string; source: string };

export type CustomerCase = {
  number: string;
  subject: string;
  status?: string;
  priority?: string;
  /** ms UTC */
  updatedAt?: number;
  source: string;
  /** Where the case opens in its source. */
  url?: string;
};

export type CustomerInteraction = {
  /** ms UTC */
  at: number;
  channel?: string;
  summary?: string;
  agent?: string;
  source: string;
};

/** Values that stand once on a card, whoever told them. */
export type HeaderField = 'name' | 'company' | 'tier' | 'owner' | 'language' | 'accountNumber' | 'timeZone';

/**
 * What the panel may see of a customer: one record of a source, or the records of one person in several. Phones, e-mails
 * and sensitive fields are masked by the server.
 *
 * A value of the face is the first source's that has one. Where others have another, `differences` holds them all.
 */
export type CustomerCard = {
  /** `<source id>:<id there>` of the first record. A link to any of `records` is a link to this card. */
  id: string;
  name: string;
  company?: string;
  tier?: string;
  /** Short sentences that an agent must see first. */
  alerts: string[];
  owner?: string;
  language?: string;
  accountNumber?: string;
  /** IANA zone, when the file says it or the country has only one. */
  timeZone?: string;
  phones: MaskedValue[];
  emails: MaskedValue[];
  /** Newest first; open ones before closed ones. */
  cases: CustomerCase[];
  /** Newest first. */
  interactions: CustomerInteraction[];
  /** Any other field of a source, in its order. `isHidden`: sensitive, and the caller is not verified. */
  details: { name: string; value: string; source: string; isHidden?: boolean }[];
  /** At least one, in the order of the sources. */
  records: CardRecord[];
  /** Why several records are taken for one person: the same name, and these in common. Empty with one record. */
  mergedBy: ('phone' | 'email')[];
  differences: { field: HeaderField; values: { value: string; source: string }[] }[];
};

/** One record of a card: where it was read, and when (ms UTC). */
export type CardRecord = {
  id: string;
  source: Source;
  /** Where it opens in its source. */
  url?: string;
  /** Parts that the source did not give, or not yet (`asking`): their absence on the card says nothing. */
  missing: { part: RecordPart; state: SourceFailure | 'asking' }[];
};

export type RecordPart = 'cases' | 'interactions' | 'company';

export type Source = { id: string; label: string; fetchedAt: number };

/**
 * The customer's group of the view. `card` is the linked customer's; `candidates` are filled only while the match is
 * ambiguous and nothing is linked.
 */
export type CustomerGroup = {
  match: Match;
  link: Link;
  card: CustomerCard | null;
  candidates: CustomerCard[];
  /** How an agent verified, in this engagement, that the caller is the linked customer. */
  verification: Verification | null;
  /** Every source that is queried for customers of this queue. */
  sources: SourceStatus[];
  /** Looked up before the panel requested it. */
  isPrefetched: boolean;
};

/**
 * The customer of an engagement. `decidedBy: 'match'` follows the match; `'agent'` stands whatever the match says
 * (also when the agent unlinked: `customerId` null). `canUndo`: there is an agent's decision to take back.
 */
export type Link = { customerId: string | null; decidedBy: 'match' | 'agent'; canUndo: boolean };

/** `<source id>:<id there>`. Control characters are refused: PostgreSQL cannot hold a NUL. */
export const customerId = z.string().check(z.regex(/^\P{Cc}{1,300}$/u));

/** `POST /api/engagements/{engagementId}/link` */
export const linkRequest = z.object({ customerId });
export type LinkRequest = z.infer<typeof linkRequest>;

/** `POST /api/customers/search`: a name, phone, e-mail or case number. In the body, for nothing personal may stand in a URL. */
export const searchRequest = z.object({ query: z.string().check(z.maxLength(200)) });
export type SearchRequest = z.infer<typeof searchRequest>;

/**
 * At most 20; `more` when there were others. `understoodAs` says how the query was read. `sources`: who was asked, and who
 * did not answer.
 */
export type SearchAnswer = {
  understoodAs: 'phone' | 'email' | 'case' | 'name' | 'nothing';
  customers: CustomerCard[];
  more: boolean;
  sources: SourceStatus[];
};

/** Why an agent looks at a masked value; kept on the audit trail. */
export const revealReasons = ['verify-caller', 'call-back', 'send-message', 'correct-record', 'other'] as const;

/** `POST /api/engagements/{engagementId}/reveal`: the linked customer's phones and e-mails as they are stored. */
export const revealRequest = z.object({
  customerId,
  reason: z.enum(revealReasons),
  /** Needed when the reason is `other`. */
  note: z.optional(z.string().check(z.maxLength(500))),
});
export type RevealRequest = z.infer<typeof revealRequest>;
export type RevealAnswer = { phones: string[]; emails: string[] };

/** How an agent made sure who is calling. A caller id is no proof: numbers are lent, shared and forged. */
export const verificationMethods = [
  'security-question',
  'one-time-code',
  'call-back',
  'document',
  'known-person',
] as const;
export type VerificationMethod = (typeof verificationMethods)[number];

/** `at` in ms UTC. */
export type Verification = { method: VerificationMethod; at: number; byYou: boolean };

/** `POST /api/engagements/{engagementId}/verify`: answered by the view, sensitive fields shown. Kept on the audit trail. */
export const verifyRequest = z.object({ customerId, method: z.enum(verificationMethods) });
export type VerifyRequest = z.infer<typeof verifyRequest>;

/** `POST /api/engagements/{engagementId}/refresh`: asks this source, or all, anew, past every cache; answered by the view. */
export const refreshRequest = z.object({ source: z.optional(z.string().check(z.maxLength(64))) });
export type RefreshRequest = z.infer<typeof refreshRequest>;
