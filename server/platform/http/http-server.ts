import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { pause } from '../timing/pause.ts';

export type HttpServer = {
  server: Server;
  /** Resolves with the port once connections are accepted. */
  listen(port: number, host: string): Promise<number>;
  /** Accepts nothing new, finishes what is under way or on its way, then closes every connection. */
  drain(): Promise<void>;
};

/**
 * Node's HTTP server with its own limits: by default a peer that sends nothing, or a byte a second, keeps its
 * connection for minutes. Real requests are a few kB and come from a proxy nearby.
 *
 * `server.close` alone waits for connections that browsers open in advance and never use: Node counts those as busy
 * until the header time-out. So `drain` waits for requests and then closes every connection. Requests that were sent
 * but not read yet are invisible and would be cut off: both before and after the listener closes there is a moment
 * (`lingerMs`) in which requests are still answered, each answer ending its connection. A slow sender is waited for at
 * most `drainMs`.
 */
export function createHttpServer(
  handle: RequestListener,
  limits = { headersMs: 10_000, requestMs: 20_000, checkEveryMs: 2_000, lingerMs: 100, drainMs: 5_000 },
): HttpServer {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkEveryMs,
    },
    handle,
  );
  const underWay = new Set<ServerResponse>();
  let isDraining = false;
  let onIdle = () => {};

  server.prependListener('request', (_request, response: ServerResponse) => {
    // Otherwise a busy connection would bring new requests as long as one is under way elsewhere.
    response.shouldKeepAlive &&= !isDraining;
    underWay.add(response);
    response.once('close', () => {
      underWay.delete(response);
      if (underWay.size === 0) onIdle();
    });
  });

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
    async drain() {
      isDraining = true;
      for (const response of underWay) response.shouldKeepAlive = false;
      await pause(limits.lingerMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const limit = setTimeout(() => server.closeAllConnections(), limits.drainMs);
      do {
        const idle = new Promise<void>((resolve) => {
          onIdle = resolve;
        });
        if (underWay.size > 0) await idle;
        await pause(limits.lingerMs);
      } while (underWay.size > 0);
      clearTimeout(limit);
      server.closeAllConnections();
      await closed;
    },
  };
}
