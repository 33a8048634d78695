import * as z from 'zod/mini';
import type { SourceFailure, SourceStatus } from './sources.ts';

/** `consumer`: Zoom's own id of the consumer, which has hits by the links of earlier engagements. */
export type IdentifierKind = 'phone' | 'email' | 'case' | 'account' | 'consumer';

/** Where an identifier of an engagement came from. */
export type IdentifierOrigin =
  /** The number Zoom shows for the consumer who calls or texts. */
  | 'caller-id'
  /** The sender address of an e-mail. */
  | 'sender'
  /** Typed by a visitor into a chat or video form; not proven. */
  | 'self-declared'
  /** Collected by the flow before the agent was reached; `variable` names it. */
  | 'flow'
  /** Zoom's id of the consumer, the same in every engagement. */
  | 'zoom';

/** Why an identifier was not looked up. */
export type NotLookedUp =
  | 'withheld'
  | 'short-code'
  | 'extension'
  | 'unreadable'
  /** The contact center's own number. */
  | 'own-number';

/** Why a stored form that differs from the identifier is the same. */
export type HitRule =
  /** A number of the same line before or after its plan was renumbered. */
  | 'former-number'
  /** Another address of the same mailbox. */
  | 'same-mailbox'
  /** Letters that differ in case alone, by the rules of another language or width. */
  | 'folded-case'
  /** As a spreadsheet writes a number. */
  | 'spreadsheet';

/** A record that a search returned, with the stored form that matched. */
export type Hit = {
  customerId: string;
  customerName: string;
  /** The source's id. */
  source: string;
  /** As stored in the source, not normalized. It equals the caller's own identifier, so it is not masked. */
  stored: string;
  /** The stored number has no country code and was read as one of this country (ISO 3166). */
  assumedCountry?: string;
  rule?: HitRule;
};

/**
 * One identifier of the engagement and its hits, at most ten of each source. `sharedBy`: the number of its customers,
 * distinct ones while `hits` has them all, else the sum of the sources' counts.
 */
export type Evidence = {
  kind: IdentifierKind;
  origin: IdentifierOrigin;
  /** The flow variable's name, when `origin` is `flow`. */
  variable?: string;
  /** As Zoom gave it. */
  raw: string;
  /** E.164, lower-case e-mail or upper-case case number; null when it was not looked up. */
  normalized: string | null;
  notLookedUp?: NotLookedUp;
  /** The number names no country: read in the country of the first source that has one, or as international digits. */
  assumed?: 'directory-country' | 'international';
  hits: Hit[];
  sharedBy: number;
  /** Has hits, but none on a customer of the deciding identifier. */
  disagrees?: boolean;
};

/** The identifier that decided, or `agent`. */
export type MatchRule = 'case-number' | 'account-number' | 'caller-id' | 'email' | 'seen-before' | 'agent';

/**
 * The customer of the engagement and the evidence, by the answers so far. One customer → `matched`; several, or one by
 * links of earlier engagements alone → `ambiguous`, which is never linked automatically. No customer → `unavailable`
 * when a source failed, because it may have one; else `none`, which is final once no source is `pending`.
 */
export type Match =
  | { kind: 'matched'; customerId: string; rule: Exclude<MatchRule, 'seen-before'>; evidence: Evidence[] }
  | {
      kind: 'ambiguous';
      customerIds: string[];
      sharedBy: number;
      rule: Exclude<MatchRule, 'agent'>;
      evidence: Evidence[];
    }
  | { kind: 'none'; evidence: Evidence[] }
  | { kind: 'unavailable'; evidence: Evidence[] };

/** A value that the server masks until it is revealed with a reason. `source`: the source's id. */
export type MaskedValue = { masked: string; source: string };

