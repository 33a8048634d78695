import type { ServerResponse } from 'node:http';
import type { EndReason } from '#contract/live.ts';
import type { SessionPrincipal } from '../../platform/http/route.ts';
import { keepAliveFrame, toFrame } from './frames.ts';
import type { ViewFrames } from './view-frames.ts';

/** Why a stream ended; a label of the metrics. */
type CloseReason = EndReason | 'slow' | 'gone' | 'failed';

export type Stream = ReturnType<typeof createStream>;

type StreamLimits = {
  /** ms between comments. */
  keepAliveMs: number;
  /** ms a reader may block on one frame before its stream is closed. */
  slowMs: number;
  /** ms for the `end` frame to be sent before the connection is closed. */
  endMs: number;
};

/**
 * One panel's stream.
 *
 *   opening ─ begin ─▶ open ─ end · slow reader · connection lost ─▶ closed
 *
 * While opening, changes are only enqueued. While open, they are sent one at a time: a view is composed after the
 * reader took the previous frame, so a slow reader costs one frame of memory and gets the newest state.
 *
 * `pending` holds each engagement once, under its newest id, in id order. An id is sent only after every smaller one
 * was sent or replaced by a greater one, so a panel that resumes after it misses nothing.
 *
 * A view that cannot be composed stays pending until the next `tick`.
 */
export function createStream(parts: {
  session: SessionPrincipal;
  response: ServerResponse;
  frames: ViewFrames;
  limits: StreamLimits;
  now(): number;
  onSent(type: 'engagement' | 'reset'): void;
  onClosed(reason: CloseReason): void;
  onFailure(error: unknown): void;
}) {
  const { session, response, frames, limits, now } = parts;
  const agent = { account: session.account, uid: session.uid };
  let pending = new Map<string, number>();
  /** The id of a snapshot to send before anything pending. */
  let resetId: number | undefined;
  let state: 'opening' | 'open' | 'closed' = 'opening';
  let isSending = false;
  /** Since when the reader has been blocked, by performance.now(). */
  let blockedSince: number | undefined;
  let lastKeepAliveAt = performance.now();

  response.on('drain', () => {
    blockedSince = undefined;
    void send();
  });
  const closed = new Promise<void>((resolve) => {
    response.once('close', () => {
      close('gone');
      resolve();
    });
  });
  // A failed write: `close` follows and is handled.
  response.on('error', () => {});

  function sendHead(): void {
    if (response.headersSent) return;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // Without it, nginx buffers the frames.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
  }

  function write(frame: Buffer): void {
    if (!response.write(frame)) blockedSince ??= performance.now();
  }

  const isReady = () => state === 'open' && blockedSince === undefined && (resetId !== undefined || pending.size > 0);

  async function send(): Promise<void> {
    if (isSending) return;
    isSending = true;
    try {
      while (isReady()) await sendNext();
    } catch (error) {
      parts.onFailure(error);
    } finally {
      isSending = false;
    }
  }

  async function sendNext(): Promise<void> {
    if (resetId !== undefined) return sendReset(resetId);
    const [next] = pending;
    if (!next) return;
    const [engagementId, id] = next;
    const frame = await frames.engagement(agent, engagementId, id);
    if (!mayWrite()) return;
    if (pending.get(engagementId) === id) pending.delete(engagementId);
    if (!frame) return;
    write(frame);
    parts.onSent('engagement');
  }

  async function sendReset(id: number): Promise<void> {
    const frame = await frames.reset(agent, id);
    if (!mayWrite()) return;
    if (resetId === id) resetId = undefined;
    write(frame);
    parts.onSent('reset');
  }

  /** False past the end of the session, however long a view took to compose. */
  function mayWrite(): boolean {
    if (state === 'open' && now() >= session.expiresAt) end('signed-out');
    return state === 'open';
  }

  function close(reason: CloseReason): void {
    if (state === 'closed') return;
    state = 'closed';
    pending.clear();
    parts.onClosed(reason);
  }

  function end(reason: EndReason): void {
    if (state === 'closed') return;
    // A blocked reader would not receive the end frame.
    const isBlocked = blockedSince !== undefined;
    close(reason);
    if (isBlocked) return void response.destroy();
    sendHead();
    const timeout = setTimeout(() => response.destroy(), limits.endMs);
    void closed.then(() => clearTimeout(timeout));
    response.end(toFrame({ type: 'end', data: { reason } }));
  }

  return {
    session,
    agent,
    /** Resolves once the connection is closed. */
    closed,

    /** Enqueues a changed engagement. Call in id order. */
    enqueue(engagementId: string, id: number): void {
      if (state === 'closed') return;
      // Setting a known key keeps its place in a Map; the newest must come last.
      pending.delete(engagementId);
      pending.set(engagementId, id);
      void send();
    },

    /** Continues after `lastId`. `missed`: the changes since, by engagement, in the order of the ids. */
    resume(lastId: number, missed: Map<string, number>): void {
      if (state !== 'opening') return;
      const newest = new Map([...missed, ...pending]);
      pending = new Map([...newest].filter(([, id]) => id > lastId).sort(([, a], [, b]) => a - b));
      begin();
    },

    /** Sends all open engagements, as of `id` or later. */
    reset(id: number): void {
      if (state === 'closed') return;
      pending.clear();
      resetId = id;
      begin();
    },

    /** Call every `tickMs`: sends keep-alives and pending views, and closes the stream of a slow reader. */
    tick(tickMs: number): void {
      if (!mayWrite()) return;
      const time = performance.now();
      if (blockedSince === undefined) {
        if (time - lastKeepAliveAt > limits.keepAliveMs - tickMs) {
          lastKeepAliveAt = time;
          write(keepAliveFrame);
        }
        void send();
        return;
      }
      if (time - blockedSince < limits.slowMs) return;
      close('slow');
      response.destroy();
    },

    end,

    /** Leaves the response to the caller, which sends the error. */
    abandon: () => close('failed'),
  };

  function begin(): void {
    state = 'open';
    sendHead();
    void send();
  }
}
