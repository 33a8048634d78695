import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Zoom's webhook signature: `x-zm-signature: v0=<hex>`, the HMAC-SHA256 of `v0:<x-zm-request-timestamp>:<body>` under
 * the app's secret token (developers.zoom.us/docs/api/webhooks). It is computed over the received bytes: Zoom's own
 * sample re-serializes the JSON first and so rejects bodies with other spacing, which Zoom does not repeat (README).
 */

/** Seconds, in both directions: clocks differ, and older signatures may be replays. */
const toleranceSeconds = 300;

type RefusedReason = 'no-signature' | 'signature-shape' | 'timestamp-shape' | 'signature-wrong';
export type Refused = { kind: 'refused'; reason: RefusedReason };
/** Signed with the secret, at another time: a replay, or one of the two clocks is wrong. Positive: ours is ahead. */
type Stale = { kind: 'stale'; offsetSeconds: number };

/** As Node parses them: a repeated header is joined with a comma and fails the shape check. */
type SignatureHeaders = {
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

/** The checks that do not need the body. */
export function checkSignatureHeaders({
  signature,
  timestamp,
}: SignatureHeaders): { kind: 'well-formed'; mac: Buffer; timestamp: string } | Refused {
  if (signature === undefined) return { kind: 'refused', reason: 'no-signature' };
  const hex = typeof signature === 'string' ? /^v0=([0-9a-f]{64})$/.exec(signature)?.[1] : undefined;
  if (hex === undefined) return { kind: 'refused', reason: 'signature-shape' };
  // Digits only. A time in milliseconds has this shape and is stale.
  if (typeof timestamp !== 'string' || !/^[1-9]\d{0,15}$/.test(timestamp)) {
    return { kind: 'refused', reason: 'timestamp-shape' };
  }
  return { kind: 'well-formed', mac: Buffer.from(hex, 'hex'), timestamp };
}

/**
 * `secrets`: the current one first; during a rotation either verifies. `nowMs`: ms UTC. The time is checked after the
 * signature, so that a wrong clock is not taken for a forged request.
 */
export function verifySignature({
  secrets,
  body,
  nowMs,
  ...headers
}: SignatureHeaders & {
  secrets: string[];
  body: Uint8Array | string;
  nowMs: number;
}): { kind: 'verified'; secret: string } | Stale | Refused {
  const checked = checkSignatureHeaders(headers);
  if (checked.kind === 'refused') return checked;
  const secret = secrets.find((candidate) => {
    const mac = computeMac(candidate, checked.timestamp, body);
    // timingSafeEqual throws on unequal lengths.
    return mac.length === checked.mac.length && timingSafeEqual(mac, checked.mac);
  });
  if (secret === undefined) return { kind: 'refused', reason: 'signature-wrong' };
  const offsetSeconds = nowMs / 1_000 - Number(checked.timestamp);
  return Math.abs(offsetSeconds) > toleranceSeconds ? { kind: 'stale', offsetSeconds } : { kind: 'verified', secret };
}

/**
 * The answer to Zoom's `endpoint.url_validation`: its token, signed. Only a short word is signed: a token with a colon
 * could be `v0:<time>:<a forged event>`, and the answer would be the signature of that event.
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
