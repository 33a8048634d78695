/**
 * A connection as the rest of the server sees it. Adds to its connector what holds for every source:
 *
 *   - hits are verified against the normalized identifier (verify-hits.ts), one per customer;
 *   - answers carry the time of their request; found ones are cached for 30 s, not-found ones for 10 s, failures never;
 *     `fresh` bypasses and renews the cache; equal requests at the same time are sent once;
 *   - a deadline of ten seconds, 30 for a write; no method but `defaultCountry` rejects;
 *   - texts are bounded, links lead into the source, customers are those requested, in the order requested.
 *
 * Not guaranteed: partial answers. If one of several customers cannot be read the whole is a failure, because a missing
 * customer would look deleted.
 */
import { domainToUnicode } from 'node:url';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { IdentifierKind } from '#contract/customers.ts';
import type { Clock } from '../../platform/clock.ts';
import { withDeadline } from '../../platform/timing/deadline.ts';
import { type AnswerTtl, createAnswerCache, createTtlCache, type Fetched, type Freshness } from './answer-cache.ts';
import { cleanCustomer, cleanLink, cleanName, cleanText, isId, type SourceCustomer } from './clean-customer.ts';
import type { Activity, CheckReport, Connector, LoggedActivity, PhoneNumber, SearchQuery } from './connector.ts';
import type { IdentifierReader } from './identifier-reader.ts';
import { readMailbox } from './mailbox.ts';
import {
  found,
  foundAny,
  isFailure,
  joinFound,
  mapFound,
  notFound,
  type Outcome,
  readTooBroad,
  timedOut,
} from './outcome.ts';
import { type VerifiedHit, verifyEmailHits, verifyNumberHits, verifyPhoneHits } from './verify-hits.ts';

/** `sharedBy`: how many distinct customers hold the identifier, as far as the source can count. */
type SourceHits = { hits: VerifiedHit[]; sharedBy: number };

/** Ids are the source's. Times in ms UTC. No method but `defaultCountry` rejects. */
export type Source = {
  id: string;
  label: string;
  sensitive: readonly string[];
  defaultCountry(): Promise<string | undefined>;
  find(kind: IdentifierKind, value: string, limit: number, freshness?: Freshness): Promise<Fetched<SourceHits>>;
  /** At most ten. In the order of `ids`, without those that no longer exist. */
  readCustomers(ids: string[], freshness?: Freshness): Promise<Fetched<SourceCustomer[]>>;
  /**
   * Present only if the source has a version. Answers read after a version was read stay true while the same version is
   * read. Undefined: it could not be read.
   */
  readVersion?(): Promise<number | undefined>;
  search(query: SearchQuery, limit: number): Promise<Fetched<string[]>>;
  logActivity(activity: Activity): Promise<Fetched<LoggedActivity>>;
  check(): Promise<Fetched<CheckReport>>;
};

export type SourceParts = {
  id: string;
  label: string;
  settings: { country?: string | undefined; sensitive: readonly string[] };
  connector: Connector;
  identifiers: IdentifierReader;
  clock: Clock;
  /** Called for http(s) links of records. */
  isLinkAllowed(url: string): boolean;
  /**
   * Called before a request for a fresh answer: an agent requested it, so an open circuit breaker may probe at once.
   */
  allowProbe?: () => void;
  /** Called with errors that a connector threw: bugs. */
  reportFailure?: (error: unknown) => void;
  ttl?: AnswerTtl;
  deadlineMs?: number;
};

/** A write is several requests, and cutting it short would not undo it. */
const writeDeadlineMs = 30_000;

/** Connectors are asked for at least this many hits, because verification removes some of a broad query. */
const minLimit = 50;

/** No identifier is longer, and requested values become cache keys. */
const maxValueLength = 512;

