/** Each circle of the graph once, as the way along it and back to its start. */
export function findCycles(targetsOf: Map<string, string[]>): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const way: string[] = [];

  function visit(node: string): void {
    if (finished.has(node)) return;
    const start = way.indexOf(node);
    if (start >= 0) {
      cycles.push([...way.slice(start), node]);
      return;
    }
    way.push(node);
    for (const target of targetsOf.get(node) ?? []) visit(target);
    way.pop();
    finished.add(node);
  }

  for (const node of targetsOf.keys()) visit(node);
  return cycles;
}
