import { redactCards, redactField } from '../../platform/redact-cards.ts';

/**
 * Parses and redacts a body. Everything stored, shown or hashed comes from here: a digest over the unredacted body
 * would let a four-digit PIN be found by trying all ten thousand.
 */
type ParsedBody =
  | { kind: 'read'; body: unknown; redactedText: string }
  | { kind: 'unreadable'; reason: 'not-json' | 'too-deep'; redactedText: string };

/**
 * Zoom's bodies have five levels. JSON.parse accepts hundreds of thousands, on which the recursive code after it fails.
 */
const maxDepth = 64;

/** Creating one for each body costs as much as decoding it. */
const decoder = new TextDecoder();

export function parseAndRedact(bytes: Uint8Array | string): ParsedBody {
  // The decoder drops a byte order mark and replaces invalid UTF-8 by U+FFFD.
  const text = typeof bytes === 'string' ? bytes.replace(/^\ufeff/, '') : decoder.decode(bytes);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', reason: 'not-json', redactedText: redactText(text) };
  }
  const body = redactBody(parsed);
  if (body === undefined) return { kind: 'unreadable', reason: 'too-deep', redactedText: redactText(text) };
  return { kind: 'read', body, redactedText: JSON.stringify(body) };
}

/** Masks card numbers and keypad digits; undefined for a body that is nested too deep. */
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
  if (depth > maxDepth) throw new TooDeepError();
  if (/dtmf/i.test(key)) return maskDigits(value);
  if (typeof value === 'string' || typeof value === 'number') {
    const redacted = redactField(key, String(value));
    return redacted === String(value) ? value : redacted;
  }
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key, depth + 1));
  if (typeof value === 'object' && value !== null) {
    const before = Object.entries(value);
    const after = before.map(([name, inner]) => [redactCards(name), redactValue(inner, name, depth + 1)] as const);
    const isChanged = after.some(([name, inner], index) => name !== before[index]?.[0] || inner !== before[index]?.[1]);
    // fromEntries treats `__proto__` as an ordinary key.
    return isChanged ? Object.fromEntries(after) : value;
  }
  return value;
}

/** Keeps the number of digits. */
function maskDigits(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return '•'.repeat(Math.min(String(value).length, 256));
}

/** Unreadable bodies are stored for operators; redaction on their plain text is best effort. */
function redactText(text: string): string {
  const plain = text.replace(/\\u00([2-7][\da-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const hidden = plain.replace(
    /(dtmf[^":]{0,64}"\s*:)([^}\n]*)/gi,
    (_, before: string, rest: string) => before + rest.replace(/[\d*#]/g, '•'),
  );
  // Neither database stores U+0000.
  return redactCards(hidden).replaceAll('\0', '\ufffd');
}
