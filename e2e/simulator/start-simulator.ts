/*
 * The simulator's own small server: the built desktop page, and Zoom's cloud for it: app contexts are minted here, and
 * changes that the page sends become the cloud's events. It holds the secrets, so it answers only pages it served
 * itself: on this machine's loopback address, asked by its own name, and posts only from its own origin. The cloud's
 * own addresses (tokens, REST, WebSocket) are for Deskside's server and demand its credentials instead.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type Response } from 'express';
import { type Agent, agents } from './agents.ts';
import { mintAppContext } from './app-context.ts';
import { type CloudSettings, createCloud } from './cloud/cloud.ts';
import type { CrmConditions } from './crms/crm-names.ts';

type SimulatorOptions = CloudSettings & {
  /** 0 for any free one. */
  port: number;
  /** Hears which of the company's systems a story makes slow or dead. */
  onCrmConditions?: (conditions: CrmConditions) => void;
};

export type Simulator = {
  url: string;
  /** Notifies open desktop pages of a new build. */
  publishBuild(what: Built): void;
  stop(): Promise<void>;
};

export type Built = 'panel' | 'desktop';

/** The settings that the desktop page needs to open the panel. */
export type DesktopSettings = { panelUrl: string; agents: Agent[] };

const desktopFolder = fileURLToPath(new URL('../../dist/simulator', import.meta.url));

/** How long Zoom's WebSocket stays away when the page cuts it, ms. */
const cutFor = 10_000;

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const listeners = new Set<Response>();
  const app = express();
  const server = createServer(app);
  const cloud = createCloud(options);

  app.use((request, response, next) => {
    response.set('cache-control', 'no-store');
    if (isForThisServer(request, server)) next();
    else refuse(response, 421, 'This server answers for its own name only.');
  });
  app.use(cloud.routes);
  app.use((request, response, next) => {
    if (request.method === 'POST' && !isFromOwnPage(request)) refuse(response, 403, 'Not from this page.');
    else next();
  });
  app.get('/settings', (_request, response) => {
    response.json({ panelUrl: options.panelUrl, agents: [...agents] } satisfies DesktopSettings);
  });
  app.post('/app-context', (request, response) => {
    const agent = agents.find(({ id }) => id === request.query.agent);
    if (!agent) return refuse(response, 404, 'Nobody of this name works here.');
    const { clientId, clientSecret } = options;
    response.json({ context: mintAppContext({ clientId, clientSecret, uid: agent.id, now: Date.now() }) });
  });
  app.post('/cloud/changes', express.json({ limit: '1mb' }), (request, response) => {
    // Only our own page can have posted it, and it is built from the same types.
    cloud.take(request.body);
    response.status(204).end();
  });
  app.post('/crms', express.json(), (request, response) => {
    options.onCrmConditions?.(request.body);
    response.status(204).end();
  });
  app.post('/cloud/cut', (_request, response) => {
    cloud.cutWebSocket(cutFor);
    response.status(204).end();
  });
  app.get('/builds', (_request, response) => listen(response, listeners));
  app.use(express.static(desktopFolder, { index: 'desktop.html', cacheControl: false }));
  app.use((_request, response) => refuse(response, 404, 'Not here. Is the desktop built?'));

  server.on('upgrade', (request, socket, head) => {
    if (isForThisServer(request, server)) cloud.upgrade(request, socket, head);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    publishBuild: (what) => {
      for (const response of listeners) response.write(`data: ${what}\n\n`);
    },
    stop: () =>
      new Promise((resolve) => {
        cloud.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
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

function refuse(response: Response, status: number, message: string): void {
  response.status(status).type('text/plain').send(message);
}

function listen(response: Response, listeners: Set<Response>): void {
  response.set('content-type', 'text/event-stream').flushHeaders();
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}
