/** Answers of CRMs have about ten levels. */
const maxDepth = 64;

/**
 * JSON.parse accepts a hundred thousand levels, which overflow the stack of every recursive function after it. This
 * check goes level by level, without recursion.
 */
export function isTooDeep(json: unknown): boolean {
  let level = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}
