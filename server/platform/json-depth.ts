/** Levels. Bodies of CRMs have about ten. */
const deepest = 64;

/**
 * JSON.parse takes a hundred thousand levels, and whatever then goes through them by calling itself runs out of stack.
 * Looked at level by level, so that this does not.
 */
export function isTooDeep(json: unknown): boolean {
  let level = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}