export function createSource(parts: SourceParts): Source {
  const { id, label, settings, connector, identifiers, clock, isLinkAllowed } = parts;
  const { reportFailure = () => {}, allowProbe = () => {} } = parts;
  const { ttl = { found: 30_000, notFound: 10_000 }, deadlineMs = 10_000 } = parts;
  const hitCache = createAnswerCache<SourceHits>(clock, ttl);
  const searchCache = createAnswerCache<string[]>(clock, ttl);
  // Shares simultaneous requests; customers are cached one by one.
  const readCache = createAnswerCache<Map<string, SourceCustomer>>(clock, { found: 0, notFound: 0 });
  const customerCache = createTtlCache<CachedCustomer>(clock);

  async function guard<Found>(request: () => Promise<Outcome<Found>>, ms = deadlineMs): Promise<Outcome<Found>> {
    try {
      return readTooBroad(await withDeadline(ms, request, () => timedOut));
    } catch (error) {
      reportFailure(error);
      return { kind: 'invalid', reason: 'connector' };
    }
  }

  async function fetch<Found>(request: () => Promise<Outcome<Found>>, ms?: number): Promise<Fetched<Found>> {
    const fetchedAt = clock();
    return { ...(await guard(request, ms)), fetchedAt };
  }

  async function findCountry(): Promise<string | undefined> {
    return settings.country ?? (await connector.defaultCountry?.());
  }

  const findCountryIfKnown = () => findCountry().catch(() => undefined);

  async function findVerified(kind: IdentifierKind, value: string, limit: number): Promise<Outcome<VerifiedHit[]>> {
    if (kind === 'phone') {
      const phone = toPhoneNumber(value, identifiers);
      if (!phone) return notFound;
      const outcome = await connector.findByPhone(phone, limit);
      if (outcome.kind !== 'found') return outcome;
      return foundAny(verifyPhoneHits(outcome.value, phone, await findCountryIfKnown(), identifiers));
    }
    if (kind === 'email') {
      const email = identifiers.normalizeEmail(value);
      if (email === null) return notFound;
      const mailbox = readMailbox(email, identifiers);
      const outcomes = await Promise.all(
        listSpellings(email).map((spelling) => connector.findByEmail(spelling, limit, mailbox)),
      );
      return mapFound(joinFound(outcomes), (hits) => verifyEmailHits(hits, email, identifiers));
    }
    const number = kind === 'consumer' ? null : identifiers.normalizeCaseNumber(value);
    if (number === null || kind === 'consumer') return notFound;
    const findByNumber = kind === 'case' ? connector.findByCase : connector.findByAccount;
    const outcome = (await findByNumber?.call(connector, number, limit)) ?? notFound;
    return mapFound(outcome, (hits) => verifyNumberHits(kind, hits, number, identifiers));
  }

  async function find(kind: IdentifierKind, value: string, limit: number): Promise<Outcome<SourceHits>> {
    const connectorLimit = Math.max(limit, minLimit);
    const outcome = await findVerified(kind, value, connectorLimit);
    if (outcome.kind !== 'found') return outcome;
    const hits = cleanHits(outcome.value);
    if (hits.length === 0) return notFound;
    let sharedBy = hits.length;
    if (sharedBy >= connectorLimit && kind !== 'consumer') {
      const mailbox = kind === 'email' ? readMailbox(value, identifiers) : undefined;
      const counted = await connector.countHits?.(kind, value, mailbox);
      if (counted && isFailure(counted)) return counted;
      if (counted?.kind === 'found') sharedBy = Math.max(sharedBy, counted.value);
    }
    return found({ hits: hits.slice(0, limit), sharedBy });
  }

  async function search(query: SearchQuery, limit: number): Promise<Outcome<string[]>> {
    const outcome = await connector.search(query, limit);
    if (outcome.kind !== 'found') return outcome;
    return foundAny([...new Set(outcome.value)].filter(isId).slice(0, limit));
  }

  /** Caches the customers, and which ids do not exist. */
  async function fetchCustomers(ids: string[], freshness: Freshness): Promise<Outcome<Map<string, SourceCustomer>>> {
    const fetchedAt = clock();
    const outcome = await connector.readCustomers(ids, freshness);
    if (isFailure(outcome)) return outcome;
    const rules = { identifiers, country: await findCountryIfKnown(), isLinkAllowed };
    const customers = outcome.kind === 'found' ? outcome.value : [];
    const byId = new Map(customers.map((customer) => [customer.id, cleanCustomer(customer, rules)]));
    for (const id of ids) {
      const customer = byId.get(id);
      // A card with a missing part is a failure of that part, and failures are not cached.
      const ttlMs = customer ? (customer.missing ? 0 : ttl.found) : ttl.notFound;
      customerCache.set(id, { customer, fetchedAt }, ttlMs);
    }
    return found(byId);
  }

  async function readCustomers(ids: string[], freshness: Freshness = 'cached'): Promise<Fetched<SourceCustomer[]>> {
    const validIds = [...new Set(ids)].filter(isId);
    const known = new Map<string, CachedCustomer>();
    for (const id of validIds) {
      const cached = freshness === 'cached' ? customerCache.get(id) : undefined;
      if (cached) known.set(id, cached);
    }
    const missing = validIds.filter((id) => !known.has(id));
    if (missing.length > 0) {
      if (freshness === 'fresh') allowProbe();
      const key = JSON.stringify(missing);
      const answer = await readCache.get(key, freshness, () => guard(() => fetchCustomers(missing, freshness)));
      if (isFailure(answer)) return answer;
      const { fetchedAt } = answer;
      const byId = answer.kind === 'found' ? answer.value : new Map<string, SourceCustomer>();
      for (const id of missing) known.set(id, { customer: byId.get(id), fetchedAt });
    }
    const answers = validIds.flatMap((id) => known.get(id) ?? []);
    const customers = foundAny(answers.flatMap(({ customer }) => customer ?? []));
    return { ...customers, fetchedAt: Math.min(clock(), ...answers.map(({ fetchedAt }) => fetchedAt)) };
  }

  return {
    id,
    label,
    sensitive: settings.sensitive,
    defaultCountry: findCountry,
    readCustomers,
    ...(connector.readVersion && { readVersion: async () => connector.readVersion?.().catch(() => undefined) }),

    async find(kind, value, limit, freshness = 'cached') {
      if (value.length > maxValueLength) return { ...notFound, fetchedAt: clock() };
      if (freshness === 'fresh') allowProbe();
      const key = JSON.stringify([kind, limit, value]);
      return hitCache.get(key, freshness, () => guard(() => find(kind, value, limit)));
    },

    async search(query, limit) {
      if (query.text.length > maxValueLength) return { ...notFound, fetchedAt: clock() };
      const key = JSON.stringify([query.kind, limit, query.text]);
      return searchCache.get(key, 'cached', () => guard(() => search(query, limit)));
    },

    async logActivity(activity) {
      const outcome = await fetch(() => connector.logActivity(activity), writeDeadlineMs);
      // The card is to show the activity.
      customerCache.delete(activity.customerId);
      if (outcome.kind !== 'found') return outcome;
      const { url, ...logged } = outcome.value;
      return { ...outcome, value: { ...logged, ...cleanLink(url, { isLinkAllowed }) } };
    },

    check: () => fetch(() => connector.check()),
  };
}

