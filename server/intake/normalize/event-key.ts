import { createHash } from 'node:crypto';

/**
 * A digest of `parts` that identifies one occurrence in all its deliveries. The parts are serialized as JSON with
 * sorted keys: the order of fields and white space do not matter, and different parts have different texts.
 */
export function computeEventKey(...parts: unknown[]): string {
  return createHash('sha256').update(toCanonicalJson(parts)).digest('base64url');
}

/** For values that a JSON parser returned and whose nesting is limited (parse-and-redact.ts). */
function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${toCanonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
