/*
 * Zoom's answer to `getAppContext`, written from Zoom's description alone and not from the server's code,
 * so that the two check each other: https://developers.zoom.us/docs/zoom-apps/zoom-app-context/
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';

export function mintAppContext(of: { clientId: string; clientSecret: string; uid: string }): string {
  const ts = Date.now();
  const claims = { typ: 'panel', uid: of.uid, aud: of.clientId, iss: 'marketplace.zoom.us', ts, exp: ts + 120_000 };
  const iv = randomBytes(16);
  const aad = randomBytes(7);
  const cipher = createCipheriv('aes-256-gcm', createHash('sha256').update(of.clientSecret).digest(), iv);
  cipher.setAAD(aad);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
  const head = Buffer.alloc(1 + iv.length + 2 + aad.length + 4);
  head.writeUInt8(iv.length, 0);
  iv.copy(head, 1);
  head.writeUInt16LE(aad.length, 1 + iv.length);
  aad.copy(head, 3 + iv.length);
  head.writeInt32LE(sealed.length, 3 + iv.length + aad.length);
  return Buffer.concat([head, sealed, cipher.getAuthTag()]).toString('base64url');
}
