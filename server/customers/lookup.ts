/**
 * One look-up: all sources at once, each for every identifier of the engagement.
 *
 *   asking ──it answered──▶ found | none
 *      └──it failed, or was silent for `deadlineMs`──▶ refused | forbidden | rate-limited | unavailable | invalid
 *
 * A source that searches first and reads then tells whom it found as soon as it can: their names stand, `asking`, until
 * their records come (preview.ts), or beside the failure if they do not.
 *
 * A source's state is its own: none waits for another, and what is read at any time is what has come so far. `isReady`
 * resolves when there is something to show: every source has settled; or one has found somebody and the others had a
 * moment (`graceMs`) to join; or nobody was found for `patienceMs`, and whoever asked is told who is still being asked.
 * `isDone` resolves when every source has settled. Neither rejects.
 *
 * A look-up may follow an earlier one for the same identifiers. Then what that one found stands, with its own age, until
 * its source answers anew; and if it fails, it stands beside the failure: an old card with its age is better than none.
 *
 * All answers of a source count together: had one of its questions failed, the identifier that decides may be the one that
 * was not answered, so the source has failed.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import type { SourceState } from '#contract/sources.ts';
import type { Clock } from '../platform/clock.ts';
import { splitCustomerId } from './customer-id.ts';
import type { CustomerRecord, CustomerSource, Freshness, IdentifierHits, SourceAnswer } from './customer-source.ts';
import { type EngagementIdentifier, listIdentifiers } from './engagement-identifiers.ts';
import { toPreviews } from './preview.ts';
import { readInParts } from './read-in-parts.ts';
import { withDeadline } from './with-deadline.ts';

/** What one source has said. `hits` are parallel to the look-up's identifiers. Times in ms UTC. */
export type SourceResult = {
  source: Pick<CustomerSource, 'id' | 'label' | 'sensitive'>;
  state: SourceState;
  retryAt?: number;
  /** Of `hits` and `records`; null before the first answer. */
  fetchedAt: number | null;
  hits: IdentifierHits[];
  records: CustomerRecord[];
};

type Named = Pick<SourceResult, 'hits' | 'fetchedAt'>;

type Question = {
  identifiers: EngagementIdentifier[];
  freshness: Freshness;
  findSeenBefore(consumerId: string): Promise<string[]>;
  /** Hears whom the source found, before it is asked for their records. */
  onNamed(named: Named): void;
};

export type LookupSnapshot = { identifiers: EngagementIdentifier[]; sources: SourceResult[] };

export type Lookup = {
  read(): LookupSnapshot;
  isReady: Promise<void>;
  isDone: Promise<void>;
  hasSettled(): boolean;
  /** After each source that settles, or names whom it found. */
  subscribe(listener: () => void): void;
};

export type LookupOptions = {
  /** For the same identifiers. */
  previous?: LookupSnapshot | undefined;
  freshness?: Freshness;
  /** Only this source is asked, and any that `previous` had not heard from; the others stay as it has them. */
  only?: string | undefined;
};

export type LookupParts = {
  sources: readonly CustomerSource[];
  /** The customers whom agents linked this consumer of Zoom's to before. */
  findSeenBefore(account: string, consumerId: string): Promise<string[]>;
  clock: Clock;
  /** Hears what went wrong here; what a source does wrong is an outcome. */
  reportFailure(error: unknown): void;
  deadlineMs?: number;
  patienceMs?: number;
  graceMs?: number;
};

/** So many customers of one identifier are named; the rest is only counted. */
const mostHits = 10;
const nobody: IdentifierHits = { hits: [], sharedBy: 0 };

export type StartLookup = (account: string, facts: EngagementFacts, options?: LookupOptions) => Lookup;

