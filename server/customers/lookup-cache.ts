/**
 * The look-ups of open engagements, so that nobody is asked twice for the same, and so that what came stays while it is
 * asked for anew.
 *
 * - Made ahead, while it still rings or for news of the server's own that came before any question (which of the two is
 *   first, chance decides): serves the panel's own questions for two minutes, so that its first view needs no look-up.
 *   Later questions look up anew, for the agent wants what is true now; what was found stands until then.
 * - Made for a question: serves what the server sends by itself (somebody was put on hold) for an hour. Such news is not
 *   about the customer, and no source is asked because of it.
 * - One with a source that failed serves no question: the source is asked again. One that is still under way serves all.
 *
 * All only for the very identifiers they were made for: another number or a case number is looked up from nothing. What an
 * agent decided is never kept here. Whoever was shown a look-up before all sources had answered is told of each answer
 * that comes later. Held in memory, by process: another process looks up for itself.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Clock } from '../platform/clock.ts';
import { listIdentifiers } from './engagement-identifiers.ts';
import type { Lookup, LookupOptions, LookupSnapshot, StartLookup } from './lookup.ts';

/** `ask`: the panel's own question. `tell`: the server speaks by itself. */
export type LookupTrigger = 'ask' | 'tell';

/** Which engagement, for whom. */
export type Asker = { account: string; uid: string };

export type CachedLookup = LookupSnapshot & { isPrefetched: boolean };

export type LookupCache = {
  /** Begins a look-up ahead of the panel, unless one for the same identifiers is there or under way. */
  prefetch(account: string, engagementId: string, facts: EngagementFacts): void;
  /** Resolves when there is something to show. What comes after that, `onLate` hears. */
  find(occasion: LookupTrigger, asker: Asker, engagementId: string, facts: EngagementFacts): Promise<CachedLookup>;
  /** Asks one source, or all, past every cache. Resolves when they have answered or the patience of a look-up is over. */
  refresh(asker: Asker, engagementId: string, facts: EngagementFacts, source: string | undefined): Promise<void>;
};

type Entry = { identifiers: string; lookup: Lookup; madeAt: number; isAhead: boolean; waiting: Set<string> };

const servesAskMs = 2 * 60_000;
const servesTellMs = 60 * 60_000;
/** Answers that come this close together are told as one. */
const togetherMs = 30;
/** A large floor has some thousands open at once. */
const most = 5_000;

export function createLookupCache(parts: {
  startLookup: StartLookup;
  clock: Clock;
  /** More is known of the engagement's customer than these agents were shown. */
  onLate(account: string, engagementId: string, uids: string[]): void;
}): LookupCache {
  const kept = new Map<string, Entry>();
  const keyOf = (account: string, engagementId: string) => `${account} ${engagementId}`;

  function findEntry(occasion: LookupTrigger, key: string, identifiers: string): Entry | undefined {
    const entry = kept.get(key);
    if (entry?.identifiers !== identifiers) return undefined;
    const age = parts.clock() - entry.madeAt;
    if (occasion === 'tell' || !entry.lookup.hasSettled()) return age <= servesTellMs ? entry : undefined;
    return entry.isAhead && age <= servesAskMs && !hasFailed(entry) ? entry : undefined;
  }

  function make(
    account: string,
    engagementId: string,
    facts: EngagementFacts,
    { isAhead, identifiers, ...options }: LookupOptions & Pick<Entry, 'isAhead' | 'identifiers'>,
  ): Entry {
    const key = keyOf(account, engagementId);
    const before = kept.get(key);
    const previous = before?.identifiers === identifiers ? before.lookup.read() : undefined;
    const lookup = parts.startLookup(account, facts, { ...options, previous });
    const entry: Entry = { identifiers, lookup, madeAt: parts.clock(), isAhead, waiting: new Set() };
    lookup.subscribe(createTelling(account, engagementId, entry));
    kept.delete(key);
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return entry;
  }

  function createTelling(account: string, engagementId: string, entry: Entry): () => void {
    let isPlanned = false;
    const tell = () => {
      isPlanned = false;
      const uids = [...entry.waiting];
      if (entry.lookup.hasSettled()) entry.waiting.clear();
      // A newer look-up tells what it finds itself.
      if (uids.length > 0 && kept.get(keyOf(account, engagementId)) === entry) {
        parts.onLate(account, engagementId, uids);
      }
    };
    return () => {
      if (entry.waiting.size === 0 || isPlanned) return;
      isPlanned = true;
      setTimeout(tell, entry.lookup.hasSettled() ? 0 : togetherMs);
    };
  }

  async function wait({ lookup, isAhead, waiting }: Entry, { uid }: Asker): Promise<CachedLookup> {
    await lookup.isReady;
    if (!lookup.hasSettled()) waiting.add(uid);
    return { ...lookup.read(), isPrefetched: isAhead };
  }

  return {
    prefetch(account, engagementId, facts) {
      const identifiers = describeIdentifiers(facts);
      if (identifiers === '' || findEntry('ask', keyOf(account, engagementId), identifiers)) return;
      make(account, engagementId, facts, { isAhead: true, identifiers });
    },

    find(occasion, asker, engagementId, facts) {
      const { account } = asker;
      const identifiers = describeIdentifiers(facts);
      const entry = findEntry(occasion, keyOf(account, engagementId), identifiers);
      return wait(entry ?? make(account, engagementId, facts, { isAhead: occasion === 'tell', identifiers }), asker);
    },

    async refresh(asker, engagementId, facts, only) {
      // With one source alone the others must have been asked before: there may be nothing kept of them.
      if (only !== undefined) await this.find('tell', asker, engagementId, facts);
      const how = { isAhead: false, identifiers: describeIdentifiers(facts), freshness: 'fresh', only } as const;
      const entry = make(asker.account, engagementId, facts, how);
      await wait(entry, asker);
    },
  };
}

function hasFailed({ lookup }: Entry): boolean {
  return lookup.read().sources.some(({ state }) => !['asking', 'found', 'not-found'].includes(state));
}

/** Equal for two spellings of the same identifiers; empty when there is nothing to look up. */
function describeIdentifiers(facts: EngagementFacts): string {
  return listIdentifiers(facts)
    .map(({ kind, origin, variable = '', raw, normalised }) => `${kind} ${origin} ${variable} ${normalised ?? raw}`)
    .join('\n');
}
