import { createHash } from 'node:crypto';

/**
 * The name of one occurrence, the same by whichever way it was told: its parts as JSON with sorted keys, so that spaces
 * and order mean nothing and no two different ones are written alike.
 */
export function computeEventKey(...parts: unknown[]): string {
  return createHash('sha256').update(toCanonicalJson(parts)).digest('base64url');
}

/** Of values that came out of a JSON parser and are not nested too deep (read-body.ts). */
export function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${toCanonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
