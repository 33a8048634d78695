/**
 * Tokens for Zoom's servers, one per grant, from `POST oauthUrl` with the app's own credentials (Basic, form-encoded).
 *
 *   none ──get──▶ asked for ──200──▶ held until `expires_in` − 60 s ──▶ none
 *                      │    ──4xx──▶ refused, remembered for a minute ──▶ none
 *                      └──── else ─▶ none: the one who asked comes again when it likes
 *
 * Whoever asks while it is asked for waits for the same answer. Whoever was answered 401 says `forget`, and asks once
 * more: a new scope, or an app that was deactivated and activated, shows only in a new token.
 *
 * `account_credentials` speaks for the account (REST), `client_credentials` for the app (its event subscriptions).
 * Guaranteed: a token that is answered has 60 s to live, by Zoom's word. Not guaranteed: that Zoom still takes it.
 * Sources: developers.zoom.us/docs/internal-apps/s2s-oauth, developers.zoom.us/docs/api/websockets.
 */
import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../platform/http-client.ts';

export type Grant = 'client_credentials' | 'account_credentials';

/**
 * `apiUrl`: what paths of the REST API follow, without a slash at its end. `expiresAt` by Zoom's word, ms UTC. `reason` is
 * a code. Callers put a try of their own after `unavailable`.
 */
export type ZoomToken =
  | { kind: 'token'; token: string; apiUrl: string; expiresAt: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable' };

export type ZoomTokens = {
  /** Never rejects. */
  get(grant: Grant): Promise<ZoomToken>;
  /** Zoom did not take this token: the next `get` asks for another. */
  forget(token: string): void;
};

const defaultApiUrl = 'https://api.zoom.us/v2';
const spareMs = 60_000;
const refusedForMs = 60_000;

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
  const held = new Map<Grant, { answer: ZoomToken; until: number }>();
  const asked = new Map<Grant, Promise<ZoomToken>>();
  const authorization = `Basic ${Buffer.from(`${parts.clientId}:${parts.clientSecret}`).toString('base64')}`;

  async function ask(grant: Grant): Promise<ZoomToken> {
    const form = new URLSearchParams({ grant_type: grant });
    if (grant === 'account_credentials') {
      if (accountId === undefined) return { kind: 'refused', reason: 'no-account-id' };
      form.set('account_id', accountId);
    }
    // Counted from before the request: a slow answer must not make a token live longer.
    const askedAt = clock();
    const outcome = await http.send({
      url: parts.oauthUrl,
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const answer = readAnswer(outcome, askedAt, parts.apiUrl);
    if (answer.kind === 'token') held.set(grant, { answer, until: answer.expiresAt - spareMs });
    if (answer.kind === 'refused') held.set(grant, { answer, until: clock() + refusedForMs });
    return answer;
  }

  return {
    get(grant) {
      const known = held.get(grant);
      if (known && clock() < known.until) return Promise.resolve(known.answer);
      const underWay = asked.get(grant) ?? ask(grant).finally(() => asked.delete(grant));
      asked.set(grant, underWay);
      return underWay;
    },

    forget(token) {
      for (const [grant, { answer }] of held) {
        // Another caller may have had it replaced already.
        if (answer.kind === 'token' && answer.token === token) held.delete(grant);
      }
    },
  };
}

const grantAnswer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expires_in: z.number().positive().max(86_400).catch(3_599),
  api_url: z.string().optional().catch(undefined),
});

function readAnswer(outcome: HttpOutcome, askedAt: number, apiUrl: string): ZoomToken {
  if (outcome.kind === 'http' && outcome.status >= 400 && outcome.status < 500 && outcome.status !== 429) {
    return { kind: 'refused', reason: readReason(outcome.json) ?? `http-${outcome.status}` };
  }
  const answer = outcome.kind === 'ok' ? grantAnswer.safeParse(outcome.json) : undefined;
  if (!answer?.success) return { kind: 'unavailable' };
  const { access_token: token, expires_in: seconds, api_url: told } = answer.data;
  return { kind: 'token', token, apiUrl: chooseApiUrl(apiUrl, told), expiresAt: askedAt + seconds * 1_000 };
}

/** Zoom's `error` is a word such as `invalid_client`; whatever else stands there is not repeated. */
function readReason(json: unknown): string | undefined {
  const answer = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(json);
  return answer.success ? answer.data.error : undefined;
}

/**
 * Zoom tells where the account's data lives. Believed only where the deployer did not choose the address, and only of
 * Zoom's own hosts: the token is sent there.
 */
export function chooseApiUrl(configured: string, told: string | undefined): string {
  const url = told === undefined ? null : URL.parse(told);
  const isZooms =
    url?.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    /(^|\.)(zoom\.us|zoom\.com|zoomgov\.com)$/.test(url.hostname);
  return configured === defaultApiUrl && url && isZooms ? `${url.origin}/v2` : configured;
}
