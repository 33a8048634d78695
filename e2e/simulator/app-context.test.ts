import { createDecipheriv, createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { mintAppContext } from './app-context.ts';

const minted = () =>
  mintAppContext({ clientId: 'client', clientSecret: 'secret', uid: 'agent-1', now: 1_795_000_000_000 });

test('app context › opened with the client secret › names the agent, for two minutes', () => {
  expect(JSON.parse(open(minted(), 'secret'))).toEqual({
    typ: 'panel',
    uid: 'agent-1',
    aud: 'client',
    iss: 'marketplace.zoom.us',
    ts: 1_795_000_000_000,
    exp: 1_795_000_120_000,
  });
});

test('app context › another secret or one changed byte › cannot be opened', () => {
  expect(() => open(minted(), 'other')).toThrow();
  for (const at of [1, 15, 22, -1]) {
    const bytes = Buffer.from(minted(), 'base64');
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    expect(() => open(bytes.toString('base64'), 'secret')).toThrow();
  }
});

test('app context › two at the same time › differ', () => {
  expect(minted()).not.toBe(minted());
});

/** Written from the documented layout alone, so that it can disagree with the minting side. */
function open(context: string, secret: string): string {
  const bytes = Buffer.from(context, 'base64');
  let at = 0;
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const iv = take(take(1).readUInt8());
  const aad = take(take(2).readUInt16LE());
  const cipherText = take(take(4).readInt32LE());
  const tag = take(16);
  expect(at).toBe(bytes.length);
  const key = createHash('sha256').update(secret).digest();
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad).setAuthTag(tag);
  return decipher.update(cipherText, undefined, 'utf8') + decipher.final('utf8');
}
