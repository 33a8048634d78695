/** Runs at most `max` tasks at once; the others wait in order. */
export function createConcurrencyLimit(max: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let free = max;
  const queue: (() => void)[] = [];
  return async (task) => {
    if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
    else free--;
    try {
      return await task();
    } finally {
      // While tasks wait, the slot passes directly to the next one.
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