export function createLookups(parts: LookupParts): StartLookup {
  const { sources, clock, reportFailure } = parts;
  const { deadlineMs = 10_000, patienceMs = 2_000, graceMs = 25 } = parts;

  /** Of the first source that has one. */
  async function findCountry(): Promise<string | undefined> {
    for (const source of sources) {
      const country = await withDeadline(source.defaultCountry().catch(reportFailure), patienceMs);
      if (country) return country;
    }
    return undefined;
  }

  return (account, facts, { freshness = 'cached', only, ...options } = {}) => {
    const isHeard = options.previous?.sources.some(({ fetchedAt }) => fetchedAt !== null);
    const previous = isHeard ? options.previous : undefined;
    const listeners = new Set<() => void>();
    let identifiers = previous?.identifiers ?? listIdentifiers(facts);
    const readings = new Map(
      sources.map((source) => {
        const before = previous?.sources.find((reading) => reading.source.id === source.id);
        const reading: SourceResult = before ?? { source, state: 'asking', fetchedAt: null, hits: [], records: [] };
        return [source.id, isAsked(source) ? withState(reading, 'asking') : reading];
      }),
    );
    const seenBefore = rememberSeen((consumerId) => parts.findSeenBefore(account, consumerId));
    const listReadings = () => [...readings.values()];
    const hasSettled = () => listReadings().every(({ state }) => state !== 'asking');
    const hasFound = () => listReadings().some(({ records }) => records.length > 0);

    function isAsked({ id }: CustomerSource): boolean {
      const before = previous?.sources.find(({ source }) => source.id === id);
      return only === undefined || only === id || before === undefined || before.state === 'asking';
    }

    function settle(source: CustomerSource, answer: SourceAnswer<Pick<SourceResult, 'hits' | 'records'>>): void {
      const before = readings.get(source.id);
      const { fetchedAt } = answer;
      if (answer.kind === 'found') {
        const state = answer.value.records.length > 0 ? 'found' : 'not-found';
        readings.set(source.id, { source, state, fetchedAt, ...answer.value });
      } else if (answer.kind === 'not-found') {
        readings.set(source.id, { source, state: 'not-found', fetchedAt, hits: [], records: [] });
      } else if (before) {
        const retry = answer.kind === 'rate-limited' ? { retryAt: answer.retryAt } : {};
        readings.set(source.id, { ...withState(before, answer.kind), ...retry });
      }
      for (const listener of listeners) listener();
    }

    /** What was read before says more than a face. */
    function announce({ id }: CustomerSource, named: Named): void {
      const before = readings.get(id);
      const faces = toPreviews(identifiers, named.hits);
      if (before?.state !== 'asking' || before.records.some(({ isFace }) => !isFace) || faces.length === 0) return;
      // Whom agents linked to this consumer before may be the same person, as only the records can tell.
      if (seenBefore.hasAny()) return;
      readings.set(id, { ...before, ...named, records: faces });
      for (const listener of listeners) listener();
    }

    async function ask(source: CustomerSource): Promise<void> {
      const how = only === undefined || only === source.id ? freshness : 'cached';
      const question = {
        identifiers,
        freshness: how,
        findSeenBefore: seenBefore.find,
        onNamed: (named: Named) => announce(source, named),
      };
      const answer = await withDeadline(askSource(source, question).catch(reportFailure), deadlineMs);
      settle(source, answer ?? { kind: 'unavailable', fetchedAt: clock() });
    }

    const isDone = (async () => {
      // A number with a plus is the same in every country, and nobody need be asked for one.
      if (!previous && identifiers.some((one) => one.kind === 'phone' && !isAbroad(one))) {
        identifiers = listIdentifiers(facts, await findCountry());
      }
      await Promise.all(sources.filter(isAsked).map(ask));
    })();

    return {
      read: () => ({ identifiers, sources: listReadings() }),
      isReady: waitUntilReady({
        isDone,
        hasFound,
        subscribe: (listener) => listeners.add(listener),
        patienceMs,
        graceMs,
      }),
      isDone,
      hasSettled,
      subscribe: (listener) => void listeners.add(listener),
    };
  };

  async function askSource(
    source: CustomerSource,
    { identifiers, onNamed, ...how }: Question,
  ): Promise<SourceAnswer<Pick<SourceResult, 'hits' | 'records'>>> {
    const answers = await Promise.all(identifiers.map((one) => find(source, one, how)));
    const failed = answers.find((answer) => answer.kind !== 'found' && answer.kind !== 'not-found');
    if (failed) return failed;
    const hits = answers.map((answer) => (answer.kind === 'found' ? answer.value : nobody));
    const ids = [...new Set(hits.flatMap((item) => item.hits.map(({ customerId }) => customerId)))];
    const fetchedAt = Math.min(...answers.map((answer) => answer.fetchedAt), clock());
    if (ids.length === 0) return { kind: 'not-found', fetchedAt };
    onNamed({ hits, fetchedAt });
    const read = await readInParts(source, ids, how.freshness);
    if (read.kind !== 'found') return read;
    return { kind: 'found', value: { hits, records: read.value }, fetchedAt: Math.min(fetchedAt, read.fetchedAt) };
  }

  async function find(
    source: CustomerSource,
    { kind, normalised }: EngagementIdentifier,
    { freshness, findSeenBefore }: Pick<Question, 'freshness' | 'findSeenBefore'>,
  ): Promise<SourceAnswer<IdentifierHits>> {
    if (normalised === null) return { kind: 'not-found', fetchedAt: clock() };
    if (kind !== 'consumer') return source.find(kind, normalised, mostHits, freshness);
    const seen = (await findSeenBefore(normalised)).map(splitCustomerId);
    const here = seen.filter((one) => one.source === source.id).slice(0, mostHits);
    const hits = here.map(({ id }) => ({ customerId: id, customerName: '', stored: normalised }));
    return { kind: 'found', value: { hits, sharedBy: hits.length }, fetchedAt: clock() };
  }
}

/** One question for all sources. `hasAny`: as far as was asked. */
function rememberSeen(read: (consumerId: string) => Promise<string[]>) {
  const asked = new Map<string, Promise<string[]>>();
  let hasAny = false;
  return {
    hasAny: () => hasAny,
    find(consumerId: string): Promise<string[]> {
      const known = asked.get(consumerId);
      if (known) return known;
      const seen = read(consumerId).then((customerIds) => {
        hasAny ||= customerIds.length > 0;
        return customerIds;
      });
      asked.set(consumerId, seen);
      return seen;
    },
  };
}

/** Nothing but a plus and digits: labels and URIs may hold another number behind. */
function isAbroad({ raw }: EngagementIdentifier): boolean {
  return /^\+[\d\s().-]+$/.test(raw);
}

function withState({ retryAt: _, ...reading }: SourceResult, state: SourceState): SourceResult {
  return { ...reading, state };
}

function waitUntilReady(of: {
  isDone: Promise<void>;
  hasFound(): boolean;
  subscribe(listener: () => void): void;
  patienceMs: number;
  graceMs: number;
}): Promise<void> {
  return new Promise((resolve) => {
    let grace: NodeJS.Timeout | undefined;
    const patience = setTimeout(finish, of.patienceMs);
    function finish(): void {
      clearTimeout(patience);
      clearTimeout(grace);
      resolve();
    }
    const startGrace = () => {
      if (grace === undefined && of.hasFound()) grace = setTimeout(finish, of.graceMs);
    };
    of.subscribe(startGrace);
    startGrace();
    of.isDone.then(finish, finish);
  });
}
