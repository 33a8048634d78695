import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerValidation, signBody, verifySignature } from './signature.ts';

const secret = 'the-current-secret';
const nowMs = Date.UTC(2026, 10, 20, 9, 30);
const timestamp = String(nowMs / 1_000);
const body = '{"event":"contact_center.engagement_ended","name":"Caf\u00e9"}';
const signature = signBody({ secret, timestamp, body });

function verify(changes: Partial<Parameters<typeof verifySignature>[0]> = {}): string {
  const verdict = verifySignature({ secrets: [secret], signature, timestamp, body, nowMs, ...changes });
  if (verdict.kind === 'verified') return `verified by ${verdict.secret}`;
  return verdict.kind === 'stale' ? `stale by ${verdict.offsetSeconds}` : verdict.reason;
}

const signedAt = (stamp: string) => ({ timestamp: stamp, signature: signBody({ secret, timestamp: stamp, body }) });

test('signature › as Zoom documents it › is v0= and the HMAC of v0, time and body', () => {
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`, 'utf8').digest('hex');
  expect(signature).toBe(`v0=${mac}`);
  expect(verify()).toBe(`verified by ${secret}`);
});

test('signature › two secrets › is verified by either and names it', () => {
  const secrets = ['the-new-secret', secret];
  expect(verify({ secrets })).toBe(`verified by ${secret}`);
  expect(verify({ secrets: ['another-secret'] })).toBe('signature-wrong');
  expect(verify({ secrets: [] })).toBe('signature-wrong');
});

test('signature › a body that is not UTF-8 › is computed over its bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const signed = signBody({ secret, timestamp, body: bytes });
      expect(verify({ body: bytes, signature: signed })).toBe(`verified by ${secret}`);
      expect(verify({ body: new Uint8Array([...bytes, 0]), signature: signed })).toBe('signature-wrong');
    }),
  );
});

describe('signature verification', () => {
  const hex = signature.slice(3);
  const lastChanged = `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`;
  test.each([
    ['without a signature', undefined, 'no-signature'],
    ['with its last digit changed', `v0=${lastChanged}`, 'signature-wrong'],
    ['shorter', signature.slice(0, -1), 'signature-shape'],
    ['longer', `${signature}0`, 'signature-shape'],
    ['empty', '', 'signature-shape'],
    ['in upper case', `v0=${hex.toUpperCase()}`, 'signature-shape'],
    ['of another version', `v1=${hex}`, 'signature-shape'],
    ['after a space', ` ${signature}`, 'signature-shape'],
    ['before a line break', `${signature}\n`, 'signature-shape'],
    ['without its version', hex, 'signature-shape'],
    ['sent twice', `${signature}, ${signature}`, 'signature-shape'],
    ['sent twice, as a list', [signature, signature], 'signature-shape'],
  ])('a signature %s › is refused', (_, given, reason) => {
    expect(verify({ signature: given })).toBe(reason);
  });

  test.each([
    ['NaN', 'NaN', 'timestamp-shape'],
    ['negative', `-${timestamp}`, 'timestamp-shape'],
    ['with a plus', `+${timestamp}`, 'timestamp-shape'],
    ['with a fraction', `${timestamp}.0`, 'timestamp-shape'],
    ['with an exponent', '1.8e9', 'timestamp-shape'],
    ['with a leading zero', `0${timestamp}`, 'timestamp-shape'],
    ['in full-width digits', '\uff11\uff17', 'timestamp-shape'],
    ['empty', '', 'timestamp-shape'],
    ['sent twice', `${timestamp}, ${timestamp}`, 'timestamp-shape'],
  ])('a signed timestamp %s › is refused', (_, stamp, reason) => {
    expect(verify(signedAt(stamp))).toBe(reason);
  });

  test.each([
    ['301 seconds old', nowMs / 1_000 - 301, 301],
    ['301 seconds ahead', nowMs / 1_000 + 301, -301],
    ['in milliseconds', nowMs, nowMs / 1_000 - nowMs],
  ])('a signed timestamp %s › is stale, by the offset of our clock', (_, stamp, offset) => {
    expect(verify(signedAt(String(stamp)))).toBe(`stale by ${offset}`);
  });

  test('a wrong signature with a stale timestamp › is refused as wrong, not as stale', () => {
    const stale = String(nowMs / 1_000 - 3_600);
    expect(verify({ timestamp: stale })).toBe('signature-wrong');
  });

  test('no timestamp, or not the signed one › is refused', () => {
    expect(verify({ timestamp: undefined })).toBe('timestamp-shape');
    expect(verify({ timestamp: String(nowMs / 1_000 + 1) })).toBe('signature-wrong');
  });

  test.each([
    ['its keys in another order', '{"name":"Caf\u00e9","event":"contact_center.engagement_ended"}'],
    ['another space', '{"event": "contact_center.engagement_ended","name":"Caf\u00e9"}'],
    ['an escape for a letter', '{"event":"contact_center.engagement_ended","name":"Caf\\u00e9"}'],
  ])('the same JSON with %s › is refused', (_, given) => {
    expect(verify({ body: given })).toBe('signature-wrong');
  });
});

test('signature verification › 300 seconds old or ahead › is verified', () => {
  for (const seconds of [-300, 300]) {
    expect(verify(signedAt(String(nowMs / 1_000 + seconds)))).toBe(`verified by ${secret}`);
  }
});

describe('answer to the URL validation', () => {
  test('a short token › is signed with the given secret', () => {
    const encryptedToken = createHmac('sha256', secret).update('qPlain_Token-1').digest('hex');
    expect(answerValidation(secret, 'qPlain_Token-1')).toEqual({ plainToken: 'qPlain_Token-1', encryptedToken });
  });

  test.each([
    ['a body to be forged', `v0:${timestamp}:{"event":"contact_center.engagement_ended"}`],
    ['a colon', 'a:b'],
    ['nothing', ''],
    ['a long text', 'a'.repeat(129)],
    ['a line break at its end', 'abc\n'],
    ['a number', 7],
    ['a list', ['abc']],
    ['an absent token', undefined],
  ])('%s › is not signed', (_, token) => {
    expect(answerValidation(secret, token)).toBeUndefined();
  });
});
