import { randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Zoom's token endpoint for an app's own credentials (`client_credentials`) and for an account's
 * (`account_credentials`). Tokens live an hour, several at once, and have no scopes here.
 */
export type Tokens = {
  /** `authorization` is the Basic header; null when it or the grant is not accepted. */
  grant(of: { authorization: string | undefined; grantType: unknown; accountId: unknown }): Grant | null;
  isValid(token: string | null): boolean;
};

type Grant = { access_token: string; token_type: 'bearer'; expires_in: number; scope: string };

const lifetime = 3600;

export function createTokens(of: { clientId: string; clientSecret: string; accountId: string; now(): number }): Tokens {
  const expiries = new Map<string, number>();
  const expected = Buffer.from(`Basic ${Buffer.from(`${of.clientId}:${of.clientSecret}`).toString('base64')}`);
  return {
    grant({ authorization = '', grantType, accountId }) {
      const given = Buffer.from(authorization);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      const isForAccount = grantType === 'account_credentials' && accountId === of.accountId;
      if (!isForAccount && grantType !== 'client_credentials') return null;
      const token = randomBytes(32).toString('base64url');
      expiries.set(token, of.now() + lifetime * 1000);
      return { access_token: token, token_type: 'bearer', expires_in: lifetime - 1, scope: '' };
    },
    isValid: (token) => token !== null && (expiries.get(token) ?? 0) > of.now(),
  };
}
