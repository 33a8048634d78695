/**
 * Look-ups of open engagements, cached by engagement, identifiers and sources, so that no source is queried twice for
 * the same. Other identifiers, such as those only one agent's panel reports, have an entry of their own: they neither
 * replace nor change what colleagues see.
 *
 * With `use-cached` an entry serves for an hour, whatever its results. With `revalidate`:
 * - pending: it serves until it has settled;
 * - prefetched (while it rings, or by an earlier `use-cached`): for two minutes, unless a source failed;
 * - otherwise for 30 s while its sources have not changed (`Lookup.isCurrent`). Later the sources are queried again;
 *   the earlier results stay until they answer.
 *
 * An engagement's link decision is not cached.
 * Agents who were shown a look-up before it settled are notified of each later result. In-process; not shared between
 * processes. Entries are personal data and are dropped after an hour.
 */
import { LRUCache } from 'lru-cache';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { CachePolicy } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { CustomerSource } from './customer-source.ts';
import { listIdentifiers, listRawIdentifiers } from './engagement-identifiers.ts';
import {
  type Lookup,
  type LookupOptions,
  type LookupRequest,
  type LookupSnapshot,
  needCountry,
  type StartLookup,
} from './lookup.ts';
import { createOwnNumberTest, markOwnNumbers, type OwnNumbers } from './own-numbers.ts';

type CachedLookup = { snapshot: LookupSnapshot; isPrefetched: boolean };

/** `isOwn`: an agent's own claims, which replace no look-up of the engagement. */
type LookedUpFacts = { facts: EngagementFacts; isOwn: boolean };

export type LookupCache = {
  /** Begins a look-up before the panel requests it, unless one of the same identifiers is cached. */
  prefetch(account: string, engagementId: string, facts: EngagementFacts): void;
  /** Resolves when there is something to show; `notifyLateResult` is called for later results. */
  find(
    agent: Agent,
    engagementId: string,
    options: LookedUpFacts & { cachePolicy: CachePolicy },
  ): Promise<CachedLookup>;
  /** Queries one source, or all, bypassing all caches. Resolves when the look-up is ready. */
  refresh(agent: Agent, engagementId: string, options: LookedUpFacts & { source: string | undefined }): Promise<void>;
  /** How many look-ups are cached. */
  count(): number;
};

type Entry = {
  lookup: Lookup;
  madeAt: number;
  isPrefetched: boolean;
  /** Shown before the look-up settled. */
  waitingUids: Set<string>;
};

type Target = LookupRequest & { engagementId: string; key: string };

const maxPrefetchedAgeMs = 2 * 60_000;
const maxCurrentAgeMs = 30_000;
const ttlMs = 60 * 60_000;
/** Results this close together are one notification. The last one ends the wait. */
const gatherMs = 10;
/** A large floor has some thousand engagements open at once, most with one list of identifiers. */
const maxEntries = 5_000;

