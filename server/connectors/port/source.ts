/**
 * A connection as the rest of the server sees it. Around what its connector says this adds what holds for every source:
 *
 *   - whoever is named as the holder of an identifier does hold it (verify-hits.ts), each person once;
 *   - every answer says when it was fetched; found is kept for 30 s, none for 10 s, a failure not at all; `fresh` goes past
 *     what is kept and renews it; equal questions at the same time are one;
 *   - an answer comes within ten seconds, and no method rejects;
 *   - texts are bounded, links lead into the source, customers are those that were asked for, in that order.
 *
 * Half an answer is a failure: when one of several customers cannot be read, none is told, for absence would be believed.
 */
import { domainToUnicode } from 'node:url';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { IdentifierKind } from '#contract/customers.ts';
import type { Clock } from '../../platform/clock.ts';
import { withDeadline } from '../../platform/timing/deadline.ts';
import { type AnswerTtl, createAnswerCache, createTtlCache, type Freshness, type Stamped } from './answer-cache.ts';
import { cleanCustomer, cleanLink, cleanName, cleanText, isId, type SourceCustomer } from './clean-customer.ts';
import type { Activity, CheckReport, Connector, LoggedActivity, PhoneNumber, SearchQuery } from './connector.ts';
import { found, foundAny, isFailure, joinFound, mapFound, notFound, type Outcome, timedOut } from './outcome.ts';
import { type Readers, type VerifiedHit, verifyEmailHits, verifyNumberHits, verifyPhoneHits } from './verify-hits.ts';

/** `sharedBy`: how many distinct customers hold it, as far as the source tells. */
export type SourceHits = { hits: VerifiedHit[]; sharedBy: number };

/** No method rejects, but for `defaultCountry` of a source that keeps its own. Ids are the source's. Times in ms UTC. */
export type Source = {
  id: string;
  label: string;
  sensitive: readonly string[];
  defaultCountry(): Promise<string | undefined>;
  find(kind: IdentifierKind, value: string, limit: number, freshness?: Freshness): Promise<Stamped<SourceHits>>;
  /** At most ten. In the order of `ids`; those that are gone are left out. */
  readCustomers(ids: string[], freshness?: Freshness): Promise<Stamped<SourceCustomer[]>>;
  /**
   * Absent where the source has no version. Answers read after one version was read are still true while the same version
   * is read; undefined when it cannot be read.
   */
  readVersion?(): Promise<number | undefined>;
  search(query: SearchQuery, limit: number): Promise<Stamped<string[]>>;
  logActivity(activity: Activity): Promise<Stamped<LoggedActivity>>;
  check(): Promise<Stamped<CheckReport>>;
};

export type SourceParts = {
  id: string;
  label: string;
  settings: { country?: string | undefined; sensitive: readonly string[] };
  connector: Connector;
  readers: Readers;
  clock: Clock;
  /** Of a record's link, whose protocol is http(s) already. */
  isLinkAllowed(url: string): boolean;
  /** Called before a request for a fresh answer: an agent asks for it, so an open circuit breaker may probe at once. */
  allowProbe?: () => void;
  /** What a connector threw: a fault of ours. */
  reportFailure?: (error: unknown) => void;
  ttl?: AnswerTtl;
  deadlineMs?: number;
};

/** ms. A write is several requests, and cutting it short would not undo it. */
const writeDeadline = 30_000;

/** So many are asked for: a broad question brings some who do not hold what was meant, and most questions bring nobody. */
const broadly = 50;

/** No identifier is longer, and what is asked is kept for a while. */
const longestValue = 512;

