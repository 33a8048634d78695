/*
 * The agent's session, without a cookie: Zoom's client seals an app context, the server opens it and answers with a
 * bearer that is held in this closure only. It is renewed in the background near its end, and at once when the server
 * refuses it. Concurrent callers share one renewal.
 */
import * as z from 'zod/mini';
import { openSession, type SessionAnswer } from '#contract/session.ts';
import { ApiError } from './errors.ts';
import { createSend } from './send.ts';

export type Session = {
  /** A bearer that has not expired. */
  token(): Promise<string>;
  /** A newer bearer than `refused`, which the server refused. */
  renew(refused: string): Promise<string>;
};

/** Renewal starts this long before the end, ms. */
const renewalMarginMs = 60_000;

const sessionAnswer = z.object({ token: z.string().check(z.minLength(1)), expiresAt: z.number() });

export function createSession(deps: {
  getAppContext: () => Promise<string>;
  fetch?: typeof fetch;
  clock?: () => number;
}): Session {
  const send = createSend(deps.fetch ?? ((...request) => fetch(...request)));
  const clock = deps.clock ?? Date.now;
  let current: SessionAnswer | null = null;
  let renewing: Promise<string> | null = null;

  function renewOnce(): Promise<string> {
    renewing ??= signIn().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function signIn(): Promise<string> {
    const context = await deps.getAppContext().catch((cause: unknown) => {
      throw new ApiError('unavailable', 'Zoom did not say who you are.', { cause });
    });
    const answer = sessionAnswer.safeParse(await send(openSession, { body: { context } }));
    if (!answer.success) throw new ApiError('internal', 'The server answered in an unknown way.');
    current = answer.data;
    return current.token;
  }

  return {
    async token() {
      const leftMs = current === null ? 0 : current.expiresAt - clock();
      if (current === null || leftMs <= 0) return renewOnce();
      // In the background: the old bearer is still valid, and a failure shows when it has expired.
      if (leftMs < renewalMarginMs) renewOnce().catch(() => undefined);
      return current.token;
    },
    async renew(rejectedToken) {
      // Another caller's renewal was faster.
      if (current !== null && current.token !== rejectedToken) return current.token;
      current = null;
      return renewOnce();
    },
  };
}
