import * as z from 'zod/mini';

/** Every code an answer of the server may carry, with what it means to the one who asked. */
export const errorCodes = [
  /** The request's shape is wrong; asking again unchanged will fail again. */
  'invalid_request',
  /** No session, or one that has ended: sign in again. */
  'unauthenticated',
  /** The app context was not one of Zoom's for this app, is too old, or was seen from another address. */
  'app_context_refused',
  /** Signed in, but this is not for you. */
  'forbidden',
  'not_found',
  /** The record moved on meanwhile; read it again. */
  'conflict',
  'payload_too_large',
  /** `Host` names a machine this server does not answer for. */
  'wrong_host',
  'rate_limited',
  /** A part the server stands on (database, source) does not answer; try again. */
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The body of every answer that is not a success. */
export const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), requestId: z.string() }),
});
export type ErrorBody = { error: { code: ErrorCode; message: string; requestId: string } };
