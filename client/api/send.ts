import { type ErrorCode, errorBody, errorCodes } from '#contract/errors.ts';
import { ApiError } from './errors.ts';

export type Send = (path: string, body: unknown, options?: SendOptions) => Promise<unknown>;
type SendOptions = { bearer?: string; signal?: AbortSignal };

const answerWithin = 10_000;

/** One POST of JSON. The only place where what went wrong on the way becomes an `ApiError`. */
export function createSend(fetchFromServer: typeof fetch): Send {
  return async (path, body, { bearer, signal } = {}) => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), answerWithin);
    const followCaller = () => giveUp.abort();
    signal?.addEventListener('abort', followCaller, { once: true });
    try {
      signal?.throwIfAborted();
      const response = await fetchFromServer(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
        signal: giveUp.signal,
      });
      const answer = parseJson(await response.text());
      if (!response.ok) throw toApiError(response.status, answer);
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError) throw error;
      if (giveUp.signal.aborted) throw new ApiError('timeout', 'The server did not answer in time.', { cause: error });
      throw new ApiError('offline', 'The server cannot be reached.', { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', followCaller);
    }
  };
}

function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError('unavailable', 'Something between the panel and the server answered instead.', { cause: error });
  }
}

function toApiError(status: number, answer: unknown): ApiError {
  const parsed = errorBody.safeParse(answer);
  if (!parsed.success) {
    return new ApiError(status >= 500 ? 'unavailable' : 'internal', 'The server answered in an unknown way.', {
      status,
    });
  }
  const { code, message, requestId } = parsed.data.error;
  const known: ErrorCode = errorCodes.find((one) => one === code) ?? (status >= 500 ? 'internal' : 'invalid_request');
  return new ApiError(known, message, { status, requestId });
}
