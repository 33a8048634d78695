/**
 * The hash chain of the audit trail: each entry's hash covers its columns and the hash of the entry before it.
 *
 * The details enter by a digest of their own, so that the erasure of a person can remove them (they may hold an agent's
 * words) and the chain still holds.
 */
import { createHash } from 'node:crypto';

/** An entry as it is stored. `details`: JSON text; null once erased. */
export type StoredEntry = {
  sequence: number;
  account: string;
  at: number;
  actor: string;
  action: string;
  engagement_id: string | null;
  customer_id: string | null;
  details: string | null;
  details_digest: string;
  previous_hash: string;
  hash: string;
};

const toDigest = (text: string) => createHash('sha256').update(text).digest('base64url');

/** The predecessor of the first entry. */
export const genesisHash = toDigest('deskside audit trail v1');

export const digestDetails = (details: string): string => toDigest(`details v1 ${details}`);

/** An array of fixed length as JSON is canonical: strings and integers have one form. */
export function hashEntry(entry: Omit<StoredEntry, 'hash' | 'details'>): string {
  const { sequence, account, at: time, actor, action, engagement_id, customer_id } = entry;
  const columns = [sequence, account, time, actor, action, engagement_id, customer_id];
  return toDigest(JSON.stringify(['entry v1', ...columns, entry.details_digest, entry.previous_hash]));
}

type NewEntry = Pick<StoredEntry, 'account' | 'at' | 'actor' | 'action' | 'engagement_id' | 'customer_id'> & {
  details: string;
};

/** The rows of entries that follow the entry `last`. */
export function chainEntries(last: Pick<StoredEntry, 'sequence' | 'hash'>, entries: NewEntry[]): StoredEntry[] {
  const rows: StoredEntry[] = [];
  for (const entry of entries) {
    const { sequence, hash: previous_hash } = rows.at(-1) ?? last;
    const columns = {
      account: entry.account,
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      engagement_id: entry.engagement_id,
      customer_id: entry.customer_id,
      details: entry.details,
    };
    const linked = { sequence: sequence + 1, ...columns, details_digest: digestDetails(entry.details), previous_hash };
    rows.push({ ...linked, hash: hashEntry(linked) });
  }
  return rows;
}
