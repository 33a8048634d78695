import { ApiError } from './errors.ts';
import { createSend } from './send.ts';
import type { Session } from './session.ts';

export type Api = {
  /** Rejects with `ApiError`, or with the signal's own reason when the caller gave up. */
  post<Answer>(path: string, body: unknown, options?: { signal?: AbortSignal }): Promise<Answer>;
};

export function createApi(session: Session, deps: { fetch?: typeof fetch } = {}): Api {
  const send = createSend(deps.fetch ?? ((...request) => fetch(...request)));

  return {
    async post<Answer>(path: string, body: unknown, options: { signal?: AbortSignal } = {}) {
      const bearer = await session.token();
      const answer = await send(path, body, { ...options, bearer }).catch(async (error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
        return send(path, body, { ...options, bearer: await session.renew(bearer) });
      });
      // The contract is one file for both sides; the panel trusts its own server to keep to it.
      return answer as Answer;
    },
  };
}
