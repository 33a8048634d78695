import type * as z from 'zod';
import type { Failure, Outcome } from '../port/outcome.ts';

/** How a connection authenticates. */
export type Authorization =
  /** `header`: the whole value, such as `Bearer …` or `Basic …`. */
  | { kind: 'fixed'; header: string }
  /** An access token, requested when there is none, when it expires and after a 401. */
  | { kind: 'token'; request(): TokenRequest }
  /** For the built-in directory. */
  | { kind: 'none' };

/**
 * An OAuth token request: `form` is posted to `url`, and `access_token` of the answer becomes the bearer for
 * `expires_in` s. `baseUrlFrom` names a field of the answer that holds the base URL of later requests
 * (`instance_url`).
 */
export type TokenRequest = {
  url: string;
  form: Record<string, string>;
  headers?: Record<string, string>;
  baseUrlFrom?: string;
  /** Identifies the token's owner if the form does not (each assertion is signed anew). Not sent. */
  identity?: string;
};

/**
 * Kinds of requests that fail apart: each has a circuit breaker of its own, and a pause of its own after a 429.
 *
 *   lookup    customers by an identifier that the vendor has indexed
 *   scan      customers by a phone number, which most vendors compare with every record
 *   mailbox   customers by a pattern for the other addresses of a mailbox, which also matches others
 *   inside    customers by an e-mail address inside a field that holds several, compared with every record
 *   search    customers by the words that an agent types
 *   optional  only saves time
 *   read      cards
 *   write     logs an activity, with the reads that belong to it
 *   schema    fields, rights and settings of the account
 */
export type RequestKind =
  | 'lookup'
  | 'scan'
  | 'mailbox'
  | 'inside'
  | 'search'
  | 'optional'
  | 'read'
  | 'write'
  | 'schema';

export type CrmRequest = {
  /** `read` for GET and `write` for the others, unless `ofKind` names another. */
  kind?: RequestKind;
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Relative to the connection's base URL, with a leading slash. */
  path: string;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** A limit of the definition that this request counts against besides `default`, such as `search`. */
  limit?: string;
  /** Only saves time: answered `rate-limited` and not sent unless its limits have room for another one beside it. */
  isOptional?: boolean;
  /** The schema then receives `{ headers, body }`, with these headers of the answer by their names in lower case. */
  withHeaders?: string[];
  /** Statuses that mean `not-found` and not a failure. 404 only if listed. */
  notFoundStatuses?: number[];
  /** At most 10,000, which is the default. */
  deadlineMs?: number;
  /** Larger answers are `invalid`. 1 MiB by default; `maxSchemaBytes` for descriptions of objects. */
  maxBytes?: number;
};

/** Real accounts describe an object with thousands of fields in several megabytes. */
export const maxSchemaBytes = 8_388_608;

/**
 * The failure that an answer means, by default with the reason `http-<status>`; undefined: its status decides. Called
 * for every answer, since some errors are 200.
 */
export type ReadProblem = (answer: {
  status: number;
  headers: { get(name: string): string | null };
  json: unknown;
}) => Failure['kind'] | Extract<Failure, { reason: string }> | undefined;

/** The HTTP client of one connection. */
export type CrmHttp = {
  /** `found` with the parsed 2xx answer, `invalid` if it does not fit the schema. Never rejects. */
  request<Schema extends z.ZodType>(request: CrmRequest, schema: Schema): Promise<Outcome<z.infer<Schema>>>;
};

/** The same client for requests of one kind; a request that names its own kind keeps it. */
export function ofKind(crm: CrmHttp, kind: RequestKind): CrmHttp {
  return { request: (request, schema) => crm.request({ kind, ...request }, schema) };
}
