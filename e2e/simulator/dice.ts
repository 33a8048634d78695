export type Dice = ReturnType<typeof createDice>;

/** Chance that falls the same way at every run. */
export function createDice(seed: number) {
  const random = createRandom(seed);
  return {
    pick<Item>(items: readonly Item[]): Item {
      const item = items[Math.floor(random() * items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    /** 0 to `most`, both included. */
    upTo: (most: number) => Math.floor(random() * (most + 1)),
    happens: (probability: number) => random() < probability,
  };
}

/** mulberry32: small, and the same numbers on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
