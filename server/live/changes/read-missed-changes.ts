import type { Agent } from '#contract/session.ts';
import type { AccountReader } from './account-reader.ts';
import type { ChangeStore } from './change-store.ts';

/** Beyond this, a reset is cheaper. */
const maxMissed = 5_000;
const pageSize = 1_000;

/**
 * The agent's changes after `lastId` up to the reader's cursor: each engagement once, under its newest id, in id order.
 * Undefined if they are not stored: too old, or an id that this account never had.
 */
export async function readMissedChanges(
  { store, reader }: { store: ChangeStore; reader: AccountReader },
  agent: Agent,
  lastId: number,
): Promise<Map<string, number> | undefined> {
  // Another process may have served the panel and read further than this one.
  if (lastId > reader.cursor()) await reader.readNewChanges();
  const upTo = reader.cursor();
  if (lastId > upTo || upTo - lastId > maxMissed) return undefined;

  const missed = new Map<string, number>();
  for (let after = lastId; after < upTo; ) {
    const changes = await store.readAfter(agent.account, after, Math.min(pageSize, upTo - after));
    if (changes[0]?.id !== after + 1) return undefined;
    for (const { id, engagementId, agentIds } of changes) {
      after = id;
      if (!agentIds.includes(agent.uid)) continue;
      missed.delete(engagementId);
      missed.set(engagementId, id);
    }
  }
  return missed;
}
