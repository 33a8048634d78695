import { LRUCache } from 'lru-cache';
import type { EngagementFacts, EngagementRecord, Gap } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import { maskRecord, nothingHappened } from './mask-record.ts';
import { joinObservation, noFacts } from './observation.ts';
import { readStoredState, type StoredState } from './state-store.ts';

/** The state of an engagement as one agent may see it. */
export type EngagementState = {
  /** Facts from Zoom's events joined with this agent's observation. */
  facts: EngagementFacts;
  /**
   * Masked. While nothing in it changes it is the same object, for a minute and within the limits of the cache, so
   * derived values can be cached by identity.
   */
  record: EngagementRecord;
};

/** In characters of stored JSON: a record of 40 timeline entries has some 6,000. */
const maxCachedText = 16_000_000;
const cacheTtlMs = 60_000;

/** Reads the state in one statement. Masked records are cached by the text they were made of, so none is ever stale. */
export function createStateReader(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  clock: Clock;
  /** Masks text that agents wrote. */
  maskText: (text: string) => string;
}) {
  const { database, clock } = parts;
  type Cached = { text: string; record: EngagementRecord };
  const records = new LRUCache<string, Cached>({
    maxSize: maxCachedText,
    sizeCalculation: ({ text }, key) => text.length + key.length,
    ttl: cacheTtlMs,
    ttlAutopurge: true,
  });

  function toRecord({ account }: Agent, engagementId: string, text: string | undefined, gaps: Gap[]) {
    if (text === undefined) return { ...nothingHappened, gaps };
    const key = `${account}\n${engagementId}`;
    const cached = records.get(key);
    if (cached?.text === text && isSameGaps(cached.record.gaps, gaps)) return cached.record;
    const record = maskRecord({ ...(JSON.parse(text) as Omit<EngagementRecord, 'gaps'>), gaps }, parts.maskText);
    records.set(key, { text, record });
    return record;
  }

  return {
    read: (agent: Agent, engagementId: string): Promise<StoredState> =>
      readStoredState(database.db, database.kind, { ...agent, engagementId, now: clock() }),

    /** Composes the state from the stored parts. */
    toState(agent: Agent, engagementId: string, stored: StoredState): EngagementState {
      const { zoom, ownObservation, recordText, gaps } = stored;
      return {
        facts: joinObservation(zoom ?? noFacts, ownObservation ?? noFacts),
        record: toRecord(agent, engagementId, recordText, gaps),
      };
    },
  };
}

const isSameGaps = (a: Gap[], b: Gap[]) =>
  a.length === b.length && a.every((gap, index) => gap.from === b[index]?.from && gap.until === b[index]?.until);
