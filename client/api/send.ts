import { type AnswerOf, type Endpoint, formatUrl, type RequestOf } from '#contract/endpoint.ts';
import { type ErrorCode, errorBody, errorCodes } from '#contract/errors.ts';
import { ApiError } from './errors.ts';

type Send = <E extends Endpoint>(endpoint: E, request: RequestOf<E>, options?: SendOptions) => Promise<AnswerOf<E>>;
type SendOptions = { bearer?: string; signal?: AbortSignal };

const timeoutMs = 10_000;

/** One call of an endpoint. The only place where a failure on the way becomes an `ApiError`. */
export function createSend(fetchFromServer: typeof fetch): Send {
  return async <E extends Endpoint>(
    { method, path }: E,
    { params, query, body }: RequestOf<E>,
    { bearer, signal }: SendOptions = {},
  ) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    const abort = () => controller.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      const response = await fetchFromServer(formatUrl(path, { params, query }), {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        cache: 'no-store',
        credentials: 'omit',
        signal: controller.signal,
      });
      const answer = parseJson(await response.text());
      if (!response.ok) throw toApiError(response.status, answer);
      // The one typed boundary: the contract is shared, and the panel trusts its own server to keep it.
      return answer as AnswerOf<E>;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError) throw error;
      if (controller.signal.aborted)
        throw new ApiError('timeout', 'The server did not answer in time.', { cause: error });
      throw new ApiError('offline', 'The server cannot be reached.', { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
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
  const known: ErrorCode =
    errorCodes.find((errorCode) => errorCode === code) ?? (status >= 500 ? 'internal' : 'invalid_request');
  return new ApiError(known, message, { status, requestId });
}
