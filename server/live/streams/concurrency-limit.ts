/** Lets so many pass at once; the others wait in line. */
export function createGate(places: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = places;
  const line: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => line.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      // A place goes from hand to hand while somebody waits.
      const next = line.shift();
      if (next) next();
      else free++;
    }
  };
}
