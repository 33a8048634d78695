import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Agent } from '#contract/session.ts';
import { AppError } from '../errors.ts';
import type { JsonRoute, Route, SignedIn, SignedRoute, StreamRoute } from './route.ts';

/** Whose session a bearer belongs to; undefined when there is none (any more). */
export type Authenticate = (bearer: string) => Promise<SignedIn | undefined>;

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
  agent: createReader(256 * 1024, express.json),
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
 * Always in the order: who asks → how often → is the input well-formed → do it. Only of strangers is the body read
 * before they are counted: one who sends it slowly would hold a place for all that time.
 */
function mountJson(router: Router, route: JsonRoute, { authenticate, flowTokens }: Guards): void {
  const guardsOf: Record<JsonRoute['policy'], RequestHandler[]> = {
    agent: [requireAgent(authenticate), limitRate(route), readJson.agent],
    flow: [requireFlowToken(flowTokens), limitRate(route), readJson.agent],
    public: [readJson.public, limitRate(route)],
  };
  router[route.method](route.path, ...guardsOf[route.policy], async (request, response) => {
    const params = validateParams(route, request);
    const body = validateBody(route, request);
    const answer = await route.handle({
      params,
      body,
      // Set by requireAgent just before; the type of the other routes says undefined.
      agent: sessionOf(response) as Agent,
      address: addressOf(request),
    });
    response.set('Cache-Control', 'no-store').json(answer);
  });
}

/** Bodies of any type, for it is the bytes that are signed; the handler decides what they are. */
function mountSigned(router: Router, route: SignedRoute): void {
  const readBytes = createReader(route.maxBytes, (limits) => express.raw({ ...limits, type: () => true }));
  const admit: RequestHandler = (request, _response, next) => {
    route.admit(request.headers);
    next();
  };
  router[route.method](route.path, admit, readBytes, async (request, response) => {
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

function mountStream(router: Router, route: StreamRoute, { authenticate }: Guards): void {
  router[route.method](route.path, requireAgent(authenticate), limitRate(route), async (request, response) => {
    // Set by requireAgent just before.
    await route.handle({ session: sessionOf(response) as SignedIn, headers: request.headers, response });
  });
}

function requireAgent(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const bearer = /^Bearer ([\w-]{43})$/.exec(request.headers.authorization ?? '')?.[1];
    const session = bearer === undefined ? undefined : await authenticate(bearer);
    if (!session) {
      throw new AppError('unauthenticated', 'Your session has ended. The panel signs in again by itself.', {
        reason: bearer === undefined ? 'no-bearer' : 'unknown-bearer',
      });
    }
    response.locals.session = session;
    next();
  };
}

/** Digests are compared, so that neither length nor content of a token shows in the time it takes. */
function requireFlowToken(tokens: string[]): RequestHandler {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const known = tokens.map(digest);
  return (request, _response, next) => {
    if (known.length === 0) throw new AppError('unavailable', 'Flows are not set up here: FLOW_TOKEN is not set.');
    const given = digest(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (known.filter((one) => timingSafeEqual(one, given)).length === 0) {
      throw new AppError('unauthenticated', 'Send the flow token as Authorization: Bearer …', {
        reason: request.headers.authorization === undefined ? 'no-bearer' : 'unknown-flow-token',
      });
    }
    next();
  };
}

function limitRate(route: JsonRoute | StreamRoute): RequestHandler {
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
      const agent = sessionOf(response);
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

function sessionOf(response: Response): SignedIn | undefined {
  return (response.locals as { session?: SignedIn }).session;
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
