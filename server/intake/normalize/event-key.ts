import { createHash } from 'node:crypto';

/**
 * The identity of one occurrence, the same for every delivery of it: its parts as JSON with sorted keys, so that spaces
 * and order do not matter and no two different ones are written alike.
 */
export function computeEventKey(...parts: unknown[]): string {
  return createHash('sha256').update(toCanonicalJson(parts)).digest('base64url');
}

/** For values that a JSON parser returned and whose nesting is limited (read-body.ts). */
function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${toCanonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
