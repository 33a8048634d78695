import { isNeverCard, redactCards } from '../../platform/redact-cards.ts';

/**
 * From bytes to what may be stored. Whatever is kept, shown or turned into a key comes out of here: a digest over the
 * body as it came would give a PIN of four digits away to whoever tries ten thousand.
 */
export type ReadBody =
  | { kind: 'read'; body: unknown; stored: string }
  | { kind: 'unreadable'; reason: 'not-json' | 'too-deep'; stored: string };

/** Levels. Zoom's bodies have five; a JSON parser takes hundreds of thousands and everything after it does not. */
const deepest = 64;

export function readBody(bytes: Uint8Array | string): ReadBody {
  // A byte order mark is dropped by the decoder, and bytes that are no UTF-8 become U+FFFD.
  const text = typeof bytes === 'string' ? bytes.replace(/^\ufeff/, '') : new TextDecoder().decode(bytes);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', reason: 'not-json', stored: redactText(text) };
  }
  const body = redactBody(parsed);
  if (body === undefined) return { kind: 'unreadable', reason: 'too-deep', stored: redactText(text) };
  return { kind: 'read', body, stored: JSON.stringify(body) };
}

/** Without card numbers and pressed keys; undefined for what is nested too deep. */
export function redactBody(body: unknown): unknown {
  try {
    return redactValue(body, '', 0);
  } catch (error) {
    if (error instanceof TooDeepError) return undefined;
    throw error;
  }
}

class TooDeepError extends Error {}

function redactValue(value: unknown, key: string, depth: number): unknown {
  if (depth > deepest) throw new TooDeepError();
  if (/dtmf/i.test(key)) return hideKeys(value);
  if (typeof value === 'string' || typeof value === 'number') {
    if (isNeverCard(key)) return value;
    const redacted = redactCards(String(value));
    return redacted === String(value) ? value : redacted;
  }
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key, depth + 1));
  if (typeof value === 'object' && value !== null) {
    // fromEntries makes `__proto__` a key like any other.
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [redactCards(name), redactValue(inner, name, depth + 1)]),
    );
  }
  return value;
}

/** How many keys were pressed may be known, which ones may not: they are a PIN's or a card's. */
function hideKeys(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return '•'.repeat(Math.min(String(value).length, 256));
}

/** A body that is not understood is kept for people to look at, so it is held to the same rules as well as it can be. */
function redactText(text: string): string {
  const plain = text.replace(/\\u00([2-7][\da-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const hidden = plain.replace(
    /(dtmf[^":]{0,64}"\s*:)([^}\n]*)/gi,
    (_, before: string, rest: string) => before + rest.replace(/[\d*#]/g, '•'),
  );
  // Neither database takes U+0000 in a text.
  return redactCards(hidden).replaceAll('\0', '\ufffd');
}
