import type { Agent } from '#contract/session.ts';
import type { AccountReader } from './account-reader.ts';
import type { ChangeStore } from './change-store.ts';

/** Beyond this, sending everything again is less work. */
const maxMissed = 5_000;
const pageSize = 1_000;

/**
 * The changes for an agent after `lastId` up to the reader's cursor: each engagement once, under its newest id, in the order
 * of the ids. Undefined where they are not known: too long ago, or an id that this account never had.
 */
export async function readMissedChanges(
  { store, reader }: { store: ChangeStore; reader: AccountReader },
  agent: Agent,
  lastId: number,
): Promise<Map<string, number> | undefined> {
  // The process that served the panel before may have read further than this one.
  if (lastId > reader.cursor()) await reader.readNewChanges();
  const upTo = reader.cursor();
  if (lastId > upTo || upTo - lastId > maxMissed) return undefined;

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
