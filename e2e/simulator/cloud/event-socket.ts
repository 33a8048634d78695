/*
 * Zoom's WebSocket for one event subscription.
 *
 *   connect ?subscriptionId&access_token ─▶ build_connection, success ─▶ heartbeats answered, events sent as they occur
 *                                        └▶ build_connection, failure ─▶ closed
 *
 * The newest connection wins: the one before it is closed. There is no buffer: an event that occurs without a
 * connection is never sent.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

type EventSocket = {
  /** A connection's first request, from the HTTP server's `upgrade`. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The body of a webhook. */
  send(body: string): void;
  /** Closes the connection and refuses new ones for `duration` ms. */
  cut(duration: number): void;
  stop(): void;
};

export function createEventSocket(options: {
  subscriptionId: string;
  isValidToken(token: string | null): boolean;
}): EventSocket {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  let current: WebSocket | null = null;
  let closedUntil = 0;

  function open(connection: WebSocket, query: URLSearchParams): void {
    connection.on('error', () => connection.terminate());
    const refusal = refusalOf(query, options);
    if (refusal !== null) {
      sendFrame(connection, { module: 'build_connection', success: false, content: refusal, header: {} });
      connection.close();
      return;
    }
    current?.close();
    current = connection;
    sendFrame(connection, { module: 'build_connection', success: true, content: 'success', header: {} });
    connection.on('message', (data) => {
      if (isHeartbeat(String(data)))
        sendFrame(connection, { module: 'heartbeat', success: true, content: 'live', header: {} });
    });
    connection.on('close', () => {
      if (current === connection) current = null;
    });
  }

  return {
    accept(request, socket, head) {
      const url = new URL(request.url ?? '/', 'ws://localhost');
      if (url.pathname !== '/ws' || Date.now() < closedUntil) {
        socket.destroy();
        return;
      }
      server.handleUpgrade(request, socket, head, (connection) => open(connection, url.searchParams));
    },
    send(body) {
      if (current) sendFrame(current, { module: 'message', content: body });
    },
    cut(duration) {
      closedUntil = Date.now() + duration;
      current?.terminate();
    },
    stop() {
      for (const connection of server.clients) connection.terminate();
      server.close();
    },
  };
}

function refusalOf(
  query: URLSearchParams,
  options: { subscriptionId: string; isValidToken(token: string | null): boolean },
): string | null {
  const token = query.get('access_token');
  if (!token) return 'token is empty';
  if (!options.isValidToken(token)) return 'Invalid Token';
  return query.get('subscriptionId') === options.subscriptionId ? null : 'Invalid subscription';
}

function isHeartbeat(text: string): boolean {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null && 'module' in frame && frame.module === 'heartbeat';
  } catch {
    return false;
  }
}

function sendFrame(connection: WebSocket, frame: Record<string, unknown>): void {
  connection.send(JSON.stringify(frame));
}
