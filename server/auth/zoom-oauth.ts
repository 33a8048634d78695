/**
 * Tokens for Zoom's servers, one per grant, from `POST oauthUrl` with the app's own credentials (Basic, form-encoded).
 *
 *   none ──get──▶ requested ──200──▶ cached until `expires_in` − 60 s ──▶ none
 *                      │    ──4xx──▶ refused, cached for a minute ──▶ none
 *                      └──── else ─▶ none: the caller tries again when it likes
 *
 * Concurrent callers share one request. A caller that was answered 401 calls `forget` and gets a token once more: a new
 * scope, or an app that was deactivated and activated, shows only in a new token.
 *
 * `account_credentials` speaks for the account (REST), `client_credentials` for the app (its event subscriptions).
 * Guaranteed: a returned token is valid for 60 s more, by its `expires_in`. Not guaranteed: that Zoom still accepts it.
 * Sources: developers.zoom.us/docs/internal-apps/s2s-oauth, developers.zoom.us/docs/api/websockets.
 */
import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../platform/http-client.ts';

type Grant = 'client_credentials' | 'account_credentials';

/**
 * `apiUrl`: the base of REST paths, without a slash at its end. `expiresAt` by Zoom's `expires_in`, ms UTC. `reason` is
 * a code. After `unavailable` the caller retries.
 */
type ZoomToken =
  | { kind: 'token'; token: string; apiUrl: string; expiresAt: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable' };

export type ZoomTokens = {
  /** Never rejects. */
  get(grant: Grant): Promise<ZoomToken>;
  /** Zoom did not accept this token: the next `get` requests another. */
  forget(token: string): void;
};

const defaultApiUrl = 'https://api.zoom.us/v2';
const marginMs = 60_000;
const refusalTtlMs = 60_000;

export function createZoomTokens(parts: {
  oauthUrl: URL;
  apiUrl: string;
  clientId: string;
  clientSecret: string;
  accountId: string | undefined;
  http: HttpClient;
  clock: Clock;
}): ZoomTokens {
  const { accountId, http, clock } = parts;
  const cache = new Map<Grant, { answer: ZoomToken; until: number }>();
  const pending = new Map<Grant, Promise<ZoomToken>>();
  const authorization = `Basic ${Buffer.from(`${parts.clientId}:${parts.clientSecret}`).toString('base64')}`;

  async function request(grant: Grant): Promise<ZoomToken> {
    const form = new URLSearchParams({ grant_type: grant });
    if (grant === 'account_credentials') {
      if (accountId === undefined) return { kind: 'refused', reason: 'no-account-id' };
      form.set('account_id', accountId);
    }
    // Taken before the request: a slow answer must not make a token live longer.
    const requestedAt = clock();
    const outcome = await http.send({
      url: parts.oauthUrl,
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const answer = readAnswer(outcome, requestedAt, parts.apiUrl);
    if (answer.kind === 'token') cache.set(grant, { answer, until: answer.expiresAt - marginMs });
    if (answer.kind === 'refused') cache.set(grant, { answer, until: clock() + refusalTtlMs });
    return answer;
  }

  return {
    get(grant) {
      const cached = cache.get(grant);
      if (cached && clock() < cached.until) return Promise.resolve(cached.answer);
      const answer = pending.get(grant) ?? request(grant).finally(() => pending.delete(grant));
      pending.set(grant, answer);
      return answer;
    },

    forget(token) {
      for (const [grant, { answer }] of cache) {
        // Another caller may have replaced it already.
        if (answer.kind === 'token' && answer.token === token) cache.delete(grant);
      }
    },
  };
}

const grantAnswer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expires_in: z.number().positive().max(86_400).catch(3_599),
  api_url: z.string().optional().catch(undefined),
});

function readAnswer(outcome: HttpOutcome, requestedAt: number, apiUrl: string): ZoomToken {
  if (outcome.kind === 'http' && outcome.status >= 400 && outcome.status < 500 && outcome.status !== 429) {
    return { kind: 'refused', reason: readReason(outcome.json) ?? `http-${outcome.status}` };
  }
  const answer = outcome.kind === 'ok' ? grantAnswer.safeParse(outcome.json) : undefined;
  if (!answer?.success) return { kind: 'unavailable' };
  const { access_token: token, expires_in: seconds, api_url: reported } = answer.data;
  return { kind: 'token', token, apiUrl: chooseApiUrl(apiUrl, reported), expiresAt: requestedAt + seconds * 1_000 };
}

/** Zoom's `error`, where it is a code such as `invalid_client`. Anything else is not logged. */
function readReason(json: unknown): string | undefined {
  const answer = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(json);
  return answer.success ? answer.data.error : undefined;
}

/**
 * The address of the account's data as Zoom reports it. Used only where the deployer did not configure one, and only
 * with a host of Zoom's, because the token is sent there.
 */
export function chooseApiUrl(configured: string, reported: string | undefined): string {
  const url = reported === undefined ? null : URL.parse(reported);
  const isZooms =
    url?.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    /(^|\.)(zoom\.us|zoom\.com|zoomgov\.com)$/.test(url.hostname);
  return configured === defaultApiUrl && url && isZooms ? `${url.origin}/v2` : configured;
}
