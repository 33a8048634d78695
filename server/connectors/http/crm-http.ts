import type * as z from 'zod';
import type { Failure, Outcome } from '../port/outcome.ts';

/** How a connection proves who it is. */
export type Authorization =
  /** The header's whole value, such as `Bearer …` or `Basic …`. */
  | { kind: 'fixed'; header: string }
  /** A token that is asked for, kept, and asked for again when it ends or is not taken any more. */
  | { kind: 'token'; request(): TokenRequest }
  /** Nothing to prove: the built-in directory. */
  | { kind: 'none' };

/**
 * Asks for a token: a POST of a form to `url`. The answer's `access_token` is the bearer; `expires_in` (s), where it is
 * there, its life. `baseUrlFrom` names a field of the answer that says where requests go from now on (`instance_url`).
 */
export type TokenRequest = {
  url: string;
  form: Record<string, string>;
  headers?: Record<string, string>;
  baseUrlFrom?: string;
  /** Whose token it is, where the form does not say it: an assertion is signed anew each time. Not sent. */
  identity?: string;
};

export type CrmRequest = {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** After the connection's base, with its leading slash. */
  path: string;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Another of the definition's limits that this request counts against, such as `search`. */
  limit?: string;
  /** Statuses that mean "there is no such thing" (`not-found`) and not a failure. 404 is one of them only where it is named. */
  notFoundStatuses?: number[];
  /** ms; at most and by default 10,000. */
  deadlineMs?: number;
};

/** What a vendor's answer means, or undefined where its status says enough. Asked of every answer: some say 200 to errors. */
export type ReadProblem = (answer: {
  status: number;
  headers: { get(name: string): string | null };
  json: unknown;
}) => Failure['kind'] | undefined;

/** A connection's way to its CRM. */
export type CrmHttp = {
  /** `found` with what the schema made of a 2xx answer; `invalid` when it does not fit. Never rejects. */
  ask<Schema extends z.ZodType>(request: CrmRequest, schema: Schema): Promise<Outcome<z.infer<Schema>>>;
};
