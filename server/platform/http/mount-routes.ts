import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Agent } from '#contract/session.ts';
import { AppError } from '../errors.ts';
import type { Route } from './route.ts';

/** Whose session a bearer belongs to; undefined when there is none (any more). */
export type Authenticate = (bearer: string) => Promise<Agent | undefined>;

/**
 * Nothing compressed is taken: the panel sends nothing so, and unpacking is work that a stranger could order. A public
 * body is an app context at most; an agent's holds everything that Zoom says of an engagement.
 */
const readJson = {
  public: express.json({ limit: '16kb', inflate: false }),
  agent: express.json({ limit: '256kb', inflate: false }),
};

/**
 * Turns routes into handlers, always in the order: who asks → how often → is the input well-formed → do it. Only of
 * strangers is the body read before they are counted: one who sends it slowly would hold a place for all that time.
 */
export function mountRoutes(router: Router, routes: Route[], authenticate: Authenticate): void {
  for (const route of routes) {
    const guards =
      route.policy === 'agent'
        ? [requireAgent(authenticate), limitRate(route), readJson.agent]
        : [readJson.public, limitRate(route)];
    router[route.method](route.path, ...guards, async (request, response) => {
      const params = validateParams(route, request);
      const body = validateBody(route, request);
      const answer = await route.handle({
        params,
        body,
        // Set by requireAgent just before; the type of a public route says undefined.
        agent: agentOf(response) as Agent,
        address: addressOf(request),
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
    // Behind a proxy all strangers share one address. Whoever is refused is not counted there, or anybody could use up
    // what the agents need to sign in.
    skipFailedRequests: route.policy === 'public',
    // An agent is limited as a person, wherever she sits; without one the address is all there is.
    keyGenerator: (request, response) => {
      const agent = agentOf(response);
      return agent ? `${agent.account}/${agent.uid}` : ipKeyGenerator(addressOf(request));
    },
    handler: (_request, _response, next) => {
      next(new AppError('rate_limited', 'That was too often. Wait a minute and try again.'));
    },
  });
}

/** A socket that listens for both kinds of addresses writes IPv4 ones as `::ffff:192.0.2.1`. */
function addressOf(request: Request): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
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
