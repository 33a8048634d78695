import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sealAppContext } from './fake-app-context.ts';
import { openAppContext } from './zoom-context.ts';

const app = { clientId: 'client-1', clientSecret: 'a secret of the app', now: 1_800_000_000_000 };
const goodClaims = {
  typ: 'panel',
  uid: 'user-1',
  aud: app.clientId,
  iss: 'marketplace.zoom.us',
  ts: app.now - 1_000,
  exp: app.now + 119_000,
};

const seal = (claims: unknown, sealing: Parameters<typeof sealAppContext>[2] = {}, secret = app.clientSecret) =>
  sealAppContext(claims, secret, sealing);

const open = (bytes: Buffer, encoding: 'base64' | 'base64url' = 'base64') =>
  openAppContext(bytes.toString(encoding), app);

describe('app context', () => {
  test('sealed by Zoom for this app › opens in either base64 alphabet, with and without associated data', () => {
    const opened = { kind: 'opened', uid: 'user-1', expiresAt: goodClaims.exp };
    expect(open(seal(goodClaims))).toEqual(opened);
    expect(open(seal(goodClaims), 'base64url')).toEqual(opened);
    expect(open(seal(goodClaims, { aad: Buffer.alloc(0), ivLength: 16 }))).toEqual(opened);
  });

  test.each([
    ['sealed with another secret', seal(goodClaims, {}, 'another'), 'forged'],
    ['with a 4-byte tag', seal(goodClaims, { tagLength: 4 }), 'malformed'],
    ['with a 12-byte tag', seal(goodClaims, { tagLength: 12 }), 'malformed'],
    ['with bytes after the tag', Buffer.concat([seal(goodClaims), Buffer.from([0])]), 'malformed'],
    ['for another app', seal({ ...goodClaims, aud: 'client-2' }), 'foreign-app'],
    ['from another issuer', seal({ ...goodClaims, iss: 'zoom.us' }), 'foreign-issuer'],
    ['without expiry', seal({ ...goodClaims, exp: undefined }), 'no-expiry'],
    ['whose expiry is text', seal({ ...goodClaims, exp: String(goodClaims.exp) }), 'no-expiry'],
    ['that expires this very moment', seal({ ...goodClaims, exp: app.now }), 'expired'],
    ['that expires in ten years', seal({ ...goodClaims, exp: app.now + 10 * 365 * 86_400_000 }), 'expires-too-late'],
    ['that expires in ten minutes and a ms', seal({ ...goodClaims, exp: app.now + 600_001 }), 'expires-too-late'],
    ['made in an hour', seal({ ...goodClaims, ts: app.now + 3_600_000 }), 'from-the-future'],
    ['whose time is text', seal({ ...goodClaims, ts: String(goodClaims.ts) }), 'malformed'],
    ['whose type is a list', seal({ ...goodClaims, typ: ['panel'] }), 'malformed'],
    ['whose type is a sentence', seal({ ...goodClaims, typ: 'any panel' }), 'malformed'],
    ['with U+0000 in its user id', seal({ ...goodClaims, uid: 'user\0-1' }), 'malformed'],
    ['with a line break in its user id', seal({ ...goodClaims, uid: 'user-1\n' }), 'malformed'],
    ['with half a surrogate pair in its user id', seal({ ...goodClaims, uid: 'user-\ud800' }), 'malformed'],
    ['whose user id is a number', seal({ ...goodClaims, uid: 7 }), 'malformed'],
    ['with an empty user id', seal({ ...goodClaims, uid: '' }), 'guest'],
    ['of a guest without user id', seal({ ...goodClaims, uid: undefined }), 'guest'],
    ['that is not JSON', seal('not json'), 'malformed'],
    ['that is JSON but no object', seal('null'), 'malformed'],
  ])('%s › is refused', (_name, bytes, reason) => {
    expect(open(bytes)).toEqual({ kind: 'refused', reason });
  });

  test.each([
    ['without type and time', { ...goodClaims, typ: undefined, ts: undefined }],
    ['by a clock that is eight minutes behind', { ...goodClaims, ts: app.now + 480_000, exp: app.now + 600_000 }],
  ])('%s › opens', (_, claims) => {
    expect(open(seal(claims))).toMatchObject({ kind: 'opened', uid: 'user-1' });
  });

  test('false lengths › are refused', () => {
    const bytes = seal(goodClaims);
    for (const lie of [
      (copy: Buffer) => copy.writeUInt8(255, 0),
      (copy: Buffer) => copy.writeUInt8(0, 0),
      (copy: Buffer) => copy.writeUInt16LE(65_535, 13),
      (copy: Buffer) => copy.writeInt32LE(-1, 22),
      (copy: Buffer) => copy.writeInt32LE(2 ** 31 - 1, 22),
    ]) {
      const copy = Buffer.from(bytes);
      lie(copy);
      expect(open(copy)).toMatchObject({ kind: 'refused' });
    }
  });

  test('one flipped bit › is refused', () => {
    const bytes = seal(goodClaims);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(open(copy).kind).toBe('refused');
      }),
    );
  });

  test('arbitrary bytes or text › never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => open(Buffer.from(bytes)).kind === 'refused'));
    fc.assert(fc.property(fc.string(), (text) => openAppContext(text, app).kind === 'refused'));
  });
});
