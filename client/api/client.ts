import type { AnswerOf, Endpoint, RequestOf } from '#contract/endpoint.ts';
import { ApiError } from './errors.ts';
import { createSend } from './send.ts';
import type { Session } from './session.ts';

export type Api = {
  /** Rejects with `ApiError`, or with the signal's own reason when the caller aborted. */
  call<E extends Endpoint>(
    endpoint: E,
    request: RequestOf<E>,
    options?: { signal?: AbortSignal },
  ): Promise<AnswerOf<E>>;
};

export function createApi(session: Session, deps: { fetch?: typeof fetch } = {}): Api {
  const send = createSend(deps.fetch ?? ((...request) => fetch(...request)));

  return {
    async call(endpoint, request, options = {}) {
      const bearer = await session.token();
      return send(endpoint, request, { ...options, bearer }).catch(async (error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
        return send(endpoint, request, { ...options, bearer: await session.renew(bearer) });
      });
    },
  };
}
