import { createParser } from 'eventsource-parser';
import type { LiveEvent } from '#contract/live.ts';

/** A panel's end of a stream, for tests: opens it with fetch and keeps everything that comes. */
export type FakeStreamReader = {
  status: number;
  headers: Headers;
  /** In the order they came. */
  events: LiveEvent[];
  /** Comment lines so far. */
  comments(): number;
  /** The last id that came, as a panel would send it to resume. */
  lastEventId(): string | undefined;
  /** Resolves with the first event, come or still to come, that meets the condition; rejects after `ms`. */
  next(meets: (event: LiveEvent) => boolean, ms?: number): Promise<LiveEvent>;
  /** Resolves when the server has ended the stream or the connection broke. */
  closed: Promise<void>;
  close(): void;
};

export async function openFakeStream(parts: {
  url: string;
  token: string;
  lastEventId?: string | undefined;
}): Promise<FakeStreamReader> {
  const leaving = new AbortController();
  const response = await fetch(parts.url, {
    headers: {
      Authorization: `Bearer ${parts.token}`,
      ...(parts.lastEventId === undefined ? {} : { 'Last-Event-ID': parts.lastEventId }),
    },
    signal: leaving.signal,
  });
  const events: LiveEvent[] = [];
  const waiting = new Set<() => void>();
  let comments = 0;
  let lastEventId: string | undefined;

  const parser = createParser({
    onEvent({ id, event, data }) {
      lastEventId = id ?? lastEventId;
      const parsed = { type: event, ...(id === undefined ? {} : { id: Number(id) }), data: JSON.parse(data) };
      events.push(parsed as LiveEvent);
      for (const look of waiting) look();
    },
    onComment() {
      comments++;
    },
  });

  async function readAll(): Promise<void> {
    const text = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) parser.feed(text.decode(chunk, { stream: true }));
    } catch {
      // Aborted or broken: for a panel the same as ended.
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    events,
    comments: () => comments,
    lastEventId: () => lastEventId,
    closed: readAll(),
    close: () => leaving.abort(),
    next: (meets, ms = 5_000) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Not within ${ms} ms; came: ${events.map(({ type }) => type).join(', ')}`));
        }, ms);
        const look = () => {
          const found = events.find(meets);
          if (!found) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
