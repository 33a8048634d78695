import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { z } from 'zod/mini';
import type { AnswerOf, BodyOf, Endpoint, ParamsOf, QueryOf } from '#contract/endpoint.ts';
import type { Agent } from '#contract/session.ts';

export type SessionRole = 'agent' | 'supervisor' | 'admin' | 'auditor';
export type Role = SessionRole | 'flow';

/** The user of a live session. `sessionId` names the session and is no secret; `expiresAt` in ms UTC. */
export type SessionPrincipal<R extends SessionRole = SessionRole> = R extends SessionRole
  ? Agent & { role: R; sessionId: string; expiresAt: number }
  : never;

/** The authenticated caller of a route. `flow`: one of Zoom's flows, known by FLOW_TOKEN as the bearer. */
export type Principal = SessionPrincipal | { role: 'flow' };

/** The roles that may call a route; everybody else is refused. `public`: anyone who reaches the server. */
export type Access = 'public' | Role | readonly Role[];

export type PrincipalOf<A extends Access> = A extends 'public'
  ? undefined
  : Extract<Principal, { role: A extends readonly Role[] ? A[number] : A }>;

type Schema<Value = unknown> = z.ZodMiniType<Value>;

/**
 * One endpoint of the server as data: `mountRoutes` turns the list into Express handlers.
 * Params, query and body have passed their schemas when `handle` runs; its result is the JSON answer.
 */
export type JsonRoute = {
  kind: 'json';
  endpoint: Endpoint;
  role: Access;
  /** Calls per minute: of one user, or of one address for flows and public routes. Further calls are answered 429. */
  perMinute: number;
  params: Record<string, Schema<string>>;
  query: Schema | undefined;
  body: Schema | undefined;
  /** Of the body, in bytes; more are answered 413. By default the limit of the role (mount-routes.ts). */
  maxBytes?: number;
  /** Reads the caller's access to the engagement that the path names; throws where the route refuses it. */
  access: ((principal: Principal, engagementId: string) => Promise<unknown>) | undefined;
  handle(request: {
    params: Record<string, string>;
    query: unknown;
    body: unknown;
    access: unknown;
    principal: Principal | undefined;
    /** The peer's address as the socket saw it; `X-Forwarded-For` is ignored. */
    address: string;
  }): Promise<unknown>;
  /** The answer as JSON text; `JSON.stringify` by default. */
  serialize?(answer: unknown): string;
};

/**
 * A route whose body is signed, as received bytes. `checkHeaders` runs first and throws if the signature cannot be
 * valid, so that bodies of unauthenticated callers are not read; `handle` then verifies the signature. There is no rate
 * limit: Zoom repeats only events that were answered 5xx or not at all, so a 429 would lose the event.
 */
export type SignedRoute = {
  kind: 'signed';
  endpoint: Endpoint;
  role: 'signature';
  /** Bytes; more are answered 413. */
  maxBytes: number;
  checkHeaders(headers: IncomingHttpHeaders): void;
  handle(request: { headers: IncomingHttpHeaders; body: Buffer }): Promise<unknown>;
};

/** An answer that does not end: `handle` owns the response, and must have ended it when the server drains. */
export type StreamRoute = {
  kind: 'stream';
  endpoint: Endpoint;
  role: SessionRole;
  perMinute: number;
  handle(request: {
    principal: SessionPrincipal;
    headers: IncomingHttpHeaders;
    response: ServerResponse;
  }): Promise<void>;
};

export type Route = JsonRoute | SignedRoute | StreamRoute;

type Needed<Key extends string, Value> = [Value] extends [undefined]
  ? { [K in Key]?: never }
  : { [K in Key]: Schema<Value> };

/** A schema for each thing that the endpoint declares, and for nothing else. */
type SchemasOf<E> = Needed<'query', QueryOf<E>> &
  Needed<'body', BodyOf<E>> &
  (keyof ParamsOf<E> extends never ? { params?: never } : { params: Record<keyof ParamsOf<E>, Schema<string>> });

/** A route whose path names an engagement must read the caller's access to it; a flow has none. */
type AccessTo<E, A extends Access, Granted> = 'engagementId' extends keyof ParamsOf<E>
  ? { access: (principal: PrincipalOf<A>, engagementId: string) => Promise<Granted> }
  : { access?: never };

type Definition<E extends Endpoint, A extends Access, Granted> = SchemasOf<E> &
  AccessTo<E, A, Granted> & {
    role: A;
    perMinute: number;
    maxBytes?: number;
    handle(request: {
      params: ParamsOf<E>;
      query: QueryOf<E>;
      body: BodyOf<E>;
      access: Granted;
      principal: PrincipalOf<A>;
      address: string;
    }): Promise<AnswerOf<E>>;
    serialize?(answer: AnswerOf<E>): string;
  };

/** Checks the definition against the endpoint's types, then forgets them for the list. */
export function route<E extends Endpoint, const A extends Access, Granted = undefined>(
  endpoint: E,
  definition: Definition<E, A, Granted>,
): Route {
  // The cast is safe: mountRoutes calls a handler only with what its own schemas and role let through.
  return { kind: 'json', params: {}, ...definition, endpoint } as unknown as Route;
}
