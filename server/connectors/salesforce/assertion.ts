/**
 * JWT bearer assertions (RFC 7523): the client signs its identity with its own key instead of sending a shared secret.
 */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type Clock, systemClock } from '../../platform/clock.ts';

type AssertionSettings = { clientId: string; username: string; audience: string; privateKey: string };

/** ms. Salesforce accepts only assertions that expire within a few minutes. */
const lifetime = 180_000;
/** ms. Signing costs more than the rest of a request, so an assertion is cached. */
const cacheTtl = 60_000;

export function createAssertions(settings: AssertionSettings, clock: Clock = systemClock): () => string {
  let cached: { assertion: string; expiresAt: number } | undefined;
  return () => {
    const now = clock();
    if (!cached || now >= cached.expiresAt) {
      cached = { assertion: signAssertion(settings, now), expiresAt: now + cacheTtl };
    }
    return cached.assertion;
  };
}

/** Undefined unless the text is an RSA private key in PEM. */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    // Environment variables often hold a literal `\n` for each line break.
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

function signAssertion({ clientId, username, audience, privateKey }: AssertionSettings, now: number): string {
  const key = readPrivateKey(privateKey);
  if (!key) throw new Error('The settings accepted a private key that cannot be read');
  const claims = { iss: clientId, sub: username, aud: audience, exp: Math.floor((now + lifetime) / 1_000) };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
