/**
 * One look-up: every source in parallel, each for every identifier of the engagement.
 *
 *   pending ──answer──▶ found | not-found
 *      └──failure, or no answer for `deadlineMs`──▶ unauthenticated | forbidden | rate-limited | unavailable | invalid
 *
 * A source that searches first and reads afterwards shows its hits as previews (preview.ts) until the records arrive;
 * they stay beside a failure.
 *
 * `ready` resolves when there is something to show: every source has settled; or one has found a customer and the
 * others had `batchWindowMs` to join; or nothing was found for `firstResultDeadlineMs`. `settled` resolves when every
 * source has settled. Neither rejects.
 *
 * A look-up may follow an earlier one of the same identifiers. The earlier results stay, with their own age, until
 * their source answers, and beside its failure.
 *
 * If one query of a source fails, the source has failed: the failed query may be that of the deciding identifier.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import type { SourceState } from '#contract/sources.ts';
import type { Clock } from '../platform/clock.ts';
import { withDeadline } from '../platform/timing/deadline.ts';
import { splitCustomerId } from './customer-id.ts';
import type { CustomerRecord, CustomerSource, Freshness, IdentifierHits, SourceAnswer } from './customer-source.ts';
import { type EngagementIdentifier, listIdentifiers } from './engagement-identifiers.ts';
import { createOwnNumberTest, type IsOwnNumber, markOwnNumbers, type OwnNumbers } from './own-numbers.ts';
import { toPreviews } from './preview.ts';
import { readCustomersInBatches } from './read-customers-in-batches.ts';

/** The result of one source. `hits` are parallel to the look-up's identifiers. Times in ms UTC. */
export type SourceResult = {
  source: Pick<CustomerSource, 'id' | 'label' | 'sensitive'>;
  state: SourceState;
  retryAt?: number;
  /** Of `hits` and `records`; null before the first answer. */
  fetchedAt: number | null;
  /** Of the source, read before it was queried; undefined where it has none. */
  version?: number | undefined;
  hits: IdentifierHits[];
  records: CustomerRecord[];
};

type HitsResult = Pick<SourceResult, 'hits' | 'fetchedAt'>;

type Query = {
  identifiers: EngagementIdentifier[];
  freshness: Freshness;
  findSeenBefore(consumerId: string): Promise<string[]>;
  /** Called with the hits before their records are read. */
  onHits(result: HitsResult): void;
};

export type LookupSnapshot = {
  identifiers: EngagementIdentifier[];
  sources: SourceResult[];
  /** Whether a number that a customer stores is the contact center's. */
  isOwnNumber: IsOwnNumber;
};

export type Lookup = {
  /** The same object until a result changes, so what is derived from it can be cached by identity. */
  read(): LookupSnapshot;
  ready: Promise<void>;
  settled: Promise<void>;
  hasSettled(): boolean;
  /** Whether the sources would answer the same now: by their version, else by the age of their answers. */
  isCurrent(): Promise<boolean>;
  /** Notified of each result. */
  subscribe(listener: () => void): void;
};

export type LookupRequest = {
  account: string;
  facts: EngagementFacts;
  /** `listIdentifiers` of the facts, own numbers marked. */
  identifiers: EngagementIdentifier[];
  ownNumbers: OwnNumbers;
  sources: readonly CustomerSource[];
};

export type LookupOptions = {
  /** Of the same identifiers and sources. */
  previous?: LookupSnapshot | undefined;
  freshness?: Freshness;
  /** Queries this source, and those that are missing or still pending in `previous`; the other results stay. */
  only?: string | undefined;
};

type LookupParts = {
  /** The customers whom agents linked this consumer of Zoom's to before. */
  findSeenBefore(account: string, consumerId: string): Promise<string[]>;
  clock: Clock;
  /** Called with internal errors; a failure of a source is a result. */
  reportFailure(error: unknown): void;
  deadlineMs?: number;
  firstResultDeadlineMs?: number;
  batchWindowMs?: number;
};

/** This many customers of one identifier are named; the rest are counted. */
const maxHits = 10;
const noHits: IdentifierHits = { hits: [], sharedBy: 0 };

/** For how long an answer of a source without a version is current, in ms: as long as its connector caches it. */
const currentMs = { found: 30_000, 'not-found': 10_000 };

export type StartLookup = (request: LookupRequest, options?: LookupOptions) => Lookup;

