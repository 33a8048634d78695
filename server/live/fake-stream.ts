import { createParser } from 'eventsource-parser';
import type { LiveEvent } from '#contract/live.ts';

/** A panel's end of a stream, for tests: opens it with fetch and records every event. */
type FakeStream = {
  status: number;
  headers: Headers;
  /** In order of arrival. */
  events: LiveEvent[];
  /** Comment lines so far. */
  comments(): number;
  /** The last id, as a panel sends it to resume. */
  lastEventId(): string | undefined;
  /** Resolves with the first event, past or future, that matches; rejects after `ms`. */
  next(matches: (event: LiveEvent) => boolean, ms?: number): Promise<LiveEvent>;
  /** Resolves when the server has ended the stream or the connection broke. */
  closed: Promise<void>;
  close(): void;
};

export async function openFakeStream(parts: {
  url: string;
  token: string;
  lastEventId?: string | undefined;
}): Promise<FakeStream> {
  const closing = new AbortController();
  const response = await fetch(parts.url, {
    headers: {
      Authorization: `Bearer ${parts.token}`,
      ...(parts.lastEventId === undefined ? {} : { 'Last-Event-ID': parts.lastEventId }),
    },
    signal: closing.signal,
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
      for (const check of waiting) check();
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
      // An aborted or broken stream is treated as ended.
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    events,
    comments: () => comments,
    lastEventId: () => lastEventId,
    closed: readAll(),
    close: () => closing.abort(),
    next: (matches, ms = 5_000) =>
      new Promise((resolve, reject) => {
        const timeout = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`Not within ${ms} ms; received: ${events.map(({ type }) => type).join(', ')}`));
        }, ms);
        const check = () => {
          const found = events.find(matches);
          if (!found) return;
          clearTimeout(timeout);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}
