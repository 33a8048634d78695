import type { ServerResponse } from 'node:http';
import type { EndReason } from '#contract/live.ts';
import type { SessionPrincipal } from '../../platform/http/route.ts';
import { keepAliveFrame, toFrame } from './frames.ts';
import type { ViewFrames } from './view-frames.ts';

/** Why a stream is over, in the words of the metrics. */
export type CloseReason = EndReason | 'slow' | 'gone';

export type Stream = ReturnType<typeof createStream>;

export type StreamLimits = {
  /** ms between comments. */
  keepAliveMs: number;
  /** ms that a reader may take for what was written before it is cut. */
  slowMs: number;
  /** ms for the `end` to leave before the connection is closed over it. */
  endMs: number;
};

/**
 * One panel's stream.
 *
 *   opening ─ begin ─▶ open ─ end · slow reader · connection lost ─▶ closed
 *
 * While it opens, changes are only noted. While it is open, they are sent one after the other: the view is composed when
 * its turn comes and the reader has taken what was written before, so a slow reader costs one frame of memory and gets
 * the newest, and nobody waits for it.
 *
 * `pending` holds each engagement once, under its newest id, in the order of the ids. So an id is sent only after every
 * smaller one was sent or is about to be replaced by a greater one: whoever resumes after it misses nothing.
 *
 * A view that cannot be composed stays pending and is tried again at the next `tick`.
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
  /** The id of a snapshot that is still to be sent, before anything pending. */
  let resetAt: number | undefined;
  let state: 'opening' | 'open' | 'closed' = 'opening';
  let isSending = false;
  /** Since when the reader has not taken what was written, by performance.now(). */
  let blockedSince: number | undefined;
  let keptAliveAt = performance.now();

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
  // A connection that breaks under a write; `close` follows and says all there is to say.
  response.on('error', () => {});

  function sendHead(): void {
    if (response.headersSent) return;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // nginx would collect what is written until a buffer is full.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
  }

  function write(frame: Buffer): void {
    if (!response.write(frame)) blockedSince ??= performance.now();
  }

  const isReady = () => state === 'open' && blockedSince === undefined && (resetAt !== undefined || pending.size > 0);

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
    if (resetAt !== undefined) return sendReset(resetAt);
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
    if (resetAt === id) resetAt = undefined;
    write(frame);
    parts.onSent('reset');
  }

  /** Nothing is written past the session's end, however long a view took to compose. */
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
    // Who has not taken the last frame will not take this one either.
    const isBlocked = blockedSince !== undefined;
    close(reason);
    if (isBlocked) return void response.destroy();
    sendHead();
    const over = setTimeout(() => response.destroy(), limits.endMs);
    void closed.then(() => clearTimeout(over));
    response.end(toFrame({ type: 'end', data: { reason } }));
  }

  return {
    session,
    agent,
    /** Resolves once the connection is done with this stream. */
    closed,

    /** An engagement changed. Ids come in their order. */
    offer(engagementId: string, id: number): void {
      if (state === 'closed') return;
      // A Map keeps the place of a key it knows; the newest goes last.
      pending.delete(engagementId);
      pending.set(engagementId, id);
      void send();
    },

    /** Goes on after `lastId`; `missed` holds what changed since, by engagement, in the order of the ids. */
    resume(lastId: number, missed: Map<string, number>): void {
      if (state !== 'opening') return;
      const newest = new Map([...missed, ...pending]);
      pending = new Map([...newest].filter(([, id]) => id > lastId).sort(([, a], [, b]) => a - b));
      begin();
    },

    /** Sends everything anew, as it is at `id` or later. What changed up to then is in it. */
    reset(id: number): void {
      if (state === 'closed') return;
      pending.clear();
      resetAt = id;
      begin();
    },

    /** Once a second or so. */
    tick(tickMs: number): void {
      if (!mayWrite()) return;
      const moment = performance.now();
      if (blockedSince === undefined) {
        if (moment - keptAliveAt > limits.keepAliveMs - tickMs) {
          keptAliveAt = moment;
          write(keepAliveFrame);
        }
        void send();
        return;
      }
      if (moment - blockedSince < limits.slowMs) return;
      close('slow');
      response.destroy();
    },

    end,

    /** Leaves the response to whoever answers the failure to open it. */
    abandon: () => close('gone'),
  };

  function begin(): void {
    state = 'open';
    sendHead();
    void send();
  }
}
