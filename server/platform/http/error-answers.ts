import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { ErrorBody } from '#contract/errors.ts';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import { isStorageDown } from '../storage/is-storage-down.ts';
import { createLogSample } from './log-sample.ts';
import { overBudgetReason } from './read-body.ts';

/** `route`: the pattern. */
export type CountRefusal = (refusal: { route: string; code: string }) => void;

/** The one place where failures become answers: `{ error: { code, message, requestId } }`, no stack, no internals. */
export function answerErrors(log: Log, countRefusal: CountRefusal = () => {}): ErrorRequestHandler {
  const isLogged = createLogSample(log);
  return (thrown, request, response, next) => {
    const error = toAppError(thrown);
    const { requestId } = response.locals as { requestId: string };
    const line = {
      requestId,
      method: request.method,
      // The pattern, never the path: a path holds engagement ids.
      route: (request.route as { path?: string } | undefined)?.path ?? 'none',
      code: error.code,
      status: error.status,
      ...(error.reason ? { reason: error.reason } : {}),
    };
    if (isLogged(line)) {
      if (error.status >= 500) log.error({ ...line, err: error.cause ?? error }, 'request failed');
      else log.warn(line, 'request refused');
    }

    countRefusal({ route: line.route, code: line.code });
    if (response.headersSent) return next(thrown);
    // Otherwise the rest of a long body would be read, for nothing, before the connection can be used again.
    if (!request.complete && (isLong(request) || error.reason === overBudgetReason)) response.shouldKeepAlive = false;
    sendError(response, error);
  };
}

/** Bytes. A shorter body has been sent before the answer arrives, and cutting the connection would lose the answer. */
const maxDrained = 1_048_576;

function isLong({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > maxDrained;
}

export const answerNotFound: RequestHandler = (_request, _response, next) => {
  next(new AppError('not_found', 'There is nothing at this address.'));
};

function sendError(response: Response, error: AppError): void {
  const { requestId } = response.locals as { requestId: string };
  const body: ErrorBody = { error: { code: error.code, message: error.message, requestId } };
  // Set for a precompressed asset that then could not be sent.
  response.removeHeader('Content-Encoding');
  if (error.retryAfterMs !== undefined) response.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1_000)));
  response.status(error.status).set('Cache-Control', 'no-store').json(body);
}

function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  // Express and its static files mark a refusal with a status. They come first: a client that hangs up is ECONNABORTED,
  // which a database error may be too.
  const { status, type } = (thrown ?? {}) as { status?: unknown; type?: unknown };
  const reason = typeof type === 'string' ? type : 'malformed-request';
  if (status === 413) return new AppError('payload_too_large', 'The request is too large.', { reason });
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('invalid_request', 'The request could not be read.', { reason });
  }
  if (isStorageDown(thrown)) {
    return new AppError('unavailable', 'The database does not answer. Try again in a moment.', { cause: thrown });
  }
  return new AppError('internal', 'Something went wrong on our side. Try again; if it stays, give this request id.', {
    cause: thrown,
  });
}
