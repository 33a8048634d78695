import type { z } from 'zod/mini';
import type { Agent } from '#contract/session.ts';

/** What a handler is given: everything in it has passed a schema or was put there by the server. */
export type RouteRequest<Policy extends RoutePolicy, Body> = {
  params: Record<string, string>;
  body: Body;
  /** The session's agent. Only `public` routes have none. */
  agent: Policy extends 'agent' ? Agent : undefined;
  /** The peer's address as the socket saw it; `X-Forwarded-For` is not believed. */
  address: string;
};

/** `public`: anyone who reaches the server. `agent`: a live session is needed. */
export type RoutePolicy = 'public' | 'agent';

/**
 * One endpoint as data. Policy, schema and limit are required fields, so a route that forgets one does not compile;
 * `mountRoutes` turns the list into Express handlers. The handler's result is the JSON answer.
 */
export type Route = {
  method: 'get' | 'post';
  path: string;
  policy: RoutePolicy;
  /** Calls per minute for one agent (or one address where there is no agent); more are answered 429. */
  perMinute: number;
  body: z.ZodMiniType | null;
  params: Record<string, z.ZodMiniType<string>>;
  handle(request: RouteRequest<RoutePolicy, unknown>): Promise<unknown>;
};

type RouteOf<Policy extends RoutePolicy, Schema extends z.ZodMiniType | null> = Omit<
  Route,
  'policy' | 'body' | 'handle' | 'params'
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
  return { params: {}, ...definition } as unknown as Route;
}