export function createStartLookup(parts: LookupParts): StartLookup {
  const { clock, reportFailure } = parts;
  const { deadlineMs = 10_000, firstResultDeadlineMs = 2_000, batchWindowMs = 25 } = parts;

  /** Of the first source that has one. */
  async function findCountry(sources: readonly CustomerSource[]): Promise<string | undefined> {
    for (const source of sources) {
      const country = await withDeadline(
        firstResultDeadlineMs,
        () => source.defaultCountry().catch(reportFailure),
        () => undefined,
      );
      if (country) return country;
    }
    return undefined;
  }

  return ({ account, facts, ownNumbers, sources, ...request }, { freshness = 'cached', only, ...options } = {}) => {
    const hasAnswer = options.previous?.sources.some(({ fetchedAt }) => fetchedAt !== null);
    const previous = hasAnswer ? options.previous : undefined;
    const listeners = new Set<() => void>();
    let identifiers = previous?.identifiers ?? request.identifiers;
    let isOwnNumber = previous?.isOwnNumber ?? createOwnNumberTest(facts, ownNumbers);
    const results = new Map(
      sources.map((source) => {
        const before = previous?.sources.find((result) => result.source.id === source.id);
        const result: SourceResult = before ?? { source, state: 'pending', fetchedAt: null, hits: [], records: [] };
        return [source.id, isQueried(source) ? withState(result, 'pending') : result];
      }),
    );
    let snapshot: LookupSnapshot | undefined;
    const seenBefore = createSeenBefore((consumerId) => parts.findSeenBefore(account, consumerId));
    const read = () => {
      snapshot ??= { identifiers, sources: [...results.values()], isOwnNumber };
      return snapshot;
    };
    const hasSettled = () => read().sources.every(({ state }) => state !== 'pending');
    const hasFound = () => read().sources.some(({ records }) => records.length > 0);

    function isQueried({ id }: CustomerSource): boolean {
      const before = previous?.sources.find(({ source }) => source.id === id);
      return only === undefined || only === id || before === undefined || before.state === 'pending';
    }

    function put(result: SourceResult): void {
      results.set(result.source.id, result);
      snapshot = undefined;
      for (const listener of listeners) listener();
    }

    function settle(
      source: CustomerSource,
      version: number | undefined,
      answer: SourceAnswer<Pick<SourceResult, 'hits' | 'records'>>,
    ): void {
      const before = results.get(source.id);
      const { fetchedAt } = answer;
      if (answer.kind === 'found') {
        const { hits, records } = answer.value;
        put({ source, state: records.length > 0 ? 'found' : 'not-found', fetchedAt, version, hits, records });
      } else if (answer.kind === 'not-found') {
        put({ source, state: 'not-found', fetchedAt, version, hits: [], records: [] });
      } else if (before) {
        const retry = answer.kind === 'rate-limited' ? { retryAt: answer.retryAt } : {};
        put({ ...withState(before, answer.kind), ...retry });
      }
    }

    /** A record of an earlier look-up is more complete than a preview and stays. */
    function showPreviews({ id }: CustomerSource, result: HitsResult): void {
      const before = results.get(id);
      const previews = toPreviews(identifiers, result.hits);
      if (before?.state !== 'pending' || before.records.some(({ isPreview }) => !isPreview)) return;
      // An earlier linked customer may merge with a hit, which only the records show.
      if (previews.length === 0 || seenBefore.hasAny()) return;
      put({ ...before, ...result, records: previews });
    }

    async function query(source: CustomerSource): Promise<void> {
      let version: number | undefined;
      const run = async () => {
        // Before the query: a change in between then raises the version above this one.
        version = await source.readVersion?.();
        return querySource(source, {
          identifiers,
          freshness: only === undefined || only === source.id ? freshness : 'cached',
          findSeenBefore: seenBefore.find,
          onHits: (result) => showPreviews(source, result),
        });
      };
      const answer = await withDeadline(
        deadlineMs,
        () => run().catch(reportFailure),
        () => undefined,
      );
      settle(source, version, answer ?? { kind: 'unavailable', fetchedAt: clock() });
    }

    async function isCurrent(): Promise<boolean> {
      const now = clock();
      const isUnchanged = async (source: CustomerSource) => {
        const result = results.get(source.id);
        const { state, fetchedAt = null, records = [] } = result ?? {};
        if ((state !== 'found' && state !== 'not-found') || records.some(({ missing }) => missing?.length))
          return false;
        if (!source.readVersion) return fetchedAt !== null && now - fetchedAt <= currentMs[state];
        return result?.version !== undefined && (await source.readVersion()) === result.version;
      };
      try {
        return (await Promise.all([seenBefore.isUnchanged(), ...sources.map(isUnchanged)])).every(Boolean);
      } catch (error) {
        reportFailure(error);
        return false;
      }
    }

    const settled = (async () => {
      if (!previous && needCountry(identifiers)) {
        const country = await findCountry(sources);
        if (country) {
          isOwnNumber = createOwnNumberTest(facts, ownNumbers, country);
          identifiers = markOwnNumbers(listIdentifiers(facts, country), facts, isOwnNumber, country);
        }
        snapshot = undefined;
      }
      await Promise.all(sources.filter(isQueried).map(query));
    })();

    return {
      read,
      ready: waitUntilReady({
        settled,
        hasFound,
        subscribe: (listener) => listeners.add(listener),
        firstResultDeadlineMs,
        batchWindowMs,
      }),
      settled,
      hasSettled,
      isCurrent,
      subscribe: (listener) => void listeners.add(listener),
    };
  };

  async function querySource(
    source: CustomerSource,
    { identifiers, onHits, freshness, findSeenBefore }: Query,
  ): Promise<SourceAnswer<Pick<SourceResult, 'hits' | 'records'>>> {
    const find = ({ kind, normalized }: EngagementIdentifier) => {
      if (normalized === null) return { kind: 'not-found' as const, fetchedAt: clock() };
      if (kind === 'consumer') return findLinked(source, normalized, findSeenBefore);
      return source.find(kind, normalized, maxHits, freshness);
    };
    const answers = await Promise.all(identifiers.map(find));
    const failed = answers.find((answer) => answer.kind !== 'found' && answer.kind !== 'not-found');
    if (failed) return failed;
    const hits = answers.map((answer) => (answer.kind === 'found' ? answer.value : noHits));
    const ids = [...new Set(hits.flatMap((item) => item.hits.map(({ customerId }) => customerId)))];
    const fetchedAt = Math.min(...answers.map((answer) => answer.fetchedAt), clock());
    if (ids.length === 0) return { kind: 'not-found', fetchedAt };
    onHits({ hits, fetchedAt });
    const records = await readCustomersInBatches(source, ids, freshness);
    if (records.kind !== 'found') return records;
    const value = { hits, records: records.value };
    return { kind: 'found', value, fetchedAt: Math.min(fetchedAt, records.fetchedAt) };
  }

  async function findLinked(
    source: CustomerSource,
    consumerId: string,
    findSeenBefore: Query['findSeenBefore'],
  ): Promise<SourceAnswer<IdentifierHits>> {
    const seen = (await findSeenBefore(consumerId)).map(splitCustomerId);
    const ids = seen.filter((each) => each.source === source.id).slice(0, maxHits);
    const hits = ids.map(({ id }) => ({ customerId: id, customerName: '', stored: consumerId }));
    return { kind: 'found', value: { hits, sharedBy: hits.length }, fetchedAt: clock() };
  }
}

