import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorBody, ErrorCode } from '#contract/errors.ts';
import { pause } from '../timing/pause.ts';

export type HttpServer = {
  server: Server;
  /** Resolves with the port once connections are accepted. */
  listen(port: number, host: string): Promise<number>;
  /** Still accepts, but ends each connection with its next answer. Resolves after `lingerMs`. */
  linger(): Promise<void>;
  /** Lingers, accepts nothing new, finishes what is under way or on its way, then closes every connection. */
  drain(): Promise<void>;
};

/** Times in ms. */
type HttpLimits = {
  headersMs: number;
  requestMs: number;
  checkEveryMs: number;
  /** Longer than a proxy keeps its idle connections (60 s), which would otherwise send into a closed one. */
  keepAliveMs: number;
  lingerMs: number;
  /** After the listener has closed, for requests that were sent but not read yet. */
  settleMs: number;
  drainMs: number;
  maxConnections: number;
};

const defaultLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  checkEveryMs: 2_000,
  keepAliveMs: 75_000,
  lingerMs: 100,
  settleMs: 100,
  drainMs: 5_000,
  maxConnections: 10_000,
};

/**
 * Node's HTTP server with its own limits: by default a peer that sends nothing, or a byte a second, keeps its
 * connection for minutes. Real requests are a few kB and come from a proxy nearby. The limits of time apply to requests
 * that have begun, not to an idle connection.
 *
 * States: serving → lingering → closed to new connections → settling → closed. While it lingers, a load balancer learns
 * from `/readyz` to send its requests elsewhere. `server.close` would cut idle connections, and with them requests that
 * were sent but not read yet, so only the listener is closed; then requests are answered for `settleMs` more, each
 * answer ending its connection. A slow sender is waited for at most `drainMs`.
 *
 * Node answers some malformed requests without the request listener; `headers` are put on those answers as well.
 */
export function createHttpServer(
  handle: RequestListener,
  options: { headers?: [string, string][]; limits?: Partial<HttpLimits>; onDrop?: () => void } = {},
): HttpServer {
  const { headers = [] } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: limits.keepAliveMs,
      // Node's own answer would lack the headers.
      requireHostHeader: false,
    },
    (request, response) => {
      if (request.headers.host === undefined && request.httpVersion === '1.1') {
        refuse(response, { status: 400, code: 'invalid_request', message: 'The request names no host.' });
      } else handle(request, response);
    },
  );
  server.maxConnections = limits.maxConnections;
  const underWay = new Set<ServerResponse>();
  const responses = new WeakMap<Duplex, ServerResponse>();
  let lingering: Promise<void> | undefined;
  let onIdle = () => {};

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    // Otherwise a busy connection would bring new requests as long as one is under way elsewhere.
    response.shouldKeepAlive &&= lingering === undefined;
    underWay.add(response);
    responses.set(request.socket, response);
    response.once('close', () => {
      underWay.delete(response);
      if (underWay.size === 0) onIdle();
    });
  });

  function refuse(response: ServerResponse, refusal: Refusal): void {
    const { text, fields } = writeRefusal(refusal, headers);
    response.shouldKeepAlive = false;
    response.writeHead(refusal.status, Object.fromEntries(fields)).end(text);
  }

  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    refuse(response, { status: 417, code: 'invalid_request', message: 'Only the expectation 100-continue is met.' });
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const response = responses.get(socket);
    const isAnswering = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || isAnswering) return void socket.destroy(error);
    const refusal = refusalOf(error.code);
    const { text, fields } = writeRefusal(refusal, headers);
    const lines = [...fields, ['Connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines}\r\n${text}`, () =>
      socket.destroy(),
    );
  });

  server.on('drop', () => options.onDrop?.());

  const linger = (): Promise<void> => {
    if (!lingering) {
      lingering = pause(limits.lingerMs);
      for (const response of underWay) response.shouldKeepAlive = false;
    }
    return lingering;
  };

  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    linger,
    async drain() {
      await linger();
      const closed = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
      const limit = setTimeout(() => server.closeAllConnections(), limits.drainMs);
      do {
        const idle = new Promise<void>((resolve) => {
          onIdle = resolve;
        });
        if (underWay.size > 0) await idle;
        await pause(limits.settleMs);
      } while (underWay.size > 0);
      clearTimeout(limit);
      server.closeAllConnections();
      await closed;
    },
  };
}

type Refusal = { status: number; code: ErrorCode; message: string };

/** Node's own choice of status. */
function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, code: 'invalid_request', message: 'The headers are too long.' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'payload_too_large', message: 'The request is too large.' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'invalid_request', message: 'The request took too long.' };
    default:
      return { status: 400, code: 'invalid_request', message: 'The request could not be read.' };
  }
}

function writeRefusal({ code, message }: Refusal, headers: [string, string][]) {
  const requestId = randomUUID();
  const body: ErrorBody = { error: { code, message, requestId } };
  const text = JSON.stringify(body);
  const fields: [string, string][] = [
    ...headers,
    ['X-Request-Id', requestId],
    ['Cache-Control', 'no-store'],
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Content-Length', String(Buffer.byteLength(text))],
  ];
  return { text, fields };
}
