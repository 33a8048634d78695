import pino from 'pino';
import type { Config } from './config.ts';

/**
 * error: an operator must act; none in a healthy system. warn: a request was refused or a part is degraded. info:
 * start, stop, settings in use. debug: every request.
 *
 * Log calls get no personal data: no names, numbers, addresses, engagement ids, tokens or bodies. The redaction below
 * is only the second line of defense.
 */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

const secrets = ['token', 'context', 'authorization', 'clientSecret', 'phone', 'email', 'name', 'number', 'query'];

export function createLog(level: Config['logLevel'], destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    // An error's message may quote a value or an SQL parameter, so only its type, code and stack are written.
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, ...(code ? { code } : {}), at: frames.slice(0, 8).map((line) => line.trim()) };
}
