/**
 * Look-ups made while an engagement still rings, so that the panel's first view needs none.
 *
 * A kept look-up serves an engagement for two minutes and only for the very identifiers it was made for: when the panel
 * brings another number or a case number, it is looked up anew. What an agent decided is never kept here. A source that
 * did not answer is asked again at the first view. Held in memory, by process: another process looks up for itself.
 */
import type { Match } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Clock } from '../platform/clock.ts';
import type { CustomerRecord } from './customer-source.ts';
import { listIdentifiers } from './engagement-identifiers.ts';

/** What a source said of one engagement's identifiers. `fetchedAt` in ms UTC. */
export type Lookup = { match: Match; records: CustomerRecord[]; fetchedAt: number };

export type WarmLookups = {
  /** Begins a look-up unless one for the same identifiers is there or under way. */
  warm(account: string, engagementId: string, facts: EngagementFacts): void;
  /** The kept look-up, also one that is still under way; undefined when there is none for these identifiers. */
  find(account: string, engagementId: string, facts: EngagementFacts): Promise<Lookup> | undefined;
};

const keepMs = 2 * 60_000;
/** A busy floor has a few hundred ringing at once. */
const most = 5_000;

export function createWarmLookups(parts: {
  lookUp: (facts: EngagementFacts) => Promise<Lookup>;
  clock: Clock;
}): WarmLookups {
  const kept = new Map<string, { identifiers: string; lookup: Promise<Lookup>; madeAt: number }>();
  const keyOf = (account: string, engagementId: string) => `${account} ${engagementId}`;

  function find(account: string, engagementId: string, identifiers: string) {
    const key = keyOf(account, engagementId);
    const entry = kept.get(key);
    if (entry === undefined) return undefined;
    if (entry.madeAt + keepMs < parts.clock()) {
      kept.delete(key);
      return undefined;
    }
    return entry.identifiers === identifiers ? entry.lookup : undefined;
  }

  return {
    warm(account, engagementId, facts) {
      const identifiers = describeIdentifiers(facts);
      if (identifiers === '' || find(account, engagementId, identifiers)) return;
      const key = keyOf(account, engagementId);
      const entry = { identifiers, lookup: parts.lookUp(facts), madeAt: parts.clock() };
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
    },
    find: (account, engagementId, facts) => find(account, engagementId, describeIdentifiers(facts)),
  };
}

/** Equal for two spellings of the same identifiers; empty when there is nothing to look up. */
function describeIdentifiers(facts: EngagementFacts): string {
  return listIdentifiers(facts)
    .map(({ kind, origin, variable = '', raw, normalised }) => `${kind} ${origin} ${variable} ${normalised ?? raw}`)
    .join('\n');
}
