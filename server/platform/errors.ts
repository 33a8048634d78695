import type { ErrorCode } from '#contract/errors.ts';

const statusOf: Record<ErrorCode, number> = {
  invalid_request: 400,
  unauthenticated: 401,
  app_context_refused: 401,
  forbidden: 403,
  not_confirmed: 409,
  not_found: 404,
  conflict: 409,
  payload_too_large: 413,
  wrong_host: 421,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

/**
 * An error of the contract. `message` is shown to the user: what happened and what to do next, never personal data.
 * `reason` is for the log only and holds no personal data either. `retryAfterMs` is answered as `Retry-After`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { reason?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = statusOf[code];
    this.reason = options.reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}
