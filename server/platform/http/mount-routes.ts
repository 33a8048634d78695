import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { z } from 'zod/mini';
import type { Method } from '#contract/endpoint.ts';
import { AppError } from '../errors.ts';
import type { Access, JsonRoute, Principal, Role, Route, SessionPrincipal, SignedRoute, StreamRoute } from './route.ts';

/** The user of the live session that a bearer names, if there is one. */
export type Authenticate = (bearer: string) => Promise<SessionPrincipal | undefined>;

export type Guards = {
  authenticate: Authenticate;
  /** The current one first; empty when flows are not set up. */
  flowTokens: string[];
};

/**
 * Nothing compressed is taken: the panel sends nothing so, and unpacking is work that a stranger could order. A public
 * body is an app context at most; an agent's holds everything that Zoom says of an engagement.
 */
const readJson = {
  public: createReader(16 * 1024, express.json),
  known: createReader(256 * 1024, express.json),
};

/** Turns routes into handlers. */
export function mountRoutes(router: Router, routes: Route[], guards: Guards): void {
  for (const route of routes) {
    switch (route.kind) {
      case 'json':
        mountJson(router, route, guards);
        break;
      case 'signed':
        mountSigned(router, route);
        break;
      case 'stream':
        mountStream(router, route, guards);
        break;
    }
  }
}

/**
 * Always in the order: who calls → how often → is the input well-formed → do it. Only a stranger's body is read before it
 * is counted: a stranger who sends it slowly would otherwise occupy a place of the limit all that time.
 */
function mountJson(router: Router, route: JsonRoute, guards: Guards): void {
  const before: RequestHandler[] =
    route.role === 'public'
      ? [readJson.public, limitRate(route)]
      : [requireRole(route.role, guards), limitRate(route), readJson.known];
  router[verbOf(route)](route.endpoint.path, ...before, async (request, response) => {
    const answer = await route.handle({
      params: validateParams(route, request),
      query: validateQuery(route, request),
      body: validateBody(route, request),
      principal: principalOf(response),
      address: addressOf(request),
    });
    response.set('Cache-Control', 'no-store').json(answer);
  });
}

const verbOf = ({ endpoint }: Route) => endpoint.method.toLowerCase() as Lowercase<Method>;

/** Bodies of any type, for it is the bytes that are signed; the handler decides what they are. */
function mountSigned(router: Router, route: SignedRoute): void {
  const readBytes = createReader(route.maxBytes, (limits) => express.raw({ ...limits, type: () => true }));
  const admit: RequestHandler = (request, _response, next) => {
    route.admit(request.headers);
    next();
  };
  router[verbOf(route)](route.endpoint.path, admit, readBytes, async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const answer = await route.handle({ headers: request.headers, body });
    response.set('Cache-Control', 'no-store').json(answer);
  });
}

/**
 * Express answers a body that is too large only when all of it has come, and of one in chunks nobody knows how long that
 * takes. So the bytes are counted beside it, and the answer is given at once.
 */
function createReader(
  limit: number,
  create: (limits: { limit: number; inflate: boolean }) => RequestHandler,
): RequestHandler {
  const read = create({ limit, inflate: false });
  return (request, response, next) => {
    let bytes = 0;
    let isOver = false;
    const proceed = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      request.off('data', count);
      next(error);
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit) {
        proceed(new AppError('payload_too_large', 'The request is too large.', { reason: 'entity.too.large' }));
      }
    };
    request.on('data', count);
    read(request, response, proceed);
  };
}

function mountStream(router: Router, route: StreamRoute, guards: Guards): void {
  const before = [requireRole(route.role, guards), limitRate(route)];
  router[verbOf(route)](route.endpoint.path, ...before, async (request, response) => {
    // requireRole has set it, and a stream is for session roles only.
    const principal = principalOf(response) as SessionPrincipal;
    await route.handle({ principal, headers: request.headers, response });
  });
}

/** Refuses everybody whose role the route does not name. */
function requireRole(access: Exclude<Access, 'public'>, { authenticate, flowTokens }: Guards): RequestHandler {
  const roles: readonly Role[] = typeof access === 'string' ? [access] : access;
  const isFlowToken = createTokenCheck(flowTokens);
  const allowsSessions = roles.some((role) => role !== 'flow');

  async function identify(authorization: string): Promise<Principal | undefined> {
    if (roles.includes('flow') && isFlowToken(/^Bearer (\S+)$/.exec(authorization)?.[1] ?? '')) return { role: 'flow' };
    const bearer = allowsSessions ? /^Bearer ([\w-]{43})$/.exec(authorization)?.[1] : undefined;
    return bearer === undefined ? undefined : authenticate(bearer);
  }

  return async (request, response, next) => {
    if (!allowsSessions && flowTokens.length === 0) {
      throw new AppError('unavailable', 'Flows are not set up here: FLOW_TOKEN is not set.');
    }
    const { authorization } = request.headers;
    const principal = await identify(authorization ?? '');
    if (!principal) {
      throw new AppError(
        'unauthenticated',
        allowsSessions
          ? 'Your session has ended. The panel signs in again by itself.'
          : 'Send the flow token as Authorization: Bearer …',
        {
          reason: authorization === undefined ? 'no-bearer' : allowsSessions ? 'unknown-bearer' : 'unknown-flow-token',
        },
      );
    }
    if (!roles.includes(principal.role)) {
      throw new AppError('forbidden', 'This is not for your role.', { reason: `role-${principal.role}` });
    }
    response.locals.principal = principal;
    next();
  };
}

/** Compares digests, so that the time it takes shows neither length nor content of a token. */
function createTokenCheck(tokens: string[]): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const known = tokens.map(digest);
  return (given) => known.filter((token) => timingSafeEqual(token, digest(given))).length > 0;
}

function limitRate(route: JsonRoute | StreamRoute): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: route.perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Behind a proxy all strangers share one address. Whoever is refused is not counted there, or anybody could use up
    // what the agents need to sign in.
    skipFailedRequests: route.role === 'public',
    // A user is limited at whatever address; flows and strangers are limited by address.
    keyGenerator: (request, response) => {
      const principal = principalOf(response);
      return principal && 'uid' in principal
        ? `${principal.account}/${principal.uid}`
        : ipKeyGenerator(addressOf(request));
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

function principalOf(response: Response): Principal | undefined {
  return (response.locals as { principal?: Principal }).principal;
}

function validateParams(route: JsonRoute, request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(route.params).map(([name, schema]) => {
      const parsed = schema.safeParse(request.params[name]);
      if (!parsed.success) throw new AppError('invalid_request', `The address has no valid ${name}.`);
      return [name, parsed.data];
    }),
  );
}

function validateBody(route: JsonRoute, request: Request): unknown {
  if (route.body === undefined) return undefined;
  if (!request.is('application/json')) {
    throw new AppError('invalid_request', 'Send JSON with Content-Type: application/json.');
  }
  return validate(route.body, request.body, 'body');
}

function validateQuery(route: JsonRoute, request: Request): unknown {
  return route.query && validate(route.query, request.query, 'query');
}

/** The refusal names the fields and never a value, which may be personal. */
function validate(schema: z.ZodMiniType, value: unknown, whole: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || whole))].slice(0, 5);
  throw new AppError('invalid_request', `Not understood: ${fields.join(', ')}.`);
}
