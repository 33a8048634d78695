import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * Zoom's WebSocket for one event subscription, as far as it is known: the newest connection wins, heartbeats are
 * answered, nothing is kept for later. What goes wrong is a switch. Not as in Zoom: it runs without TLS.
 */
export type FakeZoomSocket = {
  url: URL;
  /** The tokens of all connections that were tried, in their order. */
  tried: (string | null)[];
  heartbeats: number;
  /** How many were built. */
  built: number;
  /** What is answered to the next tries instead of success, e.g. `Invalid Token`. */
  refusals: string[];
  /** HTTP statuses answered to the next tries instead of an upgrade. */
  statuses: number[];
  /** Neither answers heartbeats nor builds connections, but keeps them. */
  isSilent: boolean;
  isValidToken(token: string): boolean;
  /** A webhook's body to whoever is connected; answers whether anybody was. */
  send(body: string): boolean;
  /** Anything at all. */
  sendRaw(text: string): void;
  /** The connection breaks off, in the middle of a frame. */
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
      if (!fake.isSilent) tell(connection, { module: 'heartbeat', success: true, content: 'live', header: {} });
    });
    const refusal = refusalOf(new URL(request.url ?? '/', 'ws://localhost'));
    if (fake.isSilent) return;
    if (refusal !== undefined) {
      tell(connection, { module: 'build_connection', success: false, content: refusal, header: {} });
      connection.close();
      return;
    }
    current?.close();
    current = connection;
    fake.built += 1;
    connection.on('close', () => {
      if (current === connection) current = undefined;
    });
    tell(connection, { module: 'build_connection', success: true, content: 'success', header: {} });
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
      tell(current, { module: 'message', content: body });
      return true;
    },
    sendRaw: (text) => current?.send(text),
    cut() {
      // A frame of 100 bytes is announced, and five come.
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

function tell(connection: WebSocket, frame: Record<string, unknown>): void {
  connection.send(JSON.stringify(frame));
}
