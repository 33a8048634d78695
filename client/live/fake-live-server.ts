/*
 * A stateful fake of the server's side of `GET /api/live`: a log of events, open streams, and failures of the network.
 * It never drops an event, so it sends `reset` only without a last id or after `forget`.
 */

import type { EndReason } from '#contract/live.ts';
import type { EngagementView } from '#contract/view.ts';
import type { FakeServer } from '../api/fake-server.ts';

type Stream = { controller: ReadableStreamDefaultController<Uint8Array>; lastId: string | null };

type Failure = (signal: AbortSignal) => Response | Promise<Response>;

export function createFakeLiveServer(server: FakeServer) {
  const log: { id: number; view: EngagementView }[] = [];
  const open = new Set<Stream>();
  const asked: (string | null)[] = [];
  const encoder = new TextEncoder();
  let failure: Failure | null = null;
  let newestId = 1_000;
  let oldestId = 0;

  const write = ({ controller }: Stream, text: string) => controller.enqueue(encoder.encode(text));
  const newest = () => [...new Map(log.map(({ view }) => [view.engagementId, view])).values()];
  const say = (event: string, data: unknown, id?: number) =>
    `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

  function answer(signal: AbortSignal, lastId: string | null): Response {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const stream = { controller, lastId };
        open.add(stream);
        signal.addEventListener('abort', () => close(stream, 'broken'));
        if (lastId === null || Number(lastId) < oldestId) write(stream, say('reset', { views: newest() }, newestId));
        else for (const { id, view } of log) if (id > Number(lastId)) write(stream, say('engagement', view, id));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  function close(stream: Stream, end: 'ended' | 'broken'): void {
    if (!open.delete(stream)) return;
    if (end === 'ended') stream.controller.close();
    else stream.controller.error(new TypeError('network error'));
  }

  server.serve((signal, path, headers) => {
    if (path !== '/api/live') return Response.json({ kind: 'served' });
    const lastId = headers.get('last-event-id');
    asked.push(lastId);
    return failure?.(signal) ?? answer(signal, lastId);
  });

  return {
    /** The last id that came with each request, in order. */
    asked,
    streams: () => open.size,
    push(view: EngagementView) {
      newestId += 1;
      log.push({ id: newestId, view });
      for (const stream of open) write(stream, say('engagement', view, newestId));
    },
    /** Sent again, as a server may after a resume. */
    repeat() {
      for (const stream of open) for (const { id, view } of log) write(stream, say('engagement', view, id));
    },
    keepAlive() {
      for (const stream of open) write(stream, ': \n\n');
    },
    write(text: string) {
      for (const stream of open) write(stream, text);
    },
    cut() {
      for (const stream of [...open]) close(stream, 'broken');
    },
    end(reason: EndReason) {
      for (const stream of [...open]) {
        write(stream, say('end', { reason }));
        close(stream, 'ended');
      }
    },
    /** Every stream breaks and the next requests are answered so, until `recover`. */
    fail(next: Failure) {
      failure = next;
      this.cut();
    },
    recover() {
      failure = null;
    },
    forget() {
      oldestId = newestId + 1;
    },
  };
}