/** `customer` is undefined for an id that does not exist. */
type CachedCustomer = { customer: SourceCustomer | undefined; fetchedAt: number };

function toPhoneNumber(e164: string, identifiers: IdentifierReader): PhoneNumber | undefined {
  const phone = /^\+\d{5,15}$/.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  if (!phone) return undefined;
  const { countryCallingCode: countryCode, nationalNumber: national, country } = phone;
  const prefix = `+${countryCode}`;
  const former = identifiers.listFormerNumbers(e164).filter((number) => number.startsWith(prefix));
  const formerNationals = former.map((number) => number.slice(prefix.length));
  return { e164, countryCode, national, country, ...(formerNationals.length > 0 && { formerNationals }) };
}

/** An internationalized domain in ASCII and in Unicode: a CRM may store either, and compares characters. */
function listSpellings(email: string): string[] {
  const domainStart = email.lastIndexOf('@') + 1;
  const domain = domainToUnicode(email.slice(domainStart));
  return domain === '' ? [email] : [...new Set([email, email.slice(0, domainStart) + domain])];
}

/** The first hit of each customer, its texts cleaned. */
function cleanHits(hits: VerifiedHit[]): VerifiedHit[] {
  const byId = new Map<string, VerifiedHit>();
  for (const hit of hits) {
    if (!isId(hit.customerId) || byId.has(hit.customerId)) continue;
    const { customerName, stored } = hit;
    byId.set(hit.customerId, { ...hit, customerName: cleanName(customerName), stored: cleanText(stored) });
  }
  return [...byId.values()];
}
