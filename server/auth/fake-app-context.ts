import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** Ways in which a context may differ from what Zoom makes. Lengths in bytes. */
type Sealing = { tagLength?: number; ivLength?: number; aad?: Buffer };

/**
 * Seals as Zoom does (zoom-context.ts has the layout), and also what Zoom never would: any claims, secret or lengths.
 */
export function sealAppContext(claims: unknown, clientSecret: string, sealing: Sealing = {}): Buffer {
  const { tagLength = 16, ivLength = 12, aad = Buffer.from('context') } = sealing;
  const iv = randomBytes(ivLength);
  const key = createHash('sha256').update(clientSecret).digest();
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength });
  cipher.setAAD(aad);
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const cipherText = Buffer.concat([cipher.update(text), cipher.final()]);
  const aadLength = Buffer.alloc(2);
  aadLength.writeUInt16LE(aad.length);
  const cipherLength = Buffer.alloc(4);
  cipherLength.writeInt32LE(cipherText.length);
  return Buffer.concat([Buffer.from([ivLength]), iv, aadLength, aad, cipherLength, cipherText, cipher.getAuthTag()]);
}
