import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Zoom's webhook signature: `x-zm-signature: v0=<hex>`, the HMAC-SHA256 of `v0:<x-zm-request-timestamp>:<body>` under
 * the app's secret token (developers.zoom.us/docs/api/webhooks). Over the bytes as they came: Zoom's own sample
 * re-serialises the JSON first, which refuses bodies that are merely written otherwise, and Zoom never sends a refused
 * event again. Signing and verifying stand in one file, so that they cannot drift apart.
 */

/** Seconds, to both sides: a clock may be wrong either way, and an old signature is worth nothing to who recorded it. */
export const toleranceSeconds = 300;

export type RefusedReason =
  | 'no-signature'
  | 'signature-shape'
  | 'timestamp-shape'
  | 'timestamp-stale'
  | 'signature-wrong';
export type Refused = { kind: 'refused'; reason: RefusedReason };

/** What Node makes of the headers: a header that came twice is joined with a comma, so it has no valid shape. */
export type SignatureHeaders = {
  signature: string | string[] | undefined;
  timestamp: string | string[] | undefined;
};

/** `timestamp`: seconds UTC as text, as in the header. */
export function signBody({
  secret,
  timestamp,
  body,
}: {
  secret: string;
  timestamp: string;
  body: Uint8Array | string;
}): string {
  return `v0=${computeMac(secret, timestamp, body).toString('hex')}`;
}

/** What can be told before the body is read. `nowMs`: ms UTC. */
export function checkSignatureHeaders(
  { signature, timestamp }: SignatureHeaders,
  nowMs: number,
): { kind: 'fresh'; mac: Buffer; timestamp: string } | Refused {
  if (signature === undefined) return { kind: 'refused', reason: 'no-signature' };
  const hex = typeof signature === 'string' ? /^v0=([0-9a-f]{64})$/.exec(signature)?.[1] : undefined;
  if (hex === undefined) return { kind: 'refused', reason: 'signature-shape' };
  // No sign, no fraction, no exponent; a millisecond stamp has the shape and is stale by fifty thousand years.
  if (typeof timestamp !== 'string' || !/^[1-9]\d{0,15}$/.test(timestamp)) {
    return { kind: 'refused', reason: 'timestamp-shape' };
  }
  const age = Math.abs(nowMs / 1_000 - Number(timestamp));
  if (age > toleranceSeconds) return { kind: 'refused', reason: 'timestamp-stale' };
  return { kind: 'fresh', mac: Buffer.from(hex, 'hex'), timestamp };
}

/** `secrets`: the current one first; while one is being replaced, either is good. `nowMs`: ms UTC. */
export function verifySignature({
  secrets,
  body,
  nowMs,
  ...headers
}: SignatureHeaders & {
  secrets: string[];
  body: Uint8Array | string;
  nowMs: number;
}): { kind: 'verified'; secret: string } | Refused {
  const checked = checkSignatureHeaders(headers, nowMs);
  if (checked.kind === 'refused') return checked;
  for (const secret of secrets) {
    const mac = computeMac(secret, checked.timestamp, body);
    // timingSafeEqual throws on unequal lengths, which would be a way to crash us.
    if (mac.length === checked.mac.length && timingSafeEqual(mac, checked.mac)) return { kind: 'verified', secret };
  }
  return { kind: 'refused', reason: 'signature-wrong' };
}

/**
 * The answer to Zoom's `endpoint.url_validation`: its token, signed. Only a short word is ever signed: with a colon in it
 * the token could read `v0:<time>:<a forged event>`, and our answer would be that event's signature.
 */
export function answerValidation(
  secret: string,
  plainToken: unknown,
): { plainToken: string; encryptedToken: string } | undefined {
  if (typeof plainToken !== 'string' || !/^[\w+/=-]{1,128}$/.test(plainToken)) return undefined;
  return { plainToken, encryptedToken: createHmac('sha256', secret).update(plainToken).digest('hex') };
}

function computeMac(secret: string, timestamp: string, body: Uint8Array | string): Buffer {
  return createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
}
