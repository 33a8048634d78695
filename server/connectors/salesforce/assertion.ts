/** What a client says of itself, signed with its own key, in place of a shared secret: RFC 7523, as Salesforce takes it. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type Clock, systemClock } from '../../platform/clock.ts';

export type AssertionSettings = { clientId: string; username: string; audience: string; privateKey: string };

/** ms. Salesforce takes no assertion that lives longer than a few minutes. */
const life = 180_000;
/** ms. It is asked for with every request, and signing costs more than the rest of one. */
const usedFor = 60_000;

export function createAssertions(settings: AssertionSettings, clock: Clock = systemClock): () => string {
  let kept: { assertion: string; until: number } | undefined;
  return () => {
    const now = clock();
    if (!kept || now >= kept.until) kept = { assertion: signAssertion(settings, now), until: now + usedFor };
    return kept.assertion;
  };
}

/** Undefined for anything but an RSA private key in PEM. */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    // Environment variables often hold `\n` where a line ends.
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

function signAssertion({ clientId, username, audience, privateKey }: AssertionSettings, now: number): string {
  const key = readPrivateKey(privateKey);
  if (!key) throw new Error('The private key passed the settings and cannot be read');
  const claims = { iss: clientId, sub: username, aud: audience, exp: Math.floor((now + life) / 1_000) };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
