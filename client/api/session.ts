/*
 * The agent's session without a cookie: Zoom's client provides an app context, the server opens it and answers with a
 * bearer that lives in this closure only. It is renewed in the background near its end, and at once after a 401. Calls
 * that need a renewal at the same time share it.
 */
import * as z from 'zod/mini';
import { openSession, type SessionAnswer } from '#contract/session.ts';
import { ApiError } from './errors.ts';
import { createSend } from './send.ts';

export type Session = {
  /** A bearer that is still good. */
  token(): Promise<string>;
  /** The server refused `spent`: a newer one. */
  renew(spent: string): Promise<string>;
};

/** Renewal starts this long before the end, ms. */
const margin = 60_000;

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
      const left = current === null ? 0 : current.expiresAt - clock();
      if (current === null || left <= 0) return renewOnce();
      // In the background: who asks now can still use the old one, and a failure shows when it has ended.
      if (left < margin) renewOnce().catch(() => undefined);
      return current.token;
    },
    async renew(spent) {
      // Somebody else's renewal came first.
      if (current !== null && current.token !== spent) return current.token;
      current = null;
      return renewOnce();
    },
  };
}
