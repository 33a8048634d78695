import type { Request, RequestHandler, Response, Router } from 'express';
import type { z } from 'zod/mini';
import type { Method } from '#contract/endpoint.ts';
import { AppError } from '../errors.ts';
import { createTokenCheck, readBearer } from './bearer.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import { addressKey, addressOf, createRateLimit, type RateLimit, takeCall } from './rate-limit.ts';
import { type BodyLimits, readBody, readJson } from './read-body.ts';
import type { Access, JsonRoute, Principal, Role, Route, SessionPrincipal, SignedRoute, StreamRoute } from './route.ts';

/** The user of the live session that a bearer names, if there is one. */
type Authenticate = (bearer: string) => Promise<SessionPrincipal | undefined>;

export type Guards = {
  authenticate: Authenticate;
  /** The current one first; empty when flows are not set up. */
  flowTokens: string[];
};

/**
 * Refused flow tokens per minute and address; further ones are answered 429. A good token is served all the same: a
 * stranger behind the same proxy must not keep Zoom's flows out, and a token of 24 characters is not guessed.
 */
const maxRefusedFlowTokens = 60;

/**
 * Bytes of a body. A public one is an app context at most; a user's holds everything that Zoom says of an engagement.
 */
const maxBytes = { public: 16 * 1024, known: 256 * 1024 };

/** Bytes of bodies under way whose senders are not verified: of public routes, and of signed ones. */
const maxUnverifiedBytes = 32 * 1024 * 1024;

/** Shared by all routes of a server. */
type MountParts = Guards & { budget: ByteBudget; refusedFlowTokens: RateLimit };

/** Turns routes into handlers. Throws on a route that names an engagement and does not say who may see it. */
export function mountRoutes(
  router: Router,
  routes: Route[],
  guards: Guards,
  limits = { unverifiedBytes: maxUnverifiedBytes },
): void {
  const parts: MountParts = {
    ...guards,
    budget: createByteBudget(limits.unverifiedBytes),
    refusedFlowTokens: createRateLimit(maxRefusedFlowTokens),
  };
  for (const route of routes) {
    const hasAccess = route.kind === 'json' && route.access !== undefined;
    if (route.endpoint.path.split('/').includes(':engagementId') && !hasAccess) {
      throw new Error(`${route.endpoint.path} names an engagement without access`);
    }
    switch (route.kind) {
      case 'json':
        mountJson(router, route, parts);
        break;
      case 'signed':
        mountSigned(router, route, parts);
        break;
      case 'stream':
        mountStream(router, route, parts);
        break;
    }
  }
}

/**
 * One Express handler per route: authenticate → apply the rate limit → validate → read the access → handle. On public
 * routes the body is read before the call is counted, so that a slow body does not occupy a place of the limit. A
 * refused call of an unauthenticated caller is not counted, so that it cannot exhaust the quota of agents behind the
 * same proxy.
 */
function mountJson(router: Router, route: JsonRoute, parts: MountParts): void {
  const limit = createRateLimit(route.perMinute);
  const { serialize = JSON.stringify } = route;
  const bodyLimit = route.maxBytes ?? (route.role === 'public' ? maxBytes.public : maxBytes.known);

  async function run(request: Request, body: unknown, principal: Principal | undefined, address: string) {
    const params = validateParams(route, request);
    const query = route.query && validate(route.query, request.query, 'query');
    const validBody = route.body && validate(route.body, body, 'body');
    const access = principal && params.engagementId && (await route.access?.(principal, params.engagementId));
    return route.handle({ params, query, body: validBody, access, principal, address });
  }

  async function servePublic(request: Request, response: Response): Promise<void> {
    const address = addressOf(request);
    const key = addressKey(address);
    const body = await readDeclaredBody(route, request, { maxBytes: bodyLimit, budget: parts.budget });
    takeCall(limit, key, response);
    const answer = await run(request, body, undefined, address).catch((error: unknown) => {
      limit.giveBack(key);
      throw error;
    });
    sendJson(response, serialize(answer));
  }

  function createServeAuthenticated(access: Exclude<Access, 'public'>): RequestHandler {
    const identify = createIdentify(access, parts);
    return async (request, response) => {
      const principal = await identify(request, response);
      const address = addressOf(request);
      takeCall(limit, limitKey(principal, address), response);
      const body = await readDeclaredBody(route, request, { maxBytes: bodyLimit });
      sendJson(response, serialize(await run(request, body, principal, address)));
    };
  }

  router[verbOf(route)](
    route.endpoint.path,
    route.role === 'public' ? servePublic : createServeAuthenticated(route.role),
  );
}

