import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Secrets at rest, as base64url of
 *
 *   version u8 | nonce, 12 bytes | cipher text | tag, 16 bytes
 *
 * AES-256-GCM. What opens was sealed with this key for this very place, and not a bit of it is different: `context` says
 * where the text is kept (`connection_tokens sealed <row>`), so what is moved to another row does not open there. Not
 * hidden: how long the text is. Nonces are random: one key is good for 2^32 sealings (NIST SP 800-38D, 8.3).
 */
export type Seal = {
  seal(text: string, context: string): string;
  /** Undefined for whatever was not sealed so: garbage, another key, another place. Never throws. */
  open(sealed: string, context: string): string | undefined;
};

const version = 1;
const keyBytes = 32;
const nonceBytes = 12;
// Node accepts a GCM tag of 4 bytes unless told how long it must be: 2^32 guesses instead of 2^128.
const tagBytes = 16;
const headBytes = 1 + nonceBytes;

export function createSeal(key: Buffer): Seal {
  if (key.length !== keyBytes) throw new RangeError(`the key of a seal has ${keyBytes} bytes`);
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(boundTo(context));
      const cipherText = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, cipherText, cipher.getAuthTag()]).toString('base64url');
    },

    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      // Buffer skips what is no base64url; one text of a secret, and not many, is the same secret.
      if (bytes.toString('base64url') !== sealed) return undefined;
      if (bytes.length < headBytes + tagBytes || bytes[0] !== version) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, headBytes), { authTagLength: tagBytes });
      decipher.setAAD(boundTo(context));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const cipherText = bytes.subarray(headBytes, -tagBytes);
        return Buffer.concat([decipher.update(cipherText), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** The version is bound too: what a later version seals cannot be passed off as this one's. */
function boundTo(context: string): Buffer {
  return Buffer.concat([Buffer.of(version), Buffer.from(context, 'utf8')]);
}
