import { LRUCache } from 'lru-cache';
import type { EngagementFacts, EngagementRecord, Gap } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import { emptyRecord, maskRecord } from './mask-record.ts';
import { joinObservation, noFacts } from './observation.ts';
import { parseStateRow, readStateRow, type StateRow, type StoredState } from './state-store.ts';

/** The state of an engagement as one agent may see it. */
export type EngagementState = {
  /** Facts from Zoom's events joined with this agent's observation. */
  facts: EngagementFacts;
  /** Masked. */
  record: EngagementRecord;
};

/** `state` is composed of `stored`. */
type ReadState = { stored: StoredState; state: EngagementState };

/** In characters of stored JSON: a record of 40 timeline entries has some 6,000. */
const maxCachedText = 16_000_000;
const cacheTtlMs = 60_000;

/**
 * Reads the state in one statement. While the row's texts stay the same, the same objects are returned, for a minute
 * and within the limits of the cache, so derived values can be cached by identity. The texts are compared at each read,
 * so no state is ever stale.
 */
export function createStateReader(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  clock: Clock;
  /** Masks text that agents wrote. */
  maskText: (text: string) => string;
}) {
  const { database, clock } = parts;
  const cache = new LRUCache<string, ReadState & { row: StateRow }>({
    maxSize: maxCachedText,
    sizeCalculation: ({ row }, key) =>
      Object.values(row).reduce((size, text) => size + (text?.length ?? 0), key.length),
    ttl: cacheTtlMs,
    ttlAutopurge: true,
  });

  function toRecord(text: string | undefined, gaps: Gap[]): EngagementRecord {
    if (text === undefined) return { ...emptyRecord, gaps };
    return maskRecord({ ...(JSON.parse(text) as Omit<EngagementRecord, 'gaps'>), gaps }, parts.maskText);
  }

  const joinFacts = ({ zoom, ownObservation }: StoredState) =>
    joinObservation(zoom ?? noFacts, ownObservation ?? noFacts);

  return {
    async read(agent: Agent, engagementId: string): Promise<ReadState> {
      const { account, uid } = agent;
      const row = await readStateRow(database.db, database.kind, { account, uid, engagementId, now: clock() });
      const key = JSON.stringify([account, uid, engagementId]);
      const cached = cache.get(key);
      if (cached && isSameRow(cached.row, row)) return cached;
      const stored = parseStateRow(row);
      const isSameRecord = cached?.row.record === row.record && cached.row.gaps === row.gaps;
      const record = isSameRecord ? cached.state.record : toRecord(stored.recordText, stored.gaps);
      const read = { row, stored, state: { facts: joinFacts(stored), record } };
      cache.set(key, read);
      return read;
    },

    /** The state with another observation of the agent's own. */
    withObservation({ stored, state }: ReadState, ownObservation: StoredState['ownObservation']): EngagementState {
      return { facts: joinFacts({ ...stored, ownObservation }), record: state.record };
    },
  };
}

const isSameRow = (a: StateRow, b: StateRow) =>
  a.record === b.record &&
  a.own_facts === b.own_facts &&
  a.own_facts_at === b.own_facts_at &&
  a.zoom_facts === b.zoom_facts &&
  a.zoom_facts_at === b.zoom_facts_at &&
  a.gaps === b.gaps;