export function createSource(parts: SourceParts): Source {
  const {
    id,
    label,
    settings,
    connector,
    readers,
    clock,
    isLinkAllowed,
    reportFailure = () => {},
    allowProbe = () => {},
  } = parts;
  const { ttl = { found: 30_000, notFound: 10_000 }, deadlineMs = 10_000 } = parts;
  const hits = createAnswerCache<SourceHits>(clock, ttl);
  const searches = createAnswerCache<string[]>(clock, ttl);
  const reads = createAnswerCache<Map<string, SourceCustomer>>(clock, { found: 0, notFound: 0 });
  const customers = createTtlCache<KeptCustomer>(clock);

  async function guard<Found>(question: () => Promise<Outcome<Found>>, ms = deadlineMs): Promise<Outcome<Found>> {
    try {
      return await withDeadline(ms, question, () => timedOut);
    } catch (error) {
      reportFailure(error);
      return { kind: 'invalid', reason: 'connector' };
    }
  }

  async function stamp<Found>(question: () => Promise<Outcome<Found>>, ms?: number): Promise<Stamped<Found>> {
    const fetchedAt = clock();
    return { ...(await guard(question, ms)), fetchedAt };
  }

  async function findCountry(): Promise<string | undefined> {
    return settings.country ?? (await connector.defaultCountry?.());
  }

  /** A source that cannot tell its country is asked nothing that depends on it. */
  const findCountryIfKnown = () => findCountry().catch(() => undefined);

  async function findHolders(kind: IdentifierKind, value: string, limit: number): Promise<Outcome<VerifiedHit[]>> {
    if (kind === 'phone') {
      const phone = toPhoneNumber(value);
      if (!phone) return notFound;
      const outcome = await connector.findByPhone(phone, limit);
      if (outcome.kind !== 'found') return outcome;
      return foundAny(verifyPhoneHits(outcome.value, phone, await findCountryIfKnown(), readers));
    }
    if (kind === 'email') {
      const email = readers.normaliseEmail(value);
      if (email === null) return notFound;
      const asked = await Promise.all(spellingsOf(email).map((one) => connector.findByEmail(one, limit)));
      return mapFound(joinFound(asked), (holders) => verifyEmailHits(holders, email, readers));
    }
    const number = kind === 'consumer' ? null : readers.normaliseCaseNumber(value);
    if (number === null || kind === 'consumer') return notFound;
    const find = kind === 'case' ? connector.findByCase : connector.findByAccount;
    const outcome = (await find?.call(connector, number, limit)) ?? notFound;
    return mapFound(outcome, (named) => verifyNumberHits(kind, named, number, readers));
  }

  async function find(kind: IdentifierKind, value: string, limit: number): Promise<Outcome<SourceHits>> {
    const asked = Math.max(limit, broadly);
    const outcome = await findHolders(kind, value, asked);
    if (outcome.kind !== 'found') return outcome;
    const persons = distinct(outcome.value);
    if (persons.length === 0) return notFound;
    let sharedBy = persons.length;
    if (sharedBy >= asked && kind !== 'consumer') {
      const counted = await connector.countHits?.(kind, value);
      if (counted && isFailure(counted)) return counted;
      if (counted?.kind === 'found') sharedBy = Math.max(sharedBy, counted.value);
    }
    return found({ hits: persons.slice(0, limit), sharedBy });
  }

  async function search(query: SearchQuery, limit: number): Promise<Outcome<string[]>> {
    const outcome = await connector.search(query, limit);
    if (outcome.kind !== 'found') return outcome;
    return foundAny([...new Set(outcome.value)].filter(isId).slice(0, limit));
  }

  /** Keeps what it reads, and that an id is gone. */
  async function fetchCustomers(ids: string[]): Promise<Outcome<Map<string, SourceCustomer>>> {
    const fetchedAt = clock();
    const outcome = await connector.readCustomers(ids);
    if (isFailure(outcome)) return outcome;
    const country = await findCountryIfKnown();
    const read = outcome.kind === 'found' ? outcome.value : [];
    const byId = new Map(read.map((one) => [one.id, cleanCustomer(one, { readers, country, isLinkAllowed })]));
    for (const id of ids) {
      const customer = byId.get(id);
      // A card with a part missing is a failure for that part.
      const life = customer ? (customer.missing ? 0 : ttl.found) : ttl.notFound;
      customers.set(id, { customer, fetchedAt }, life);
    }
    return found(byId);
  }

  async function readCustomers(ids: string[], freshness: Freshness = 'cached'): Promise<Stamped<SourceCustomer[]>> {
    const wanted = [...new Set(ids)].filter(isId);
    const kept = new Map<string, KeptCustomer>();
    for (const id of wanted) {
      const known = freshness === 'cached' ? customers.get(id) : undefined;
      if (known) kept.set(id, known);
    }
    const missing = wanted.filter((id) => !kept.has(id));
    if (missing.length > 0) {
      if (freshness === 'fresh') allowProbe();
      const answer = await reads.get(JSON.stringify(missing), freshness, () => guard(() => fetchCustomers(missing)));
      if (isFailure(answer)) return answer;
      const { fetchedAt } = answer;
      const read = answer.kind === 'found' ? answer.value : new Map<string, SourceCustomer>();
      for (const id of missing) kept.set(id, { customer: read.get(id), fetchedAt });
    }
    const answers = wanted.flatMap((id) => kept.get(id) ?? []);
    const list = foundAny(answers.flatMap(({ customer }) => customer ?? []));
    return { ...list, fetchedAt: Math.min(clock(), ...answers.map(({ fetchedAt }) => fetchedAt)) };
  }

  return {
    id,
    label,
    sensitive: settings.sensitive,
    defaultCountry: findCountry,
    readCustomers,
    ...(connector.readVersion && { readVersion: async () => connector.readVersion?.().catch(() => undefined) }),

    async find(kind, value, limit, freshness = 'cached') {
      if (value.length > longestValue) return { ...notFound, fetchedAt: clock() };
      if (freshness === 'fresh') allowProbe();
      return hits.get(`${kind} ${limit} ${value}`, freshness, () => guard(() => find(kind, value, limit)));
    },

    async search(query, limit) {
      if (query.text.length > longestValue) return { ...notFound, fetchedAt: clock() };
      return searches.get(`${query.kind} ${limit} ${query.text}`, 'cached', () => guard(() => search(query, limit)));
    },

    async logActivity(activity) {
      const outcome = await stamp(() => connector.logActivity(activity), writeDeadline);
      // Its card shows what has happened since.
      customers.delete(activity.customerId);
      if (outcome.kind !== 'found') return outcome;
      const { url, ...logged } = outcome.value;
      return { ...outcome, value: { ...logged, ...cleanLink(url, { isLinkAllowed }) } };
    },

    check: () => stamp(() => connector.check()),
  };
}

type KeptCustomer = { customer: SourceCustomer | undefined; fetchedAt: number };

function toPhoneNumber(e164: string): PhoneNumber | undefined {
  const phone = /^\+\d{5,15}$/.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  if (!phone) return undefined;
  return { e164, countryCode: phone.countryCallingCode, national: phone.nationalNumber, country: phone.country };
}

/** Its domain in ASCII, and in its own letters where it has others: a CRM may hold either, and compares characters. */
function spellingsOf(email: string): string[] {
  const at = email.lastIndexOf('@') + 1;
  const domain = domainToUnicode(email.slice(at));
  return domain === '' ? [email] : [...new Set([email, email.slice(0, at) + domain])];
}

/** A person met by two of their numbers is one hit: the first. */
function distinct(hits: VerifiedHit[]): VerifiedHit[] {
  const byId = new Map<string, VerifiedHit>();
  for (const hit of hits) {
    if (!isId(hit.customerId) || byId.has(hit.customerId)) continue;
    const { customerName, stored } = hit;
    byId.set(hit.customerId, { ...hit, customerName: cleanName(customerName), stored: cleanText(stored) });
  }
  return [...byId.values()];
}
