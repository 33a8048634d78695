import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Secrets at rest, as base64url of
 *
 *   version u8 | nonce, 12 bytes | cipher text | tag, 16 bytes
 *
 * AES-256-GCM. `context` names the place of the text (`connection_tokens sealed <row>`) and is authenticated with it: a
 * sealed text that is changed, or moved to another row, does not open. The length of the text is not hidden. Nonces are
 * random: one key is safe for 2^32 texts (NIST SP 800-38D, 8.3).
 */
export type Seal = {
  seal(text: string, context: string): string;
  /** Undefined for invalid input, another key or another context. Never throws. */
  open(sealed: string, context: string): string | undefined;
};

const version = 1;
const keyBytes = 32;
const nonceBytes = 12;
// Without an explicit length Node accepts a GCM tag of 4 bytes: 2^32 guesses instead of 2^128.
const tagBytes = 16;
const headBytes = 1 + nonceBytes;

export function createSeal(key: Buffer): Seal {
  if (key.length !== keyBytes) throw new RangeError(`the key of a seal has ${keyBytes} bytes`);
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(toAad(context));
      const cipherText = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, cipherText, cipher.getAuthTag()]).toString('base64url');
    },

    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      // Buffer ignores characters outside base64url; only the canonical text of a secret is accepted.
      if (bytes.toString('base64url') !== sealed) return undefined;
      if (bytes.length < headBytes + tagBytes || bytes[0] !== version) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, headBytes), { authTagLength: tagBytes });
      decipher.setAAD(toAad(context));
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

/** Authenticates the version too, so that a text of a later version does not open as one of this version. */
function toAad(context: string): Buffer {
  return Buffer.concat([Buffer.of(version), Buffer.from(context, 'utf8')]);
}
