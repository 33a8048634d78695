import type { ErrorCode } from '#contract/errors.ts';

/** `offline`: the server was not reached. `timeout`: it did not answer in time. */
type ApiErrorCode = ErrorCode | 'offline' | 'timeout';

/** Every failure of a call to our server. `message` may be shown; `requestId` finds it in the server's log. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly requestId: string | null;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { status?: number; requestId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? 0;
    this.requestId = options.requestId ?? null;
  }

  /** The same call may succeed a moment later. */
  get isRetryable(): boolean {
    return ['offline', 'timeout', 'unavailable', 'internal', 'rate_limited'].includes(this.code);
  }
}
