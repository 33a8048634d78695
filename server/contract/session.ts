import * as z from 'zod/mini';
import { endpoint } from './endpoint.ts';

/** `context` is the result of `zoomSdk.getAppContext()`. A real one is about 400 characters. */
export const sessionRequest = z.object({ context: z.string().check(z.minLength(1), z.maxLength(8192)) });
type SessionRequest = z.infer<typeof sessionRequest>;

/** An opaque 256-bit bearer; `expiresAt` in ms UTC. Held in memory only. */
export type SessionAnswer = { token: string; expiresAt: number };

export const openSession = endpoint<{ body: SessionRequest; answer: SessionAnswer }>()({
  method: 'POST',
  path: '/api/session',
});

/** Ends the session of the bearer, and its streams. */
export const endSession = endpoint<{ answer: Record<string, never> }>()({
  method: 'DELETE',
  path: '/api/session',
});

/** An agent. `account` is the installation's key for a Zoom account (never the account id), `uid` Zoom's user id. */
export type Agent = { account: string; uid: string };