const verbOf = ({ endpoint }: Route) => endpoint.method.toLowerCase() as Lowercase<Method>;

/** Bodies of any type, for it is the bytes that are signed; the handler decides what they are. */
function mountSigned(router: Router, route: SignedRoute, { budget }: MountParts): void {
  router[verbOf(route)](route.endpoint.path, async (request, response) => {
    route.checkHeaders(request.headers);
    const body = await readBody(request, { maxBytes: route.maxBytes, budget });
    sendJson(response, JSON.stringify(await route.handle({ headers: request.headers, body })));
  });
}

function mountStream(router: Router, route: StreamRoute, parts: MountParts): void {
  const identify = createIdentify(route.role, parts);
  const limit = createRateLimit(route.perMinute);
  router[verbOf(route)](route.endpoint.path, async (request, response) => {
    // A stream names session roles only, so the principal is one.
    const principal = (await identify(request, response)) as SessionPrincipal;
    takeCall(limit, limitKey(principal, addressOf(request)), response);
    await route.handle({ principal, headers: request.headers, response });
  });
}

/** A body that the route does not declare is read as well, within the limit, and ignored. */
async function readDeclaredBody(route: JsonRoute, request: Request, limits: BodyLimits): Promise<unknown> {
  if (route.body) return readJson(request, limits);
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (length !== '0' || encoding !== undefined) await readBody(request, limits);
  return undefined;
}

function sendJson(response: Response, text: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(text);
}

/** Users are limited by user, at any address; flows by address. */
function limitKey(principal: Principal, address: string): string {
  return principal.role === 'flow' ? addressKey(address) : JSON.stringify([principal.account, principal.uid]);
}

/** Finds out who calls, and refuses everybody whose role the route does not name. */
function createIdentify(
  access: Exclude<Access, 'public'>,
  { authenticate, flowTokens, refusedFlowTokens }: MountParts,
): (request: Request, response: Response) => Promise<Principal> {
  const roles: readonly Role[] = typeof access === 'string' ? [access] : access;
  const isFlowToken = createTokenCheck(flowTokens);
  const allowsFlows = roles.includes('flow');
  const allowsSessions = roles.some((role) => role !== 'flow');

  async function findPrincipal(authorization: string): Promise<Principal | undefined> {
    if (allowsFlows && isFlowToken(readBearer({ headers: { authorization } }))) return { role: 'flow' };
    const bearer = allowsSessions ? /^Bearer ([\w-]{43})$/.exec(authorization)?.[1] : undefined;
    return bearer === undefined ? undefined : authenticate(bearer);
  }

  return async (request, response) => {
    const { authorization } = request.headers;
    if (!allowsSessions && flowTokens.length === 0) {
      throw new AppError('unavailable', 'Flows are not set up here: FLOW_TOKEN is not set.');
    }
    const principal = await findPrincipal(authorization ?? '');
    if (!principal) {
      if (allowsFlows && !allowsSessions) takeCall(refusedFlowTokens, addressKey(addressOf(request)), response);
      const message = allowsSessions
        ? 'Your session has ended. The panel signs in again by itself.'
        : 'Send the flow token as Authorization: Bearer …';
      const unknown = allowsSessions ? 'unknown-bearer' : 'unknown-flow-token';
      throw new AppError('unauthenticated', message, { reason: authorization === undefined ? 'no-bearer' : unknown });
    }
    if (!roles.includes(principal.role)) {
      throw new AppError('forbidden', 'This is not for your role.', { reason: `role-${principal.role}` });
    }
    return principal;
  };
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

/** The refusal names the fields and never a value, which may be personal. */
function validate(schema: z.ZodMiniType, value: unknown, whole: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || whole))].slice(0, 5);
  throw new AppError('invalid_request', `Not understood: ${fields.join(', ')}.`);
}
