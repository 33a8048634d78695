import { endSession, openSession, sessionRequest } from '#contract/session.ts';
import { type Route, route } from '../platform/http/route.ts';
import type { SessionService } from './session.ts';

export function createAuthRoutes(sessions: SessionService): Route[] {
  return [
    route(openSession, {
      role: 'public',
      // By address, so it may stand for a proxy with thousands of agents behind it; session.ts has the finer limits.
      perMinute: 30_000,
      body: sessionRequest,
      handle: ({ body, address }) => sessions.signIn({ context: body.context, address }),
    }),
    route(endSession, {
      role: 'agent',
      perMinute: 60,
      async handle({ principal }) {
        await sessions.signOut(principal);
        return {};
      },
    }),
  ];
}
