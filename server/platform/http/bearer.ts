import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The credential of `Authorization: Bearer …`; empty without one. */
export function readBearer({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** Compares digests, so that the time it takes shows neither length nor content of a token. */
export function createTokenCheck(tokens: string[]): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const known = tokens.map(digest);
  return (given) => known.filter((token) => timingSafeEqual(token, digest(given))).length > 0;
}
