/**
 * Every request of the server to somebody else's. Nothing of a request or an answer is logged here, and of a failure
 * only a code leaves, for messages of failures quote addresses.
 */
export type HttpRequest = {
  url: URL | string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Gives up early: the outcome is `unreachable`, code `aborted`. */
  signal?: AbortSignal;
};

/**
 * `ok`: 2xx; `json` is undefined when the body is empty. `http`: any other status, redirects too, which are not followed;
 * `json` where the body is JSON. `not-json`: 2xx with something else. `too-large`: reading was stopped.
 */
export type HttpOutcome =
  | { kind: 'ok'; status: number; headers: Headers; json: unknown }
  | { kind: 'http'; status: number; headers: Headers; json?: unknown }
  | { kind: 'timeout' }
  | { kind: 'unreachable'; code: string }
  | { kind: 'too-large' }
  | { kind: 'not-json' };

export type HttpClient = {
  /** Never rejects. */
  send(request: HttpRequest): Promise<HttpOutcome>;
};

/** `deadlineMs` counts until the whole body is there. */
export function createHttpClient({ deadlineMs = 10_000, mostBytes = 1_048_576 } = {}): HttpClient {
  return {
    async send({ url, method = 'GET', headers = {}, body, signal }) {
      const deadline = AbortSignal.timeout(deadlineMs);
      try {
        const response = await fetch(url, {
          method,
          headers: { accept: 'application/json', ...headers },
          redirect: 'manual',
          signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
          ...(body !== undefined && { body }),
        });
        const text = await readText(response, mostBytes);
        return text === undefined ? { kind: 'too-large' } : toOutcome(response, text);
      } catch (error) {
        if (deadline.aborted) return { kind: 'timeout' };
        return { kind: 'unreachable', code: signal?.aborted ? 'aborted' : codeOf(error) };
      }
    },
  };
}

/** Undefined when there is more. What is read counts, not what a header announces, and after decompression. */
async function readText(response: Response, mostBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body, and with it the connection.
    if (bytes > mostBytes) return undefined;
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

/** fetch wraps the reason: `TypeError: fetch failed` with the system's error as its cause. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : 'failed';
}