export type CustomerCase = {
  number: string;
  subject: string;
  status?: string;
  /** As the source spells it, without the rank that some put in front: `High`. */
  priority?: string;
  isOpen: boolean;
  /** Its priority is high or above. */
  isUrgent: boolean;
  /** ms UTC */
  updatedAt?: number;
  source: string;
  /** Opens the case in its source. */
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

/** Values that stand once on a card. */
export type HeaderField = 'name' | 'company' | 'tier' | 'owner' | 'language' | 'accountNumber' | 'timeZone';

/**
 * A customer as the panel may see it: one record, or the merged records of several sources. Phones, e-mails and
 * sensitive fields are masked by the server. A header value is the first source's that has one; where others differ,
 * `differences` holds all.
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
  /** IANA zone, when the source has it or the country has only one. */
  timeZone?: string;
  phones: MaskedValue[];
  emails: MaskedValue[];
  /** Open ones before closed ones, urgent ones first, then the newest. */
  cases: CustomerCase[];
  /** Newest first. */
  interactions: CustomerInteraction[];
  /** Any other field of a source, in its order. `isHidden`: sensitive, and the caller is not verified. */
  details: { name: string; value: string; source: string; isHidden?: boolean }[];
  /** At least one, in the order of the sources. */
  records: CardRecord[];
  /** Why several records are merged: the same name, and these in common. Empty with one record. */
  mergedBy: ('phone' | 'email')[];
  differences: { field: HeaderField; values: { value: string; source: string }[] }[];
};

/** One record of a card, with its source and the time it was read (ms UTC). */
export type CardRecord = {
  id: string;
  source: Source;
  /** Opens the record in its source. */
  url?: string;
  /** Parts that were not read, or not yet (`pending`): their absence on the card means nothing. */
  missing: { part: RecordPart; state: SourceFailure | 'pending' }[];
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
  /** The agent's verification, in this engagement, that the caller is the linked customer. */
  verification: Verification | null;
  /** The lookup began before the panel requested it. */
  isPrefetched: boolean;
};

/**
 * The customer of an engagement. `decidedBy: 'match'` follows the match; `'agent'` outranks it, also when the agent
 * unlinked (`customerId` null). `canUndo`: there is an agent's decision to undo.
 */
export type Link = { customerId: string | null; decidedBy: 'match' | 'agent'; canUndo: boolean };

/** `<source id>:<id there>`. Control characters are rejected: PostgreSQL cannot store a NUL. */
const customerId = z.string().check(z.regex(/^\P{Cc}{1,300}$/u));

/** `POST /api/engagements/{engagementId}/link` */
export const linkRequest = z.object({ customerId });
export type LinkRequest = z.infer<typeof linkRequest>;

/** `POST /api/customers/search`: a name, phone, e-mail or case number. In the body, because a URL may be logged. */
export const searchRequest = z.object({ query: z.string().check(z.maxLength(200)) });
export type SearchRequest = z.infer<typeof searchRequest>;

/**
 * At most 20 customers; `more` when there were others. `understoodAs`: how the query was read; `own-number`: as one of
 * the contact center's, which is not searched.
 */
export type SearchAnswer = {
  understoodAs: 'phone' | 'email' | 'case' | 'name' | 'own-number' | 'nothing';
  customers: CustomerCard[];
  more: boolean;
  sources: SourceStatus[];
};

/** Why an agent reveals a masked value; recorded on the audit trail. */
export const revealReasons = ['verify-caller', 'call-back', 'send-message', 'correct-record', 'other'] as const;

/** `POST /api/engagements/{engagementId}/reveal`: the linked customer's phones and e-mails, unmasked. */
export const revealRequest = z.object({
  customerId,
  reason: z.enum(revealReasons),
  /** Required if the reason is `other`. */
  note: z.optional(z.string().check(z.maxLength(500))),
});
export type RevealRequest = z.infer<typeof revealRequest>;
export type RevealAnswer = { phones: string[]; emails: string[] };

/** How an agent verified the caller. A caller id is no proof: numbers are lent, shared and forged. */
export const verificationMethods = [
  'security-question',
  'one-time-code',
  'call-back',
  'document',
  'known-person',
] as const;
export type VerificationMethod = (typeof verificationMethods)[number];

/** `at` in ms UTC. */
type Verification = { method: VerificationMethod; at: number; byYou: boolean };

/**
 * `POST /api/engagements/{engagementId}/verify`: answers the view, sensitive fields shown. Recorded on the audit trail.
 */
export const verifyRequest = z.object({ customerId, method: z.enum(verificationMethods) });
export type VerifyRequest = z.infer<typeof verifyRequest>;

/** `POST /api/engagements/{engagementId}/refresh`: queries this source, or all, bypassing all
 * caches; answers the view. */
export const refreshRequest = z.object({ source: z.optional(z.string().check(z.maxLength(64))) });
export type RefreshRequest = z.infer<typeof refreshRequest>;
