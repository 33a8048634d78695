import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeal } from './seal.ts';

const { seal, open } = createSeal(Buffer.alloc(32, 7));
const place = 'connection_tokens sealed support';

describe('sealed text', () => {
  test('the same key and context › opens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, context) => {
        expect(open(seal(text, context), context)).toBe(text);
      }),
    );
  });

  test('sealed twice › differs and does not show the text', () => {
    const sealed = seal('token-of-the-crm', place);
    expect(sealed).toMatch(/^[\w-]+$/);
    expect(Buffer.from(sealed, 'base64url').includes('token')).toBe(false);
    expect(seal('token-of-the-crm', place)).not.toBe(sealed);
  });

  test('another row › does not open', () => {
    expect(open(seal('token', place), 'connection_tokens sealed sales')).toBeUndefined();
    expect(open(seal('token', place), '')).toBeUndefined();
  });

  test('another key › does not open', () => {
    expect(createSeal(Buffer.alloc(32, 8)).open(seal('token', place), place)).toBeUndefined();
  });

  test('any changed bit › does not open', () => {
    const bytes = Buffer.from(seal('token', place), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(open(changed.toString('base64url'), place)).toBeUndefined();
    }
  });

  test.each([4, 8, 12, 15])('a tag of %i bytes › does not open', (tagLength) => {
    const key = Buffer.alloc(32, 7);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.concat([Buffer.of(1), Buffer.from(place)]));
    const cipherText = Buffer.concat([cipher.update('a token that is long enough'), cipher.final()]);
    const sealed = Buffer.concat([Buffer.of(1), nonce, cipherText, cipher.getAuthTag()]);
    expect(open(sealed.toString('base64url'), place)).toBeUndefined();
  });

  test('cut, padded or spaced › does not open', () => {
    const sealed = seal('a token', place);
    for (const other of [`${sealed}=`, ` ${sealed}`, `${sealed}\n`, `${sealed}AA`, sealed.slice(0, -4)]) {
      expect(open(other, place)).toBeUndefined();
    }
  });
});

test('seal › garbage › does not open and does not throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(open(text, place)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(open(Buffer.from(bytes).toString('base64url'), place)).toBeUndefined();
      expect(open(Buffer.from([1, ...bytes]).toString('base64url'), place)).toBeUndefined();
    }),
  );
  expect(open('', place)).toBeUndefined();
});

test('seal › a key of another length › is refused', () => {
  for (const length of [0, 16, 31, 33]) expect(() => createSeal(Buffer.alloc(length))).toThrow('32 bytes');
});
