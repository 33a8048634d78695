import * as z from 'zod/mini';

/** Every error code of the server's answers, with its meaning for the caller. */
export const errorCodes = [
  /** The request is malformed; the same request fails again. */
  'invalid_request',
  /** No session, or one that has ended: sign in again. */
  'unauthenticated',
  /**
   * The app context was not sealed by Zoom for this app, has expired, or was used from another address; or its user is
   * no agent.
   */
  'app_context_refused',
  /** Signed in, but without the right to do this. */
  'forbidden',
  /** Zoom has not named the agent in this engagement; the same request may succeed in a moment. */
  'not_confirmed',
  'not_found',
  /** The record has changed meanwhile; read it again. */
  'conflict',
  'payload_too_large',
  /** The server does not answer for the name in `Host`. */
  'wrong_host',
  'rate_limited',
  /** Something the server needs (database, source) does not answer; try again. */
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The body of every error answer. */
export const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), requestId: z.string() }),
});
export type ErrorBody = { error: { code: ErrorCode; message: string; requestId: string } };
