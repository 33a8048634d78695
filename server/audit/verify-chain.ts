/**
 * Verifies the audit trail: every entry's hash, its link to the entry before, both ends, and the seal of the ends.
 *
 * An intact result proves that since the entries were made none was changed, added or removed in between by anybody who
 * did not compute the chain anew. With the seal, computing it anew needs SECRETS_KEY as well. Neither notices that the
 * newest entries were cut off together with the ends that were stored at that moment (a restored copy of the database,
 * for instance): for this, the head of the trail is noted elsewhere (the server logs it every hour) and passed as
 * `knownHeads`. Entries of other processes may be added, and the oldest deleted by retention, while it runs.
 */
import { type ChainSeal, readSealState, type SealedEnds } from './chain-seal.ts';
import { digestDetails, hashEntry, type StoredEntry } from './entry-hash.ts';

/** An entry that was noted elsewhere. */
export type KnownHead = { sequence: number; hash: string };

export type ChainReport =
  | {
      kind: 'intact';
      /** Of the newest entry. */
      head: KnownHead;
      entries: number;
      /** How many of the oldest entries retention has deleted. */
      deleted: number;
      /** Entries whose details were erased. */
      erased: number;
      /** `sealed`: by this key. `other-key`: the seal cannot be verified. */
      seal: 'sealed' | 'other-key' | 'none';
      /** Entries that say that the seal changed: before them, the chain was sealed otherwise. */
      sealChanges: number[];
      /** Known heads that retention has deleted. */
      uncheckedHeads: number[];
    }
  | {
      kind: 'broken';
      /** The first entry that is wrong. */
      sequence: number;
      reason: BreakReason;
    }
  | { kind: 'stopped' };

type BreakReason =
  /** The entry's columns do not give its hash. */
  | 'changed'
  /** The entry is not there. */
  | 'missing'
  /** The entry does not follow the one before. */
  | 'not-linked'
  /** The entry stands after the end of the chain. */
  | 'beyond-the-end'
  /** The end of the chain has another hash than its entry. */
  | 'other-end'
  /** The entry has another hash than the one noted elsewhere. */
  | 'other-than-known'
  /** The seal does not fit the ends of the chain. */
  | 'seal';

type Trail = {
  readEnds(): Promise<SealedEnds>;
  readAfter(sequence: number, limit: number): Promise<StoredEntry[]>;
  readNewestSequence(): Promise<number>;
};

type VerifyOptions = {
  seal?: ChainSeal | undefined;
  knownHeads?: KnownHead[];
  /** Between two batches of entries. */
  waitBetween?: () => Promise<void>;
  signal?: AbortSignal | undefined;
};

const batchSize = 500;

const breakAt = (sequence: number, reason: BreakReason): ChainReport => ({ kind: 'broken', sequence, reason });

export async function verifyChain(trail: Trail, options: VerifyOptions = {}): Promise<ChainReport> {
  for (;;) {
    // Read before the ends: an entry is never stored without them.
    const newest = await trail.readNewestSequence();
    const ends = await trail.readEnds();
    const report = await verifyUpTo(trail, { ...options, ends, newest });
    if (report.kind !== 'broken') return report;
    // Retention may have deleted the entries that were to be read next.
    const { deleted_sequence: deletedNow } = await trail.readEnds();
    if (deletedNow === ends.deleted_sequence) return report;
  }
}

async function verifyUpTo(
  trail: Trail,
  options: VerifyOptions & { ends: SealedEnds; newest: number },
): Promise<ChainReport> {
  const { ends, newest, seal, knownHeads = [], waitBetween, signal } = options;
  const known = new Map(knownHeads.map(({ sequence, hash }) => [sequence, hash]));
  const sealState = readSealState(ends, seal);
  if (sealState === 'broken') return breakAt(ends.sequence, 'seal');

  let last: KnownHead = { sequence: ends.deleted_sequence, hash: ends.deleted_hash };
  let erased = 0;
  const sealChanges: number[] = [];
  if ((known.get(last.sequence) ?? last.hash) !== last.hash) return breakAt(last.sequence, 'other-than-known');
  while (last.sequence < ends.sequence) {
    const entries = (await trail.readAfter(last.sequence, batchSize)).filter(
      ({ sequence }) => sequence <= ends.sequence,
    );
    if (entries.length === 0) return breakAt(last.sequence + 1, 'missing');
    for (const entry of entries) {
      const reason = findBreak(entry, last, known);
      if (reason) return breakAt(reason === 'missing' ? last.sequence + 1 : entry.sequence, reason);
      if (entry.details === null) erased += 1;
      if (entry.action === 'audit.seal-change') sealChanges.push(entry.sequence);
      last = entry;
    }
    await waitBetween?.();
    if (signal?.aborted) return { kind: 'stopped' };
  }
  if (last.hash !== ends.hash || last.sequence !== ends.sequence) {
    return breakAt(ends.sequence, 'other-end');
  }
  if (newest > ends.sequence) return breakAt(ends.sequence + 1, 'beyond-the-end');
  const cutOff = knownHeads.find(({ sequence }) => sequence > ends.sequence);
  if (cutOff) return breakAt(ends.sequence + 1, 'missing');
  return {
    kind: 'intact',
    head: { sequence: ends.sequence, hash: ends.hash },
    entries: ends.sequence - ends.deleted_sequence,
    deleted: ends.deleted_sequence,
    erased,
    seal: sealState === 'none' ? 'none' : sealState === seal?.keyId ? 'sealed' : 'other-key',
    sealChanges,
    uncheckedHeads: knownHeads.map(({ sequence }) => sequence).filter((sequence) => sequence < ends.deleted_sequence),
  };
}

function findBreak(entry: StoredEntry, last: KnownHead, known: Map<number, string>): BreakReason | undefined {
  if (entry.sequence !== last.sequence + 1) return 'missing';
  if (entry.previous_hash !== last.hash) return 'not-linked';
  if (entry.details !== null && digestDetails(entry.details) !== entry.details_digest) return 'changed';
  if (hashEntry(entry) !== entry.hash) return 'changed';
  const noted = known.get(entry.sequence);
  return noted === undefined || noted === entry.hash ? undefined : 'other-than-known';
}
