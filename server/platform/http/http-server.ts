import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export type HttpServer = {
  server: Server;
  /** Resolves with the port once connections are accepted. */
  listen(port: number, host: string): Promise<number>;
  /** Accepts nothing new, finishes what is under way or on its way, then closes every connection. */
  drain(): Promise<void>;
};

/**
 * Node's HTTP server with limits of our own: by default a peer that says nothing, or a byte a second, keeps its
 * connection for minutes. Real requests are a few kB and come from a proxy beside us.
 *
 * `server.close` alone waits for connections, and waits in vain: browsers open some in advance and never use them, and
 * Node counts those as busy until the header's time-out. So requests are waited for here, and then all is closed.
 * What a client has sent and we have not read yet is not seen, and would be cut off: both before and after nothing new is
 * accepted there is a moment (`lingerMs`) in which requests are still answered, each answer ending its connection. Whoever
 * sends slowly is waited for no longer than `drainMs`, or a byte a second would outlast the time that a stop may take.
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
  let onceQuiet = () => {};

  server.prependListener('request', (_request, response: ServerResponse) => {
    // A busy connection would otherwise go on bringing new requests for as long as one is under way elsewhere.
    response.shouldKeepAlive &&= !isDraining;
    underWay.add(response);
    response.once('close', () => {
      underWay.delete(response);
      if (underWay.size === 0) onceQuiet();
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
      await wait(limits.lingerMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const over = setTimeout(() => server.closeAllConnections(), limits.drainMs);
      do {
        const quiet = new Promise<void>((resolve) => {
          onceQuiet = resolve;
        });
        if (underWay.size > 0) await quiet;
        await wait(limits.lingerMs);
      } while (underWay.size > 0);
      clearTimeout(over);
      server.closeAllConnections();
      await closed;
    },
  };
}
