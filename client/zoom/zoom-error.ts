type ZoomErrorKind = 'timeout' | 'unsupported' | 'outside-engagement' | 'denied' | 'failed';

/** A failure between the panel and Zoom. `code` is Zoom's own; null without one. */
export class ZoomError extends Error {
  readonly kind: ZoomErrorKind;
  readonly code: number | null;

  constructor(kind: ZoomErrorKind, message: string, options: { code?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ZoomError';
    this.kind = kind;
    this.code = options.code ?? null;
  }
}

/**
 * The SDK throws plain errors for time-outs and calls before config, and its own class for answers of the client;
 * permission denials carry their number only inside the message ("[code:80012, reason:…]").
 */
export function toZoomError(error: unknown): ZoomError {
  if (error instanceof ZoomError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error, message);
  return new ZoomError(kindOf(code, message), message, { ...(code === null ? {} : { code }), cause: error });
}

function codeOf(error: unknown, message: string): number | null {
  const given = typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : Number.NaN;
  if (Number.isInteger(given)) return given;
  const written = /code:\s*(\d+)/.exec(message)?.[1];
  return written === undefined ? null : Number(written);
}

function kindOf(code: number | null, message: string): ZoomErrorKind {
  if (/took longer than \d+ms/.test(message)) return 'timeout';
  if (code === 10242 || code === 10243) return 'outside-engagement';
  if (code !== null && code >= 80_000 && code < 81_000) return 'denied';
  if (/not (be )?supported|unsupported/i.test(message)) return 'unsupported';
  return 'failed';
}
