/*
 * One stream of `GET /api/live`, from the request to its end, which is a value and never an error. Read by `fetch`, because
 * an EventSource can send no bearer. A stream that says nothing for two and a half keep-alives is given up: a connection
 * can die without anybody telling us.
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type EndReason, keepAliveMs, type LiveEvent, openLiveStream } from '#contract/live.ts';

/** Everything the stream tells but its own end. */
export type LiveNews = Exclude<LiveEvent, { type: 'end' }>;

export type StreamEnd =
  /** No answer, or one of a server that cannot serve now. */
  | { kind: 'unreached' }
  /** The bearer is not good (any more). */
  | { kind: 'refused' }
  /** A server, or something before it, that has no stream for us: it refused one, or let nothing of it through. */
  | { kind: 'absent' }
  /** It had begun, and broke off. */
  | { kind: 'cut' }
  | { kind: 'closed'; reason: EndReason };

type StreamRequest = {
  fetch: typeof fetch;
  bearer: string;
  /** The stream goes on after this id. */
  lastId: number | null;
  /** Aborted by whoever wants the stream to end, and by this file. */
  giveUp: AbortController;
};

type StreamListener = {
  onAnswered(): void;
  /** Something came, be it a mere keep-alive. */
  onSign(): void;
  onNews(news: LiveNews): void;
};

/** ms */
const answerWithin = 5_000;
export const silentFor = 2.5 * keepAliveMs;

export async function readStream(request: StreamRequest, listener: StreamListener): Promise<StreamEnd> {
  const { giveUp } = request;
  let begun: 'no' | 'answered' | 'speaking' = 'no';
  let timer = setTimeout(() => giveUp.abort(), answerWithin);
  try {
    const response = await ask(request);
    if (!isStream(response)) return refusalOf(response);
    begun = 'answered';
    listener.onAnswered();
    let closed: StreamEnd | null = null;
    const parser = createParser({
      onEvent(message) {
        const event = toLiveEvent(message);
        if (event?.type === 'end') closed = { kind: 'closed', reason: event.data.reason };
        else if (event !== null) listener.onNews(event);
      },
    });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    while (closed === null) {
      clearTimeout(timer);
      timer = setTimeout(() => giveUp.abort(), silentFor);
      const { done, value } = await reader.read();
      if (done) break;
      begun = 'speaking';
      listener.onSign();
      parser.feed(decoder.decode(value, { stream: true }));
    }
    return closed ?? { kind: 'cut' };
  } catch {
    if (begun === 'no') return { kind: 'unreached' };
    return { kind: begun === 'speaking' ? 'cut' : 'absent' };
  } finally {
    clearTimeout(timer);
    giveUp.abort();
  }
}

function ask({ fetch, bearer, lastId, giveUp }: StreamRequest): Promise<Response> {
  return fetch(openLiveStream.path, {
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${bearer}`,
      ...(lastId !== null && { 'last-event-id': String(lastId) }),
    },
    cache: 'no-store',
    credentials: 'omit',
    signal: giveUp.signal,
  });
}

function isStream(response: Response): response is Response & { body: ReadableStream<Uint8Array> } {
  const type = response.headers.get('content-type') ?? '';
  return response.ok && response.body !== null && type.startsWith('text/event-stream');
}

function refusalOf({ status }: Response): StreamEnd {
  if (status === 401) return { kind: 'refused' };
  return { kind: status >= 500 || status === 429 ? 'unreached' : 'absent' };
}

const endReasons: readonly string[] = ['signed-out', 'replaced', 'draining'] satisfies EndReason[];

/** Null for what this panel does not know: a newer server may say more. */
function toLiveEvent({ event, id, data }: EventSourceMessage): LiveEvent | null {
  // The contract is one file for both sides; the panel trusts its own server to keep to it.
  const parsed = JSON.parse(data);
  const eventId = Number(id);
  if (event === 'end') return endReasons.includes(parsed?.reason) ? { type: 'end', data: parsed } : null;
  if ((event !== 'engagement' && event !== 'reset') || id === undefined || !Number.isSafeInteger(eventId)) return null;
  return { type: event, id: eventId, data: parsed };
}
