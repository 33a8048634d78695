/** Each cycle of the graph once, as the path along it and back to its start. */
export function findCycles(targetsOf: Map<string, string[]>): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];

  function visit(node: string): void {
    if (finished.has(node)) return;
    const start = path.indexOf(node);
    if (start >= 0) {
      cycles.push([...path.slice(start), node]);
      return;
    }
    path.push(node);
    for (const target of targetsOf.get(node) ?? []) visit(target);
    path.pop();
    finished.add(node);
  }

  for (const node of targetsOf.keys()) visit(node);
  return cycles;
}
