import { openSession, sessionRequest } from '#contract/session.ts';
import { type Route, route } from '../platform/http/route.ts';
import type { SessionService } from './session.ts';

export function createAuthRoutes(sessions: SessionService): Route[] {
  return [
    route(openSession, {
      role: 'public',
      // A whole floor of agents may sign in from one address at nine o'clock.
      perMinute: 600,
      body: sessionRequest,
      handle: ({ body, address }) => sessions.signIn({ context: body.context, address }),
    }),
  ];
}