export function createLookupCache(parts: {
  startLookup: StartLookup;
  /** The sources that are queried for this engagement. */
  sourcesFor(facts: EngagementFacts): readonly CustomerSource[];
  ownNumbersOf(account: string): OwnNumbers;
  clock: Clock;
  /** Called when a result arrives after these agents were shown the look-up. */
  notifyLateResult(account: string, engagementId: string, uids: string[]): void;
}): LookupCache {
  const { clock } = parts;
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    ttl: ttlMs,
    ttlAutopurge: true,
    ttlResolution: 0,
    perf: { now: clock },
  });

  /** `owner`: the agent, for claims that only their own panel makes. */
  function toTarget(account: string, engagementId: string, facts: EngagementFacts, owner: string | null): Target {
    const ownNumbers = parts.ownNumbersOf(account);
    const { identifiers, rawIdentifiers } = readIdentifiers(facts, ownNumbers);
    const sources = parts.sourcesFor(facts);
    const sourceIds = sources.map(({ id }) => id);
    // Which of the numbers without a country are own is known after the look-up has read the country.
    const own = needCountry(identifiers) ? [facts.flowNumber, ownNumbers.revision] : [];
    const key = JSON.stringify([account, engagementId, owner, sourceIds, rawIdentifiers, identifiers, own]);
    return { account, engagementId, facts, identifiers, ownNumbers, sources, key };
  }

  function findServing(target: Target, cachePolicy: CachePolicy): Entry | undefined {
    const entry = entries.get(target.key);
    if (!entry || cachePolicy === 'use-cached' || !entry.lookup.hasSettled()) return entry;
    const isFresh = entry.isPrefetched && clock() - entry.madeAt <= maxPrefetchedAgeMs;
    return isFresh && !hasFailed(entry) ? entry : undefined;
  }

  async function findCurrent(target: Target): Promise<Entry | undefined> {
    const entry = entries.get(target.key);
    if (!entry || clock() - entry.madeAt > maxCurrentAgeMs) return undefined;
    return (await entry.lookup.isCurrent()) ? entry : undefined;
  }

  function make(target: Target, { isPrefetched, ...options }: LookupOptions & Pick<Entry, 'isPrefetched'>): Entry {
    const { key } = target;
    const previous = entries.get(key)?.lookup.read();
    const lookup = parts.startLookup(target, { ...options, previous });
    const entry: Entry = { lookup, madeAt: clock(), isPrefetched, waitingUids: new Set() };
    lookup.subscribe(createNotifier(target, entry));
    entries.set(key, entry);
    return entry;
  }

  function createNotifier({ account, engagementId, key }: Target, entry: Entry): () => void {
    let planned: NodeJS.Timeout | undefined;
    const notify = () => {
      planned = undefined;
      const uids = [...entry.waitingUids];
      if (entry.lookup.hasSettled()) entry.waitingUids.clear();
      // A newer look-up notifies of its own results.
      if (uids.length > 0 && entries.get(key) === entry) {
        parts.notifyLateResult(account, engagementId, uids);
      }
    };
    return () => {
      if (entry.waitingUids.size === 0) return;
      const isLast = entry.lookup.hasSettled();
      if (isLast) clearTimeout(planned);
      if (isLast || planned === undefined) planned = setTimeout(notify, isLast ? 0 : gatherMs);
    };
  }

  async function wait({ lookup, isPrefetched, waitingUids }: Entry, uid: string): Promise<CachedLookup> {
    await lookup.ready;
    if (!lookup.hasSettled()) waitingUids.add(uid);
    return { snapshot: lookup.read(), isPrefetched };
  }

  const cache: LookupCache = {
    prefetch(account, engagementId, facts) {
      const target = toTarget(account, engagementId, facts, null);
      if (target.identifiers.length === 0 || findServing(target, 'revalidate')) return;
      make(target, { isPrefetched: true });
    },

    async find({ account, uid }, engagementId, { facts, isOwn, cachePolicy }) {
      const target = toTarget(account, engagementId, facts, isOwn ? uid : null);
      const serving = findServing(target, cachePolicy);
      if (serving) return wait(serving, uid);
      const current = await findCurrent(target);
      // Another request may have begun a look-up meanwhile.
      const entry =
        current ?? findServing(target, cachePolicy) ?? make(target, { isPrefetched: cachePolicy === 'use-cached' });
      return wait(entry, uid);
    },

    async refresh(agent, engagementId, { facts, isOwn, source }) {
      // One source alone is added to the results of the others, which may not be cached any more.
      if (source !== undefined) await cache.find(agent, engagementId, { facts, isOwn, cachePolicy: 'use-cached' });
      const target = toTarget(agent.account, engagementId, facts, isOwn ? agent.uid : null);
      await wait(make(target, { isPrefetched: false, freshness: 'fresh', only: source }), agent.uid);
    },

    count: () => entries.size,
  };
  return cache;
}

function hasFailed({ lookup }: Entry): boolean {
  return lookup.read().sources.some(({ state }) => !['pending', 'found', 'not-found'].includes(state));
}

type FactsIdentifiers = {
  identifiers: LookupRequest['identifiers'];
  /** In the key as well: a source's default country may make other identifiers of them. */
  rawIdentifiers: ReturnType<typeof listRawIdentifiers>;
  /** By which `identifiers` are marked. */
  ownNumbers: OwnNumbers;
};

const identifiersOfFacts = new WeakMap<EngagementFacts, FactsIdentifiers>();

/** Facts never change, and those of an unchanged engagement are the same object at each view. */
function readIdentifiers(facts: EngagementFacts, ownNumbers: OwnNumbers): FactsIdentifiers {
  const known = identifiersOfFacts.get(facts);
  if (known?.ownNumbers === ownNumbers) return known;
  const identifiers = markOwnNumbers(listIdentifiers(facts), facts, createOwnNumberTest(facts, ownNumbers));
  const read = { identifiers, rawIdentifiers: listRawIdentifiers(facts), ownNumbers };
  identifiersOfFacts.set(facts, read);
  return read;
}
