/**
 * Verifies the audit trail: every entry's hash, its link to the entry before, both ends, and the seal of the ends.
 *
 * An intact result proves that since the entries were made none was changed, added or removed in between by anybody
 * who did not compute the chain anew. With a key, every seal but one by this key is a break, so computing it anew needs
 * SECRETS_KEY as well. Details are missing only where a later entry records the erasure of their customer.
 *
 * Not noticed is that the newest entries were cut off together with the ends that were stored at that moment (as by a
 * restored copy of the database): for this, the head of the trail is noted elsewhere (the server logs it every hour)
 * and passed as `knownHeads`. Entries may be added, and the oldest deleted by retention, while it runs.
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
      /** `sealed`: by this key. `unverified`: there is a seal and no key to verify it by. */
      seal: 'sealed' | 'unverified' | 'none';
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

export type BreakReason =
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
  /** The details are gone, and no later entry records an erasure of the entry's customer. */
  | 'details-removed'
  /** The seal does not fit the ends of the chain. */
  | 'seal'
  /** There is a key, and the chain has no seal. */
  | 'not-sealed'
  /** There is a key, and the seal of the chain is by another. */
  | 'other-key';

type Trail = {
  readEnds(): Promise<SealedEnds>;
  readAfter(sequence: number, limit: number): Promise<StoredEntry[]>;
  readNewestSequence(): Promise<number>;
};

type VerifyOptions = {
  seal?: ChainSeal | undefined;
  knownHeads?: KnownHead[];
  /** To ask whether the chain may be sealed by `seal`. */
  ignoreSeal?: boolean;
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
  const sealBreak = options.ignoreSeal ? undefined : findSealBreak(ends, seal);
  if (sealBreak) return breakAt(ends.sequence, sealBreak);

  let last: KnownHead = { sequence: ends.deleted_sequence, hash: ends.deleted_hash };
  let erased = 0;
  /** The oldest entry without details of each customer whose erasure is still to be found. */
  const erasedCustomers = new Map<string, number>();
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
      // An erasure removes the details of the customer's earlier entries, its own stay until the next one.
      if (entry.action === 'customer.erase') erasedCustomers.delete(entry.customer_id ?? '');
      if (entry.details === null) {
        erased += 1;
        if (entry.customer_id === null) return breakAt(entry.sequence, 'details-removed');
        if (!erasedCustomers.has(entry.customer_id)) erasedCustomers.set(entry.customer_id, entry.sequence);
      }
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
  if (erasedCustomers.size > 0) await removeErasedLater(trail, ends.sequence, erasedCustomers);
  if (erasedCustomers.size > 0) return breakAt(Math.min(...erasedCustomers.values()), 'details-removed');
  const cutOff = knownHeads.find(({ sequence }) => sequence > ends.sequence);
  if (cutOff) return breakAt(ends.sequence + 1, 'missing');
  return {
    kind: 'intact',
    head: { sequence: ends.sequence, hash: ends.hash },
    entries: ends.sequence - ends.deleted_sequence,
    deleted: ends.deleted_sequence,
    erased,
    seal: ends.key_id === null ? 'none' : seal ? 'sealed' : 'unverified',
    sealChanges,
    uncheckedHeads: knownHeads.map(({ sequence }) => sequence).filter((sequence) => sequence < ends.deleted_sequence),
  };
}

/** Removes the customers whose erasure was recorded while the chain was read. */
async function removeErasedLater(trail: Trail, after: number, customers: Map<string, number>): Promise<void> {
  for (let sequence = after; ; ) {
    const entries = await trail.readAfter(sequence, batchSize);
    for (const { action, customer_id } of entries) if (action === 'customer.erase') customers.delete(customer_id ?? '');
    const newest = entries.at(-1);
    if (!newest || customers.size === 0) return;
    sequence = newest.sequence;
  }
}

/** Undefined where the ends are as the key demands. Without a key nothing is demanded. */
export function findSealBreak(ends: SealedEnds, seal: ChainSeal | undefined): BreakReason | undefined {
  if (!seal) return undefined;
  const reasons = { sealed: undefined, broken: 'seal', none: 'not-sealed', 'other-key': 'other-key' } as const;
  return reasons[readSealState(ends, seal)];
}

export function findBreak(
  entry: StoredEntry,
  last: KnownHead,
  known: Map<number, string> = new Map(),
): BreakReason | undefined {
  if (entry.sequence !== last.sequence + 1) return 'missing';
  if (entry.previous_hash !== last.hash) return 'not-linked';
  if (entry.details !== null && digestDetails(entry.details) !== entry.details_digest) return 'changed';
  if (hashEntry(entry) !== entry.hash) return 'changed';
  const noted = known.get(entry.sequence);
  return noted === undefined || noted === entry.hash ? undefined : 'other-than-known';
}
