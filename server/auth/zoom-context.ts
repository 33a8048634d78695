import { createDecipheriv, createHash } from 'node:crypto';
import * as z from 'zod/mini';

/**
 * Opens the result of `zoomSdk.getAppContext()` (the desktop client also sends it as a header on the Home URL):
 *
 *   base64( ivLength u8 | iv | aadLength u16 LE | aad | cipherLength i32 LE | cipher text | tag, 16 bytes )
 *
 * AES-256-GCM, key = SHA-256 of the client secret. Source: developers.zoom.us/docs/zoom-apps/zoom-app-context.
 *
 * Guaranteed of an opened context: it was sealed with our secret, for our app (`aud`), by Zoom (`iss`), for a signed-in
 * user (`uid`), and has not expired. Not guaranteed: that it is used for the first time (see session), or which
 * account the user belongs to (the context does not say: its `aid` is an action id).
 */
type OpenedContext = { kind: 'opened'; uid: string; expiresAt: number } | { kind: 'refused'; reason: ContextRefusal };

type ContextRefusal =
  | 'malformed'
  | 'forged'
  | 'foreign-issuer'
  | 'foreign-app'
  | 'no-expiry'
  | 'expired'
  | 'expires-too-late'
  | 'from-the-future'
  | 'guest';

/** ms. Zoom's contexts live for two minutes. The rest is for a server's clock that is behind. */
const maxLifeMs = 10 * 60_000;

/** Printable ASCII: Zoom's ids are base64url, and no store takes U+0000. */
const userId = /^[\x21-\x7e]{1,256}$/;
/** `panel`, `meeting`, `chat` and the like; Zoom does not document which one a Contact Center panel gets. */
const contextType = /^[\w-]{1,64}$/;

// Without an explicit length Node accepts a GCM tag of 4 bytes: 2^32 guesses instead of 2^128.
const tagBytes = 16;

const claims = z.object({
  iss: z.optional(z.unknown()),
  aud: z.optional(z.unknown()),
  exp: z.optional(z.unknown()),
  uid: z.optional(z.unknown()),
  typ: z.optional(z.string().check(z.regex(contextType))),
  ts: z.optional(z.number()),
});

export function openAppContext(
  context: string,
  app: { clientId: string; clientSecret: string; now: number },
): OpenedContext {
  const envelope = splitEnvelope(context);
  if (!envelope) return refuse('malformed');
  const plain = decrypt(envelope, app.clientSecret);
  if (plain === undefined) return refuse('forged');
  const parsed = claims.safeParse(readJson(plain));
  if (!parsed.success) return refuse('malformed');

  const { iss, aud, exp, uid, ts } = parsed.data;
  if (iss !== 'marketplace.zoom.us') return refuse('foreign-issuer');
  if (aud !== app.clientId) return refuse('foreign-app');
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return refuse('no-expiry');
  if (exp <= app.now) return refuse('expired');
  if (exp > app.now + maxLifeMs) return refuse('expires-too-late');
  if (ts !== undefined && ts > app.now + maxLifeMs) return refuse('from-the-future');
  if (uid === undefined || uid === '') return refuse('guest');
  if (typeof uid !== 'string' || !userId.test(uid)) return refuse('malformed');
  return { kind: 'opened', uid, expiresAt: exp };
}

function refuse(reason: ContextRefusal): OpenedContext {
  return { kind: 'refused', reason };
}

type Envelope = { iv: Buffer; aad: Buffer; cipherText: Buffer; tag: Buffer };

/** Checks every length against the remaining bytes before slicing. No bytes may remain after the tag. */
function splitEnvelope(context: string): Envelope | undefined {
  if (!/^[\w+/-]+={0,2}$/.test(context)) return undefined;
  const bytes = Buffer.from(context, 'base64');
  let position = 0;
  const has = (count: number) => count >= 0 && position + count <= bytes.length;
  const take = (count: number) => {
    position += count;
    return bytes.subarray(position - count, position);
  };

  if (!has(1)) return undefined;
  const ivLength = take(1).readUInt8();
  if (ivLength === 0 || !has(ivLength)) return undefined;
  const iv = take(ivLength);
  if (!has(2)) return undefined;
  const aadLength = take(2).readUInt16LE();
  if (!has(aadLength)) return undefined;
  const aad = take(aadLength);
  if (!has(4)) return undefined;
  const cipherLength = take(4).readInt32LE();
  if (cipherLength <= 0 || !has(cipherLength)) return undefined;
  const cipherText = take(cipherLength);
  const tag = bytes.subarray(position);
  return tag.length === tagBytes ? { iv, aad, cipherText, tag } : undefined;
}

function decrypt({ iv, aad, cipherText, tag }: Envelope, clientSecret: string): string | undefined {
  const key = createHash('sha256').update(clientSecret).digest();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
    decipher.setAAD(aad);
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(cipherText), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
