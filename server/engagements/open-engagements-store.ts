import { sql } from 'kysely';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { Involvement } from './involvement.ts';

/** Rows read before those that the agent's panel reported as ended are removed. */
const maxRead = 100;

/**
 * Ids of the agent's open engagements, last changed first: those in which Zoom names the agent, and those that the
 * agent's panel observed since `seenSince` (ms UTC), without those that the agent has left or the panel reported as
 * ended.
 */
export async function listOpenEngagements(db: Db, { account, uid }: Agent, seenSince: number): Promise<string[]> {
  const named = await findNamed(db, { account, uid });
  const seen = await findSeen(db, { account, uid, seenSince });
  const newestFirst = [...named, ...seen].sort((a, b) => b.updated_at - a.updated_at);
  const open = newestFirst.filter(
    ({ facts, involvement }) => !hasLeft(involvement, uid) && (facts === null || stateOf(facts) !== 'end'),
  );
  return [...new Set(open.map((row) => row.engagement_id))];
}

/** The newest first; for old ones that never ended, the end was lost. */
const maxOfAccount = 1_000;

/** The account's open engagements with their agents. */
export async function listOpenOfAccount(
  db: Db,
  account: string,
): Promise<{ engagementId: string; agentIds: string[] }[]> {
  const rows = await db
    .selectFrom('engagements')
    .select(['engagement_id', 'agents'])
    .where('account', '=', account)
    .where('ended_at', 'is', null)
    .orderBy('updated_at', 'desc')
    .limit(maxOfAccount)
    .execute();
  return rows.map((row) => ({ engagementId: row.engagement_id, agentIds: JSON.parse(row.agents) as string[] }));
}

function hasLeft(involvement: string | null, uid: string): boolean {
  if (involvement === null) return false;
  const { agents } = JSON.parse(involvement) as Involvement;
  return Object.hasOwn(agents, uid) && agents[uid]?.status === 'left';
}

const stateOf = (facts: string) => (JSON.parse(facts) as EngagementFacts).state;

const findNamed = prepareQuery((db, { account, uid }: Agent) =>
  db
    .selectFrom('engagement_agents')
    .innerJoin('engagements', (join) =>
      join
        .onRef('engagements.account', '=', 'engagement_agents.account')
        .onRef('engagements.engagement_id', '=', 'engagement_agents.engagement_id'),
    )
    .leftJoin('observations', (join) =>
      join
        .onRef('observations.account', '=', 'engagement_agents.account')
        .onRef('observations.engagement_id', '=', 'engagement_agents.engagement_id')
        .onRef('observations.uid', '=', 'engagement_agents.uid'),
    )
    .select(['engagements.engagement_id', 'engagements.updated_at', 'observations.facts', 'engagements.involvement'])
    .where('engagement_agents.account', '=', account)
    .where('engagement_agents.uid', '=', uid)
    .where('engagements.ended_at', 'is', null)
    // The plus keeps the planner from scanning all open engagements of the account in this order.
    .orderBy(sql`+engagements.updated_at`, 'desc')
    .limit(maxRead),
);

const findSeen = prepareQuery((db, { account, uid, seenSince }: Agent & { seenSince: number }) =>
  db
    .selectFrom('observations')
    .leftJoin('engagements', (join) =>
      join
        .onRef('engagements.account', '=', 'observations.account')
        .onRef('engagements.engagement_id', '=', 'observations.engagement_id'),
    )
    .select(['observations.engagement_id', 'observations.updated_at', 'observations.facts', 'engagements.involvement'])
    .where('observations.account', '=', account)
    .where('observations.uid', '=', uid)
    .where('observations.updated_at', '>=', seenSince)
    .where('engagements.ended_at', 'is', null)
    .orderBy('observations.updated_at', 'desc')
    .limit(maxRead),
);
