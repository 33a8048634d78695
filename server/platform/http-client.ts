import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, fetch, type Response } from 'undici';
import { type AddressGuard, isPublicAddress, mayReach } from './address-guard.ts';

/**
 * All requests to other servers. Nothing of a request or an answer is logged here, and failures are reduced to a code,
 * because their messages quote addresses.
 */
export type HttpRequest = {
  url: URL | string;
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT';
  headers?: Record<string, string>;
  body?: string;
  /** Replaces the client's. */
  maxBytes?: number;
  /** Gives up early: the outcome is `unreachable`, code `aborted`. */
  signal?: AbortSignal;
};

type HttpHeaders = { get(name: string): string | null };

/**
 * `ok`: 2xx; `json` is undefined when the body is empty. `http`: any other status, redirects included, which are not
 * followed; `json` where the body is JSON. `not-json`: 2xx with another body. `too-large`: reading was stopped.
 * `unreachable` with code `blocked`: the guard refused the address, and nothing was sent.
 */
export type HttpOutcome =
  | { kind: 'ok'; status: number; headers: HttpHeaders; json: unknown }
  | { kind: 'http'; status: number; headers: HttpHeaders; json?: unknown }
  | { kind: 'timeout' }
  | { kind: 'unreachable'; code: string }
  | { kind: 'too-large' }
  | { kind: 'not-json' };

export type HttpClient = {
  /** Never rejects. */
  send(request: HttpRequest): Promise<HttpOutcome>;
};

type HttpClientOptions = {
  /** Includes reading the whole body. */
  deadlineMs?: number;
  maxBytes?: number;
  /** Without it every address is allowed: only for addresses that the deployer alone chooses. */
  guard?: AddressGuard;
  lookup?: LookupFunction;
};

const blocked: HttpOutcome = { kind: 'unreachable', code: 'blocked' };

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { deadlineMs = 10_000, maxBytes = 1_048_576, guard, lookup = resolve } = options;
  // undici's fetch, not Node's: the two may be of different versions. Connections are pooled by origin, so one that was
  // opened for a host serves no other.
  const dispatcher = new Agent({
    connect: { timeout: deadlineMs, lookup: guard && !guard.allowPrivate ? lookupPublic(lookup) : lookup },
  });

  return {
    async send({ url, method = 'GET', headers = {}, body, signal, maxBytes: maxBodyBytes = maxBytes }) {
      if (guard && !mayReach(url, guard)) return blocked;
      const deadline = AbortSignal.timeout(deadlineMs);
      try {
        const response = await fetch(url, {
          method,
          headers: { accept: 'application/json', ...headers },
          redirect: 'manual',
          signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
          dispatcher,
          ...(body !== undefined && { body }),
        });
        const text = await readText(response, maxBodyBytes);
        return text === undefined ? { kind: 'too-large' } : toOutcome(response, text);
      } catch (error) {
        if (deadline.aborted) return { kind: 'timeout' };
        return { kind: 'unreachable', code: signal?.aborted ? 'aborted' : codeOf(error) };
      }
    },
  };
}

/**
 * Runs when a connection is opened, and the connection goes to the addresses it returns: no second look-up could return
 * others. A name that resolves to one private address among public ones is refused. IP addresses in URLs are not looked
 * up; no host rule matches them.
 */
function lookupPublic(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = Array.isArray(found) ? found : [{ address: found, family: 0 }];
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(Object.assign(new Error('blocked'), { code: 'blocked' }), []);
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/** Undefined when the body is larger. Counts decompressed bytes as they are read, not a header. */
async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body and closes the connection.
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function toOutcome({ ok, status, headers }: Response, text: string): HttpOutcome {
  const parsed = text.trim() === '' ? { json: undefined } : parseJson(text);
  if (!ok) return { kind: 'http', status, headers, ...parsed };
  return parsed ? { kind: 'ok', status, headers, json: parsed.json } : { kind: 'not-json' };
}

function parseJson(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** fetch wraps the error: `TypeError: fetch failed` with the system's error as its cause. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : 'failed';
}
