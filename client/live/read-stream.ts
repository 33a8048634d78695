/*
 * One stream of `GET /api/live`, from the request to its end, which is a value and never an error. Read by `fetch`,
 * because an EventSource cannot send a bearer. A stream without bytes for two and a half keep-alives is aborted: a dead
 * connection is otherwise undetected.
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type EndReason, keepAliveMs, type LiveEvent, openLiveStream } from '#contract/live.ts';

/** Every event of the stream except its end. */
export type StreamEvent = Exclude<LiveEvent, { type: 'end' }>;

export type StreamEnd =
  /** No answer, or a server that cannot serve now. */
  | { kind: 'unreached' }
  /** The bearer is invalid or has expired. */
  | { kind: 'unauthenticated' }
  /** The server, or a proxy before it, has no stream: it refused, or passed no bytes. */
  | { kind: 'absent' }
  /** The stream began and broke off. */
  | { kind: 'cut' }
  | { kind: 'closed'; reason: EndReason };

type StreamRequest = {
  fetch: typeof fetch;
  bearer: string;
  /** The stream resumes after this id. */
  lastId: number | null;
  /** Ends the stream; also aborted here when it is over. */
  abort: AbortController;
};

type StreamListener = {
  onAnswered(): void;
  /** Bytes arrived, keep-alives included. */
  onBytes(): void;
  onStreamEvent(event: StreamEvent): void;
};

/** ms */
const answerTimeoutMs = 5_000;
export const silenceTimeoutMs = 2.5 * keepAliveMs;

export async function readStream(request: StreamRequest, listener: StreamListener): Promise<StreamEnd> {
  const { abort } = request;
  let progress: 'none' | 'answered' | 'receiving' = 'none';
  let timer = setTimeout(() => abort.abort(), answerTimeoutMs);
  try {
    const response = await fetchStream(request);
    if (!isStream(response)) return refusalOf(response);
    progress = 'answered';
    listener.onAnswered();
    let closed: StreamEnd | null = null;
    const parser = createParser({
      onEvent(message) {
        const event = toLiveEvent(message);
        if (event?.type === 'end') closed = { kind: 'closed', reason: event.data.reason };
        else if (event !== null) listener.onStreamEvent(event);
      },
    });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    while (closed === null) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), silenceTimeoutMs);
      const { done, value } = await reader.read();
      if (done) break;
      progress = 'receiving';
      listener.onBytes();
      parser.feed(decoder.decode(value, { stream: true }));
    }
    return closed ?? { kind: 'cut' };
  } catch {
    if (progress === 'none') return { kind: 'unreached' };
    return { kind: progress === 'receiving' ? 'cut' : 'absent' };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function fetchStream({ fetch, bearer, lastId, abort }: StreamRequest): Promise<Response> {
  return fetch(openLiveStream.path, {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${bearer}`,
      ...(lastId !== null && { 'last-event-id': String(lastId) }),
    },
    cache: 'no-store',
    credentials: 'omit',
    signal: abort.signal,
  });
}

function isStream(response: Response): response is Response & { body: ReadableStream<Uint8Array> } {
  const type = response.headers.get('content-type') ?? '';
  return response.ok && response.body !== null && type.startsWith('text/event-stream');
}

function refusalOf({ status }: Response): StreamEnd {
  if (status === 401) return { kind: 'unauthenticated' };
  return { kind: status >= 500 || status === 429 ? 'unreached' : 'absent' };
}

const endReasons: readonly string[] = ['signed-out', 'replaced', 'draining'] satisfies EndReason[];

/** Null for an event that this panel does not know: the server may be newer. */
function toLiveEvent({ event, id, data }: EventSourceMessage): LiveEvent | null {
  // Both sides share the contract, so the panel trusts its own server.
  const parsed = JSON.parse(data);
  const eventId = Number(id);
  if (event === 'end') return endReasons.includes(parsed?.reason) ? { type: 'end', data: parsed } : null;
  if ((event !== 'engagement' && event !== 'reset') || id === undefined || !Number.isSafeInteger(eventId)) return null;
  return { type: event, id: eventId, data: parsed };
}
