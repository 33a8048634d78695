import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { z } from 'zod/mini';
import type { Agent } from '#contract/session.ts';

/** Whose session a bearer belongs to. `sessionId` names the session and is no secret; `expiresAt` in ms UTC. */
export type SignedIn = Agent & { sessionId: string; expiresAt: number };

/** What a handler is given: everything in it has passed a schema or was put there by the server. */
export type RouteRequest<Policy extends RoutePolicy, Body> = {
  params: Record<string, string>;
  body: Body;
  /** The session's agent. Only `agent` routes have one. */
  agent: Policy extends 'agent' ? Agent : undefined;
  /** The peer's address as the socket saw it; `X-Forwarded-For` is not believed. */
  address: string;
};

/** `public`: anyone who reaches the server. `agent`: a live session is needed. `flow`: FLOW_TOKEN as the bearer. */
export type RoutePolicy = 'public' | 'agent' | 'flow';

/**
 * One endpoint as data. Policy, schema and limit are required fields, so a route that forgets one does not compile;
 * `mountRoutes` turns the list into Express handlers. The handler's result is the JSON answer.
 */
export type JsonRoute = {
  kind: 'json';
  method: 'get' | 'post';
  path: string;
  policy: RoutePolicy;
  /** Calls per minute for one agent (or one address where there is no agent); more are answered 429. */
  perMinute: number;
  body: z.ZodMiniType | null;
  params: Record<string, z.ZodMiniType<string>>;
  handle(request: RouteRequest<RoutePolicy, unknown>): Promise<unknown>;
};

/**
 * A body that is signed as the bytes it came in. The handler verifies the signature itself, before anything else.
 * `admit` sees the headers first and throws where no valid signature can follow, so that strangers' bodies are not read.
 * There is no rate limit: its 429 would lose what Zoom sends for good.
 */
export type SignedRoute = {
  kind: 'signed';
  method: 'post';
  path: string;
  policy: 'signature';
  /** Bytes; more are answered 413. */
  maxBytes: number;
  admit(headers: IncomingHttpHeaders): void;
  handle(request: { headers: IncomingHttpHeaders; body: Buffer }): Promise<unknown>;
};

/** An answer that does not end: the handler owns the response from here, and must have ended it when the server drains. */
export type StreamRoute = {
  kind: 'stream';
  method: 'get';
  path: string;
  policy: 'agent';
  perMinute: number;
  handle(request: { session: SignedIn; headers: IncomingHttpHeaders; response: ServerResponse }): Promise<void>;
};

export type Route = JsonRoute | SignedRoute | StreamRoute;

type RouteOf<Policy extends RoutePolicy, Schema extends z.ZodMiniType | null> = Omit<
  JsonRoute,
  'kind' | 'policy' | 'body' | 'handle' | 'params'
> & {
  policy: Policy;
  body: Schema;
  params?: Record<string, z.ZodMiniType<string>>;
  handle(request: RouteRequest<Policy, Schema extends z.ZodMiniType ? z.infer<Schema> : undefined>): Promise<unknown>;
};

/** Lets TypeScript infer the handler's body from the schema, then forgets it for the list. */
export function route<const Policy extends RoutePolicy, Schema extends z.ZodMiniType | null>(
  definition: RouteOf<Policy, Schema>,
): Route {
  // The cast is safe because mountRoutes calls a handler only with what its own schema and policy let through.
  return { kind: 'json', params: {}, ...definition } as unknown as Route;
}
