import { LRUCache } from 'lru-cache';
import type { EngagementRecord, Gap } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementEvent } from '../events.ts';
import type { EngagementAccess } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import { findStanding, type Standing } from './access.ts';
import { emptyRecord, maskRecord } from './mask-record.ts';
import type { DatedFacts } from './merge-facts.ts';
import { joinObservation, noFacts } from './observation.ts';
import { reduceEvents } from './reduce-events.ts';
import { parseStateRow, readStateRow, type StateRow, type StoredState } from './state-store.ts';

type Key = { account: string; engagementId: string };

/** The result of Zoom's events and flow posts, as far as an agent may see it. */
type Confirmed = { facts: DatedFacts; record: EngagementRecord };

/** With the parts that an observation is compared with and joined to. */
export type ReadAccess = EngagementAccess & { confirmed: Confirmed; ownObservation: DatedFacts | undefined };

type Visible = Pick<ReadAccess, 'engagement' | 'confirmed' | 'confirmedFacts'>;

type Entry = { row: StateRow; stored: StoredState; confirmed: Map<string, Confirmed>; visible: Map<string, Visible> };

/** In characters of stored JSON: a record of 40 timeline entries has some 6,000. */
const maxCachedText = 16_000_000;
const cacheTtlMs = 60_000;

/**
 * Reads what an agent may see of an engagement, in one statement; for agents who have left in two. While the row's
 * texts stay the same, the same objects are returned, for a minute and within the limits of the cache, so derived
 * values can be cached by identity. The texts are compared at each read, so no state is ever stale.
 */
export function createStateReader(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  readEvents(key: Key): Promise<EngagementEvent[]>;
  clock: Clock;
  /** Masks text that agents wrote. */
  maskText: (text: string) => string;
  trustPanels: boolean;
}) {
  const { database, clock, trustPanels } = parts;
  const cache = new LRUCache<string, Entry>({
    maxSize: maxCachedText,
    sizeCalculation: ({ row }, key) =>
      Object.values(row).reduce<number>((size, text) => size + String(text ?? '').length, key.length),
    ttl: cacheTtlMs,
    ttlAutopurge: true,
  });

  async function readEntry(agent: Agent, engagementId: string): Promise<Entry> {
    const row = await readStateRow(database.db, database.kind, { ...agent, engagementId, now: clock() });
    const key = JSON.stringify([agent.account, agent.uid, engagementId]);
    const cached = cache.get(key);
    if (cached && isSameRow(cached.row, row)) return cached;
    const stored = parseStateRow(row);
    const isSameRecord = cached?.row.record === row.record && cached.row.gaps === row.gaps;
    const hasSameFacts = cached?.row.zoom_facts === row.zoom_facts && cached.row.zoom_facts_at === row.zoom_facts_at;
    const isSameEngagement = isSameRecord && hasSameFacts;
    const confirmed = isSameEngagement && cached ? cached.confirmed : new Map<string, Confirmed>();
    const entry = { row, stored, confirmed, visible: new Map() };
    cache.set(key, entry);
    return entry;
  }

  const mask = (record: Omit<EngagementRecord, 'gaps'>, gaps: Gap[]) => maskRecord({ ...record, gaps }, parts.maskText);

  async function readConfirmed(key: Key, { stored }: Entry, standing: Standing): Promise<Confirmed> {
    const { zoom = noFacts, recordText, gaps } = stored;
    if (standing.kind === 'formerly-named') {
      const events = await parts.readEvents(key);
      const { facts, factsAt, record } = reduceEvents(events.filter(({ at }) => at <= standing.until));
      return { facts: { facts, factsAt }, record: mask(record, gaps) };
    }
    if (standing.kind === 'own-observation') return { facts: noFacts, record: { ...emptyRecord, gaps } };
    if (recordText === undefined) return { facts: zoom, record: { ...emptyRecord, gaps } };
    return { facts: zoom, record: mask(JSON.parse(recordText) as Omit<EngagementRecord, 'gaps'>, gaps) };
  }

  async function readVisible(key: Key, entry: Entry, standing: Standing): Promise<Visible> {
    const part = standing.kind === 'formerly-named' ? `until ${standing.until}` : standing.kind;
    const known = entry.visible.get(part);
    if (known) return known;
    const confirmed = entry.confirmed.get(part) ?? (await readConfirmed(key, entry, standing));
    const visible = toVisible(standing.kind, confirmed, entry.stored.ownObservation);
    entry.confirmed.set(part, confirmed);
    entry.visible.set(part, visible);
    return visible;
  }

  return {
    async readAccess(agent: Agent, engagementId: string): Promise<ReadAccess> {
      const entry = await readEntry(agent, engagementId);
      const { stored } = entry;
      const now = clock();
      const standing = findStanding(stored, { uid: agent.uid, email: stored.ownEmail, now, trustPanels });
      const { kind } = standing;
      return {
        kind,
        ...(await readVisible({ account: agent.account, engagementId }, entry, standing)),
        ownObservation: stored.ownObservation,
        mayAct: kind === 'trusted' || (kind === 'named' && standing.mayAct),
        until: kind === 'formerly-named' ? standing.until : Number.MAX_SAFE_INTEGER,
        isKnown: stored.ownObservation !== undefined || (kind !== 'own-observation' && stored.zoom !== undefined),
      };
    },

    /** The access after the agent's observation has changed. */
    withObservation: (access: ReadAccess, ownObservation: DatedFacts): ReadAccess => ({
      ...access,
      ...toVisible(access.kind, access.confirmed, ownObservation),
      ownObservation,
      isKnown: true,
    }),
  };
}

function toVisible(
  kind: EngagementAccess['kind'],
  confirmed: Confirmed,
  ownObservation: DatedFacts = noFacts,
): Visible {
  const facts = joinObservation(confirmed.facts, ownObservation);
  const confirmedFacts = kind === 'trusted' ? facts : confirmed.facts.facts;
  return { engagement: { facts, record: confirmed.record }, confirmed, confirmedFacts };
}

const comparedColumns = [
  'record',
  'own_facts',
  'own_facts_at',
  'zoom_facts',
  'zoom_facts_at',
  'involvement',
  'ended_at',
  'own_email',
  'gaps',
] as const satisfies (keyof StateRow)[];

const isSameRow = (a: StateRow, b: StateRow) => comparedColumns.every((column) => a[column] === b[column]);