/** Reads the links of each consumer once for all sources. `hasAny`: in what was read so far. */
function createSeenBefore(read: (consumerId: string) => Promise<string[]>) {
  const reads = new Map<string, Promise<string[]>>();
  let hasAny = false;
  return {
    hasAny: () => hasAny,
    find(consumerId: string): Promise<string[]> {
      const known = reads.get(consumerId);
      if (known) return known;
      const seen = read(consumerId).then((customerIds) => {
        hasAny ||= customerIds.length > 0;
        return customerIds;
      });
      reads.set(consumerId, seen);
      return seen;
    },
    async isUnchanged(): Promise<boolean> {
      if (reads.size === 0) return true;
      const comparisons = [...reads].map(async ([consumerId, seen]) => {
        const [now, before] = await Promise.all([read(consumerId), seen]);
        return now.length === before.length && now.every((customerId, index) => customerId === before[index]);
      });
      return (await Promise.all(comparisons)).every(Boolean);
    },
  };
}

/** A number with a country code reads the same in every country. */
export function needCountry(identifiers: EngagementIdentifier[]): boolean {
  return identifiers.some((each) => each.kind === 'phone' && !hasCountryCode(each));
}

/** Only a plus and digits: a text with a label or URI may contain a second number. */
function hasCountryCode({ raw }: EngagementIdentifier): boolean {
  return /^\+\s*[1-9][\d\s().-]+$/.test(raw);
}

function withState({ retryAt: _, ...result }: SourceResult, state: SourceState): SourceResult {
  return { ...result, state };
}

function waitUntilReady(parts: {
  settled: Promise<void>;
  hasFound(): boolean;
  subscribe(listener: () => void): void;
  firstResultDeadlineMs: number;
  batchWindowMs: number;
}): Promise<void> {
  const { settled, hasFound, subscribe, firstResultDeadlineMs, batchWindowMs } = parts;
  return new Promise((resolve) => {
    let batchWindow: NodeJS.Timeout | undefined;
    const firstResultDeadline = setTimeout(finish, firstResultDeadlineMs);
    function finish(): void {
      clearTimeout(firstResultDeadline);
      clearTimeout(batchWindow);
      resolve();
    }
    const startBatchWindow = () => {
      if (batchWindow === undefined && hasFound()) batchWindow = setTimeout(finish, batchWindowMs);
    };
    subscribe(startBatchWindow);
    startBatchWindow();
    settled.then(finish, finish);
  });
}
