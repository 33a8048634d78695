import type { Request, RequestHandler, Response, Router } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Agent } from '#contract/session.ts';
import { AppError } from '../errors.ts';
import type { Route } from './route.ts';

/** Whose session a bearer belongs to; undefined when there is none (any more). */
export type Authenticate = (bearer: string) => Promise<Agent | undefined>;

/** Turns routes into handlers, always in the order: who asks → how often → is the input well-formed → do it. */
export function mountRoutes(router: Router, routes: Route[], authenticate: Authenticate): void {
  for (const route of routes) {
    const identify = route.policy === 'agent' ? [requireAgent(authenticate)] : [];
    router[route.method](route.path, ...identify, limitRate(route), async (request, response) => {
      const params = validateParams(route, request);
      const body = validateBody(route, request);
      const answer = await route.handle({
        params,
        body,
        // Set by requireAgent just before; the type of a public route says undefined.
        agent: agentOf(response) as Agent,
        address: request.socket.remoteAddress ?? '',
      });
      response.set('Cache-Control', 'no-store').json(answer);
    });
  }
}

function requireAgent(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const bearer = /^Bearer ([\w-]{43})$/.exec(request.headers.authorization ?? '')?.[1];
    const agent = bearer === undefined ? undefined : await authenticate(bearer);
    if (!agent) {
      throw new AppError('unauthenticated', 'Your session has ended. The panel signs in again by itself.', {
        reason: bearer === undefined ? 'no-bearer' : 'unknown-bearer',
      });
    }
    response.locals.agent = agent;
    next();
  };
}

function limitRate(route: Route): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: route.perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // An agent is limited as a person, wherever she sits; without one the address is all there is.
    keyGenerator: (request, response) => {
      const agent = agentOf(response);
      return agent ? `${agent.account}/${agent.uid}` : ipKeyGenerator(request.socket.remoteAddress ?? '');
    },
    handler: (_request, _response, next) => {
      next(new AppError('rate_limited', 'That was too often. Wait a minute and try again.'));
    },
  });
}

function agentOf(response: Response): Agent | undefined {
  return (response.locals as { agent?: Agent }).agent;
}

function validateParams(route: Route, request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(route.params).map(([name, schema]) => {
      const parsed = schema.safeParse(request.params[name]);
      if (!parsed.success) throw new AppError('invalid_request', `The address has no valid ${name}.`);
      return [name, parsed.data];
    }),
  );
}

function validateBody(route: Route, request: Request): unknown {
  if (route.body === null) return undefined;
  if (!request.is('application/json')) {
    throw new AppError('invalid_request', 'Send JSON with Content-Type: application/json.');
  }
  const parsed = route.body.safeParse(request.body);
  if (parsed.success) return parsed.data;
  // Only where it is wrong: the value itself may be personal.
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'body'))].slice(0, 5);
  throw new AppError('invalid_request', `Not understood: ${fields.join(', ')}.`);
}
