import { type AnswerOf, type Endpoint, formatUrl } from '#contract/endpoint.ts';
import type { Api } from './client.ts';

/** An `Api` for tests, answered by `answer`. It sees the path and the body of each call as the server would. */
export function createFakeApi(answer: (path: string, body: unknown) => Promise<unknown>): Api {
  return {
    call: async <E extends Endpoint>(
      endpoint: E,
      { params, body }: { params?: Record<string, string>; body?: unknown },
    ) => (await answer(formatUrl(endpoint.path, { params }), body)) as AnswerOf<E>,
  };
}
