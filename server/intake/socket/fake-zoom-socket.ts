import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * Zoom's WebSocket for one event subscription, as far as its behavior is known: the newest connection wins, heartbeats
 * are answered, missed messages are not repeated. Faults are switches. Unlike Zoom's it runs without TLS.
 */
export type FakeZoomSocket = {
  url: URL;
  /** The tokens of all attempts, in order. */
  tried: (string | null)[];
  heartbeats: number;
  /** The number of built connections. */
  built: number;
  /** Answers to the next attempts instead of success, e.g. `Invalid Token`. */
  refusals: string[];
  /** HTTP statuses of the next attempts instead of an upgrade. */
  statuses: number[];
  /** Keeps connections open without answering anything. */
  isSilent: boolean;
  isValidToken(token: string): boolean;
  /** Sends a webhook's body; false without a connection. */
  send(body: string): boolean;
  sendRaw(text: string): void;
  /** Cuts the connection in the middle of a frame. */
  cut(): void;
  isConnected(): boolean;
  stop(): Promise<void>;
};

export async function createFakeZoomSocket(subscriptionId = 'sub-1'): Promise<FakeZoomSocket> {
  const http = createServer((_request, response) => response.writeHead(404).end());
  const server = new WebSocketServer({ noServer: true });
  let current: WebSocket | undefined;

  function refusalOf({ searchParams }: URL): string | undefined {
    const token = searchParams.get('access_token');
    fake.tried.push(token);
    if (fake.refusals.length > 0) return fake.refusals.shift();
    if (!token) return 'token is empty';
    if (!fake.isValidToken(token)) return 'Invalid Token';
    return searchParams.get('subscriptionId') === subscriptionId ? undefined : 'Invalid subscription';
  }

  function accept(connection: WebSocket, request: IncomingMessage): void {
    connection.on('error', () => connection.terminate());
    connection.on('message', (data) => {
      if (String(data) !== '{"module":"heartbeat"}') return;
      fake.heartbeats += 1;
      if (!fake.isSilent) sendFrame(connection, { module: 'heartbeat', success: true, content: 'live', header: {} });
    });
    const refusal = refusalOf(new URL(request.url ?? '/', 'ws://localhost'));
    if (fake.isSilent) return;
    if (refusal !== undefined) {
      sendFrame(connection, { module: 'build_connection', success: false, content: refusal, header: {} });
      connection.close();
      return;
    }
    current?.close();
    current = connection;
    fake.built += 1;
    connection.on('close', () => {
      if (current === connection) current = undefined;
    });
    sendFrame(connection, { module: 'build_connection', success: true, content: 'success', header: {} });
  }

  http.on('upgrade', (request, socket, head) => {
    const status = fake.statuses.shift();
    if (status !== undefined) socket.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    else server.handleUpgrade(request, socket, head, (connection) => accept(connection, request));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

  const fake: FakeZoomSocket = {
    url: new URL(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`),
    tried: [],
    heartbeats: 0,
    built: 0,
    refusals: [],
    statuses: [],
    isSilent: false,
    isValidToken: () => true,
    send(body) {
      if (current?.readyState !== WebSocket.OPEN) return false;
      sendFrame(current, { module: 'message', content: body });
      return true;
    },
    sendRaw: (text) => current?.send(text),
    cut() {
      // The header promises 100 bytes; five follow.
      for (const connection of server.clients) {
        const { _socket: socket } = connection as unknown as {
          _socket: NodeJS.WritableStream & { destroySoon(): void };
        };
        socket.write(Buffer.from([0x81, 100, ...Buffer.from('{"mod')]));
        socket.destroySoon();
      }
    },
    isConnected: () => current?.readyState === WebSocket.OPEN,
    async stop() {
      for (const connection of server.clients) connection.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return fake;
}

function sendFrame(connection: WebSocket, frame: Record<string, unknown>): void {
  connection.send(JSON.stringify(frame));
}
