/*
 * The simulator's own small server: the built desktop page, and what Zoom's cloud would do for it (minting app contexts).
 * It holds the client secret, so it answers only pages it served itself: on this machine's loopback address, asked by
 * its own name, and posts only from its own origin.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { type Agent, agents } from './agents.ts';
import { mintAppContext } from './app-context.ts';

export type SimulatorOptions = {
  /** 0 for any free one. */
  port: number;
  panelUrl: string;
  clientId: string;
  clientSecret: string;
};

export type Simulator = {
  url: string;
  /** Tells open desktop pages what was built anew. */
  announceBuild(what: Built): void;
  stop(): Promise<void>;
};

export type Built = 'panel' | 'desktop';

/** What the desktop page needs to know before it can open the panel. */
export type DesktopSettings = { panelUrl: string; agents: Agent[] };

export const desktopFolder = fileURLToPath(new URL('../../dist/simulator', import.meta.url));

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const listeners = new Set<ServerResponse>();
  const page = sirv(desktopFolder, { dev: true });
  const server = createServer((request, response) => {
    const route = `${request.method} ${new URL(request.url ?? '/', 'http://desktop').pathname}`;
    if (!isForThisServer(request, server)) return refuse(response, 421, 'This server answers for its own name only.');
    if (request.method === 'POST' && !isFromOwnPage(request)) return refuse(response, 403, 'Not from this page.');
    response.setHeader('cache-control', 'no-store');
    switch (route) {
      case 'GET /settings':
        return sendJson(response, { panelUrl: options.panelUrl, agents: [...agents] } satisfies DesktopSettings);
      case 'POST /app-context':
        return void answerAppContext(request, response, options);
      case 'GET /builds':
        return listen(response, listeners);
      case 'GET /':
        request.url = '/desktop.html';
        return page(request, response, () => refuse(response, 404, 'The desktop is not built yet.'));
      default:
        return page(request, response, () => refuse(response, 404, 'Not here.'));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    announceBuild: (what) => {
      for (const response of listeners) response.write(`data: ${what}\n\n`);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerAppContext(request: IncomingMessage, response: ServerResponse, options: SimulatorOptions) {
  const agent = agents.find(({ id }) => id === new URL(request.url ?? '/', 'http://desktop').searchParams.get('agent'));
  if (!agent) return refuse(response, 404, 'Nobody of this name works here.');
  const { clientId, clientSecret } = options;
  sendJson(response, { context: mintAppContext({ clientId, clientSecret, uid: agent.id, now: Date.now() }) });
}

function isForThisServer(request: IncomingMessage, server: Server): boolean {
  const port = portOf(server);
  return request.headers.host === `127.0.0.1:${port}` || request.headers.host === `localhost:${port}`;
}

function isFromOwnPage(request: IncomingMessage): boolean {
  return request.headers.origin === `http://${request.headers.host}`;
}

function portOf(server: Server): number {
  // A listening TCP server's address is never a string or null.
  return (server.address() as AddressInfo).port;
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain');
  response.end(message);
}

function listen(response: ServerResponse, listeners: Set<ServerResponse>): void {
  response.setHeader('content-type', 'text/event-stream');
  response.flushHeaders();
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}
