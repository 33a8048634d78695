import type { Agent } from '#contract/session.ts';
import type { AccountReader } from './account-reader.ts';
import type { LiveStore } from './change-store.ts';

/** More than this are not gone through again: everything anew is then less work. */
const mostMissed = 5_000;
const pageSize = 1_000;

/**
 * What changed for an agent after `lastId` up to the reader's cursor: each engagement once, under its newest id, in the
 * order of the ids. Undefined where it cannot be told: too long ago, or an id that this account never had.
 */
export async function readMissed(
  { store, reader }: { store: LiveStore; reader: AccountReader },
  agent: Agent,
  lastId: number,
): Promise<Map<string, number> | undefined> {
  // Another process, which the panel was with before, may have read further than this one.
  if (lastId > reader.cursor()) await reader.readOn();
  const upTo = reader.cursor();
  if (lastId > upTo || upTo - lastId > mostMissed) return undefined;

  const missed = new Map<string, number>();
  for (let after = lastId; after < upTo; ) {
    const changes = await store.readAfter(agent.account, after, Math.min(pageSize, upTo - after));
    if (changes[0]?.id !== after + 1) return undefined;
    for (const { id, engagementId, agents } of changes) {
      after = id;
      if (!agents.includes(agent.uid)) continue;
      missed.delete(engagementId);
      missed.set(engagementId, id);
    }
  }
  return missed;
}
