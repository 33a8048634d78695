/**
 * One connection to Zoom's WebSocket, from opening to its end.
 *
 *   building ──build_connection, success──▶ open ──▶ ended
 *      └────────────────────────────────────────────▲
 *   Ends: refused, timeout (building only), no-messages (open only), connection-lost, closed
 *
 * While it is open, a `heartbeat` is sent every 30 s as a text frame; Zoom ignores protocol pings. Any message counts
 * as a sign of life; after two intervals without one the connection ends as `no-messages`. TCP may not report such a
 * loss for hours.
 *
 * Guaranteed: `built` and `ended` resolve once each; messages in transit still arrive after `close`. Not guaranteed:
 * that Zoom has sent everything before the end.
 *
 * Source: developers.zoom.us/docs/api/websockets. Zoom takes the token only in the URL, so neither the URL nor an error
 * message leaves this file, only the codes of `SocketEnd`.
 */
import { WebSocket } from 'ws';
import type { Clock } from '../../platform/clock.ts';
import { heartbeatFrame, readSocketFrame } from './socket-frame.ts';

type SocketEnd = 'refused' | 'timeout' | 'no-messages' | 'connection-lost' | 'closed';

export type SocketConnection = {
  built: Promise<'built' | SocketEnd>;
  ended: Promise<SocketEnd>;
  isOpen(): boolean;
  /** The time of the last message, ms UTC. */
  lastMessageAt(): number;
  close(): void;
};

export type ConnectionLimits = { heartbeatMs: number; buildMs: number; maxFrameBytes: number };

export function connectSocket(parts: {
  url: URL;
  subscriptionId: string;
  token: string;
  clock: Clock;
  limits: ConnectionLimits;
  onMessage(body: string): void;
  onMalformed(): void;
  onHeartbeat(): void;
}): SocketConnection {
  const { clock, limits } = parts;
  const socket = openSocket(parts);
  const built = createDeferred<'built' | SocketEnd>();
  const ended = createDeferred<SocketEnd>();
  let state: 'building' | 'open' | 'ended' = 'building';
  let lastMessageAt = clock();
  let heartbeat: NodeJS.Timeout | undefined;
  const buildTimeout = setTimeout(() => end('timeout'), limits.buildMs);
  let silenceTimeout: NodeJS.Timeout | undefined;

  function end(reason: SocketEnd): void {
    if (state === 'ended') return;
    state = 'ended';
    for (const timer of [buildTimeout, heartbeat, silenceTimeout]) clearTimeout(timer);
    if (reason === 'closed' && socket.readyState === WebSocket.OPEN) socket.close(1000);
    // ws waits 30 s by itself, during which the process cannot exit.
    setTimeout(() => socket.terminate(), reason === 'closed' ? 2_000 : 0).unref();
    built.settle(reason);
    ended.settle(reason);
  }

  function begin(): void {
    if (state !== 'building') return;
    state = 'open';
    clearTimeout(buildTimeout);
    heartbeat = setInterval(() => socket.send(heartbeatFrame), limits.heartbeatMs);
    silenceTimeout = setTimeout(() => end('no-messages'), 2 * limits.heartbeatMs);
    built.settle('built');
  }

  socket.on('message', (data) => {
    lastMessageAt = clock();
    silenceTimeout?.refresh();
    const frame = readSocketFrame(data.toString());
    if (frame.kind === 'built') begin();
    if (frame.kind === 'refused') end('refused');
    if (frame.kind === 'heartbeat') parts.onHeartbeat();
    if (frame.kind === 'message') parts.onMessage(frame.body);
    if (frame.kind === 'malformed') parts.onMalformed();
  });
  socket.on('unexpected-response', (_request, { statusCode = 0 }) =>
    end(statusCode < 500 ? 'refused' : 'connection-lost'),
  );
  socket.on('error', () => end('connection-lost'));
  socket.on('close', () => end('connection-lost'));

  return {
    built: built.promise,
    ended: ended.promise,
    isOpen: () => state === 'open',
    lastMessageAt: () => lastMessageAt,
    close: () => end('closed'),
  };
}

function openSocket(parts: { url: URL; subscriptionId: string; token: string; limits: ConnectionLimits }): WebSocket {
  const url = new URL(parts.url);
  url.searchParams.set('subscriptionId', parts.subscriptionId);
  url.searchParams.set('access_token', parts.token);
  return new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: parts.limits.maxFrameBytes,
    handshakeTimeout: parts.limits.buildMs,
    followRedirects: false,
  });
}

function createDeferred<Value>() {
  let settle: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
