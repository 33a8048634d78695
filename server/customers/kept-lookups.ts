/**
 * What sources said lately of who an engagement is with, so that nobody is asked twice for the same.
 *
 * - Made ahead, while it still rings: serves the panel's own questions for two minutes, so that its first view needs no
 *   look-up. Later questions look up anew, for the agent wants what is true now.
 * - Made for a question: serves what the server sends by itself (somebody was put on hold) for an hour. Such news is not
 *   about the customer, and no source is asked because of it.
 *
 * Both only for the very identifiers they were made for: another number or a case number is looked up anew. What an agent
 * decided is never kept here. A source that did not answer is asked again. Held in memory, by process: another process
 * looks up for itself.
 */
import type { Match } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Clock } from '../platform/clock.ts';
import type { CustomerRecord } from './customer-source.ts';
import { listIdentifiers } from './engagement-identifiers.ts';

/** What a source said of one engagement's identifiers. `fetchedAt` in ms UTC. */
export type Lookup = { match: Match; records: CustomerRecord[]; fetchedAt: number };

/** `ask`: the panel's own question. `tell`: the server speaks by itself. */
export type Occasion = 'ask' | 'tell';

export type KeptLookups = {
  /** Begins a look-up ahead of the panel, unless one for the same identifiers is there or under way. */
  warm(account: string, engagementId: string, facts: EngagementFacts): void;
  /** The kept look-up (also one still under way), or a new one. */
  find(
    occasion: Occasion,
    account: string,
    engagementId: string,
    facts: EngagementFacts,
  ): Promise<Lookup & { isAhead: boolean }>;
};

type Entry = { identifiers: string; lookup: Promise<Lookup>; madeAt: number; isAhead: boolean };

const servesAskMs = 2 * 60_000;
const servesTellMs = 60 * 60_000;
/** A large floor has some thousands open at once. */
const most = 5_000;

export function createKeptLookups(parts: {
  lookUp: (facts: EngagementFacts) => Promise<Lookup>;
  clock: Clock;
}): KeptLookups {
  const kept = new Map<string, Entry>();
  const keyOf = (account: string, engagementId: string) => `${account} ${engagementId}`;

  function findEntry(occasion: Occasion, key: string, identifiers: string): Entry | undefined {
    const entry = kept.get(key);
    if (entry?.identifiers !== identifiers) return undefined;
    const age = parts.clock() - entry.madeAt;
    const serves = occasion === 'tell' ? age <= servesTellMs : entry.isAhead && age <= servesAskMs;
    return serves ? entry : undefined;
  }

  function make(key: string, identifiers: string, facts: EngagementFacts, isAhead: boolean): Promise<Lookup> {
    const entry: Entry = { identifiers, lookup: parts.lookUp(facts), madeAt: parts.clock(), isAhead };
    kept.delete(key);
    kept.set(key, entry);
    const forget = () => {
      if (kept.get(key) === entry) kept.delete(key);
    };
    entry.lookup.then(({ match }) => match.kind === 'unavailable' && forget(), forget);
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return entry.lookup;
  }

  return {
    warm(account, engagementId, facts) {
      const identifiers = describeIdentifiers(facts);
      const key = keyOf(account, engagementId);
      if (identifiers === '' || findEntry('ask', key, identifiers)) return;
      void make(key, identifiers, facts, true);
    },

    async find(occasion, account, engagementId, facts) {
      const identifiers = describeIdentifiers(facts);
      const key = keyOf(account, engagementId);
      const entry = findEntry(occasion, key, identifiers);
      if (entry) return { ...(await entry.lookup), isAhead: entry.isAhead };
      return { ...(await make(key, identifiers, facts, false)), isAhead: false };
    },
  };
}

/** Equal for two spellings of the same identifiers; empty when there is nothing to look up. */
function describeIdentifiers(facts: EngagementFacts): string {
  return listIdentifiers(facts)
    .map(({ kind, origin, variable = '', raw, normalised }) => `${kind} ${origin} ${variable} ${normalised ?? raw}`)
    .join('\n');
}
