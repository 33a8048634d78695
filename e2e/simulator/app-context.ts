/*
 * Mints what `getAppContext()` answers, as Zoom documents it:
 *
 *   base64( ivLen u8 | iv | aadLen u16 LE | aad | cipherLen i32 LE | cipherText | tag 16 )
 *
 * AES-256-GCM; the key is SHA-256 of the app's client secret; the additional data is authenticated as it stands.
 * A real one lives about 120 seconds and says nothing of the account.
 * https://developers.zoom.us/docs/zoom-apps/zoom-app-context/
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';

type AppContextClaims = {
  typ: string;
  uid: string;
  aud: string;
  iss: 'marketplace.zoom.us';
  /** ms UTC, like `exp`. */
  ts: number;
  exp: number;
};

const appContextLifetime = 120_000;

export function mintAppContext(of: { clientId: string; clientSecret: string; uid: string; now: number }): string {
  const claims: AppContextClaims = {
    typ: 'panel',
    uid: of.uid,
    aud: of.clientId,
    iss: 'marketplace.zoom.us',
    ts: of.now,
    exp: of.now + appContextLifetime,
  };
  return sealAppContext(claims, of.clientSecret);
}

/** Also for tests that need a context Zoom would never give: any claims, any secret. */
function sealAppContext(claims: Record<string, unknown>, clientSecret: string): string {
  const iv = randomBytes(12);
  const aad = Buffer.from('context');
  const key = createHash('sha256').update(clientSecret).digest();
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad);
  const cipherText = Buffer.concat([cipher.update(JSON.stringify(claims), 'utf8'), cipher.final()]);

  const aadLength = Buffer.alloc(2);
  aadLength.writeUInt16LE(aad.length);
  const cipherLength = Buffer.alloc(4);
  cipherLength.writeInt32LE(cipherText.length);
  return Buffer.concat([
    Buffer.from([iv.length]),
    iv,
    aadLength,
    aad,
    cipherLength,
    cipherText,
    cipher.getAuthTag(),
  ]).toString('base64');
}
