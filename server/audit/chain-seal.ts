import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Both ends of the stored chain: the newest entry, and the newest of those that retention has deleted. */
export type ChainEnds = { sequence: number; hash: string; deleted_sequence: number; deleted_hash: string };

/** The ends as stored: `key_id` names the key of `seal`; both are null without a key. */
export type SealedEnds = ChainEnds & { key_id: string | null; seal: string | null };

/**
 * Seals the ends of the chain by an HMAC under a key derived from SECRETS_KEY. The chain itself needs no key, so a
 * writer of the database alone can compute a new one, but not its seal.
 */
export type ChainSeal = {
  keyId: string;
  seal(ends: ChainEnds): string;
  verify(ends: SealedEnds): boolean;
};

export function createChainSeal(secretsKey: Buffer): ChainSeal {
  const key = Buffer.from(hkdfSync('sha256', secretsKey, Buffer.alloc(0), 'deskside audit chain v1', 32));
  const keyId = createHash('sha256').update(key).digest('base64url').slice(0, 12);
  const compute = ({ sequence, hash, deleted_sequence, deleted_hash }: ChainEnds) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['ends v1', sequence, hash, deleted_sequence, deleted_hash]))
      .digest();
  return {
    keyId,
    seal: (ends) => compute(ends).toString('base64url'),
    verify(ends) {
      const stored = Buffer.from(ends.seal ?? '', 'base64url');
      const expected = compute(ends);
      return stored.length === expected.length && timingSafeEqual(stored, expected);
    },
  };
}

/** The id of the key that sealed the ends, `none` without a seal, `broken` where the seal does not fit the ends. */
export function readSealState(ends: SealedEnds, seal: ChainSeal | undefined): string {
  if (ends.key_id === null) return 'none';
  if (ends.key_id === seal?.keyId && !seal.verify(ends)) return 'broken';
  return ends.key_id;
}
