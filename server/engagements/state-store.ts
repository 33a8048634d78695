import { sql } from 'kysely';
import type { Gap } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { DatabaseKind, Db } from '../platform/storage/schema.ts';
import { parseFacts } from './engagement-store.ts';
import { type Involvement, nobodyInvolved } from './involvement.ts';
import type { DatedFacts } from './merge-facts.ts';

/** The stored state of one engagement for one agent as JSON. A part without a row is null. */
export type StateRow = Record<
  'zoom_facts' | 'zoom_facts_at' | 'own_facts' | 'own_facts_at' | 'record' | 'involvement' | 'own_email' | 'gaps',
  string | null
> & { ended_at: number | null };

/** The stored state of one engagement for one agent. A part without a row is undefined. */
export type StoredState = {
  zoom: DatedFacts | undefined;
  /** The observation of the agent's own panel. */
  ownObservation: DatedFacts | undefined;
  /** JSON of the record without gaps, as `engagements.record` holds it. */
  recordText: string | undefined;
  involvement: Involvement;
  hasEnded: boolean;
  /** The agent's e-mail by Zoom's agent events, in lower case. */
  ownEmail: string | null;
  /** Those that overlap the engagement, oldest first; at most 50. */
  gaps: Gap[];
};

/** One statement instead of several: each costs a round trip on PostgreSQL. */
export async function readStateRow(
  db: Db,
  kind: DatabaseKind,
  { account, uid, engagementId, now }: Agent & { engagementId: string; now: number },
): Promise<StateRow> {
  const [row] = await findState[kind](db, { account, uid, engagementId, now });
  if (!row) throw new Error('A select without a table returns one row');
  return row;
}

export function parseStateRow(row: StateRow): StoredState {
  const gaps = row.gaps === null ? [] : (JSON.parse(row.gaps) as [number, number | null][]);
  return {
    zoom: parseDated(row.zoom_facts, row.zoom_facts_at),
    ownObservation: parseDated(row.own_facts, row.own_facts_at),
    recordText: row.record ?? undefined,
    involvement: row.involvement === null ? nobodyInvolved : (JSON.parse(row.involvement) as Involvement),
    hasEnded: row.ended_at !== null,
    ownEmail: row.own_email,
    gaps: gaps.map(([from, until]) => ({ from, until })).reverse(),
  };
}

const parseDated = (facts: string | null, factsAt: string | null): DatedFacts | undefined =>
  facts === null || factsAt === null ? undefined : parseFacts({ facts, facts_at: factsAt });

type Key = { account: string; uid: string; engagementId: string; now: number };

/** The two databases differ in the functions for the minimum and for JSON. */
const dialects = {
  sqlite: { least: sql.raw('min'), gaps: sql.raw('json_group_array(json_array(from_at, until_at))') },
  postgres: { least: sql.raw('least'), gaps: sql.raw('json_agg(json_build_array(from_at, until_at))::text') },
};

/**
 * The engagement lasts from its start, or from the first observation if that is earlier, to its end or now. The
 * condition on the end of a gap is the expression of the index `socket_gaps_by_end`.
 */
function buildQuery(kind: DatabaseKind) {
  const { least, gaps } = dialects[kind];
  return prepareQuery((db, { account, uid, engagementId, now }: Key) => {
    const query = sql<StateRow>`
      select zoom_facts, zoom_facts_at, own_facts, own_facts_at, record, involvement, ended_at, own_email, (
        select ${gaps} from (
          select from_at, until_at from socket_gaps
          where account = ${account}
            and from_at <= coalesce(state.ended_at, ${now})
            and coalesce(until_at, 9007199254740991) >=
              ${least}(coalesce(state.started_at, ${now}), coalesce(state.seen_at, ${now}))
          order by from_at desc limit 50
        ) as overlapping
      ) as gaps
      from (
        select engagements.facts as zoom_facts, engagements.facts_at as zoom_facts_at, engagements.record,
          engagements.involvement, engagements.started_at, engagements.ended_at, self.email as own_email, own.facts as own_facts, own.facts_at as own_facts_at, (
            select min(first_seen_at) from observations
            where observations.account = ${account} and observations.engagement_id = ${engagementId}
          ) as seen_at
        from (select 1) as always
        left join engagements
          on engagements.account = ${account} and engagements.engagement_id = ${engagementId}
        left join observations as own
          on own.account = ${account} and own.engagement_id = ${engagementId} and own.uid = ${uid}
        left join agents as self
          on self.account = ${account} and self.uid = ${uid}
      ) as state`;
    return { compile: () => query.compile(db) };
  });
}

const findState = { sqlite: buildQuery('sqlite'), postgres: buildQuery('postgres') };
