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

/**
 * - `sealed`: by this key. `none`: never sealed. `other-key`: by another key, or there is no key here to verify it by.
 * - `broken`: the seal names this key and does not fit the ends.
 */
export type SealState = 'sealed' | 'none' | 'other-key' | 'broken';

export function readSealState(ends: SealedEnds, seal: ChainSeal | undefined): SealState {
  if (ends.key_id === null) return 'none';
  if (ends.key_id !== seal?.keyId) return 'other-key';
  return seal.verify(ends) ? 'sealed' : 'broken';
}
