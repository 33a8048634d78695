/**
 * One connection to Zoom's WebSocket, from its beginning to its only end.
 *
 *   connecting ──opened──▶ building ──build_connection, success──▶ open ──▶ ended
 *        └───────────────────┴── refused, late, cut, closed; open also: silent ─▲
 *
 * While it is open, `heartbeat` is sent every 30 s, as text: a protocol ping means nothing to Zoom. Whatever comes counts
 * as heard; when nothing came for two intervals the connection is dead, though TCP may not know it for hours.
 *
 * Guaranteed: `built` and `ended` resolve once each. After `close` what was already on its way still arrives. Not
 * guaranteed: that Zoom had nothing more to say.
 *
 * Source: developers.zoom.us/docs/api/websockets. The token stands in the address, because Zoom takes it nowhere else; so
 * neither the address nor an error's message leaves this file, only the words of `SocketEnd`.
 */
import { WebSocket } from 'ws';
import type { Clock } from '../../platform/clock.ts';
import { heartbeatFrame, readFrame } from './socket-frame.ts';

export type SocketEnd = 'refused' | 'late' | 'silent' | 'cut' | 'closed';

export type SocketConnection = {
  built: Promise<'built' | SocketEnd>;
  ended: Promise<SocketEnd>;
  isOpen(): boolean;
  /** When anything last came, ms UTC. */
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
  const built = createOutcome<'built' | SocketEnd>();
  const ended = createOutcome<SocketEnd>();
  let state: 'building' | 'open' | 'ended' = 'building';
  let heardUntil = clock();
  let heart: NodeJS.Timeout | undefined;
  const patience = setTimeout(() => end('late'), limits.buildMs);
  let silence: NodeJS.Timeout | undefined;

  function end(reason: SocketEnd): void {
    if (state === 'ended') return;
    state = 'ended';
    for (const timer of [patience, heart, silence]) clearTimeout(timer);
    if (reason === 'closed' && socket.readyState === WebSocket.OPEN) socket.close(1000);
    // Its own patience is half a minute, and keeps the process from ending.
    setTimeout(() => socket.terminate(), reason === 'closed' ? 2_000 : 0).unref();
    built.settle(reason);
    ended.settle(reason);
  }

  function begin(): void {
    if (state !== 'building') return;
    state = 'open';
    clearTimeout(patience);
    heart = setInterval(() => socket.send(heartbeatFrame), limits.heartbeatMs);
    silence = setTimeout(() => end('silent'), 2 * limits.heartbeatMs);
    built.settle('built');
  }

  socket.on('message', (data) => {
    heardUntil = clock();
    silence?.refresh();
    const frame = readFrame(data.toString());
    if (frame.kind === 'built') begin();
    if (frame.kind === 'refused') end('refused');
    if (frame.kind === 'heartbeat') parts.onHeartbeat();
    if (frame.kind === 'message') parts.onMessage(frame.body);
    if (frame.kind === 'malformed') parts.onMalformed();
  });
  socket.on('unexpected-response', (_request, { statusCode = 0 }) => end(statusCode < 500 ? 'refused' : 'cut'));
  socket.on('error', () => end('cut'));
  socket.on('close', () => end('cut'));

  return {
    built: built.promise,
    ended: ended.promise,
    isOpen: () => state === 'open',
    lastMessageAt: () => heardUntil,
    close: () => end('closed'),
  };
}

function openSocket(of: { url: URL; subscriptionId: string; token: string; limits: ConnectionLimits }): WebSocket {
  const url = new URL(of.url);
  url.searchParams.set('subscriptionId', of.subscriptionId);
  url.searchParams.set('access_token', of.token);
  return new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: of.limits.maxFrameBytes,
    handshakeTimeout: of.limits.buildMs,
    followRedirects: false,
  });
}

function createOutcome<Value>() {
  let settle: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
