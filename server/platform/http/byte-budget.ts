/** The part of the budget that one body uses. */
type ByteShare = {
  add(bytes: number): void;
  /** Gives everything back. May be called more than once. */
  release(): void;
};

export type ByteBudget = {
  /** `onEvicted`: the bytes of this body must be dropped. The share is released then. */
  open(onEvicted: () => void): ByteShare;
};

/**
 * Memory for bodies whose sender is not verified, over all connections. Beyond `maxBytes` the body that has been under
 * way longest is evicted: a real sender's takes milliseconds, a held-back one its whole time-out.
 */
export function createByteBudget(maxBytes: number): ByteBudget {
  /** In the order of their opening. */
  const shares = new Map<ByteShare, { bytes: number; onEvicted: () => void }>();
  let total = 0;

  function evictOldest(): void {
    const [oldest] = shares;
    oldest?.[0].release();
    oldest?.[1].onEvicted();
  }

  return {
    open(onEvicted) {
      const use = { bytes: 0, onEvicted };
      const share: ByteShare = {
        add(bytes) {
          if (!shares.has(share)) return;
          use.bytes += bytes;
          total += bytes;
          while (total > maxBytes) evictOldest();
        },
        release() {
          if (shares.delete(share)) total -= use.bytes;
        },
      };
      shares.set(share, use);
      return share;
    },
  };
}
