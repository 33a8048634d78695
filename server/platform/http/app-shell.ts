import { randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import { answerErrors, answerNotFound, type CountRefusal } from './error-answers.ts';
import { hostCheck } from './host-check.ts';
import { type Guards, mountRoutes } from './mount-routes.ts';
import { createPageMount } from './pages.ts';
import type { Route } from './route.ts';
import { securityHeaders } from './security-headers.ts';

type AppShellParts = {
  config: Pick<Config, 'host' | 'publicUrl' | 'frameAncestors'>;
  log: Log;
  routes: Route[];
  guards: Guards;
  /** Resolves when everything needed to serve is there. */
  checkReady: () => Promise<void>;
  /** Prometheus's text, without anything of a customer. */
  metrics: () => Promise<{ contentType: string; text: string }>;
  countRefusal?: CountRefusal;
  /** The built panel. */
  panelDirectory: string;
};

/**
 * The order is the security: headers before anything can answer, health and metrics before the host check (a probe
 * comes by IP), the host check before anything of ours, bodies read only by routes, once they know who asks.
 */
export function createAppShell(parts: AppShellParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');

  app.use((_request, response, next) => {
    const requestId = randomUUID();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    next();
  });
  app.use(securityHeaders(parts.config.frameAncestors));

  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    await parts.checkReady().catch((cause: unknown) => {
      throw new AppError('unavailable', 'Not ready: the database does not answer.', { cause });
    });
    response.json({ status: 'ready' });
  });

  app.get('/metrics', async (_request, response) => {
    const { contentType, text } = await parts.metrics();
    response.set('Cache-Control', 'no-store').type(contentType).send(text);
  });

  app.use(hostCheck(parts.config));
  mountRoutes(app, parts.routes, parts.guards);
  const mountPage = createPageMount(app, {
    directory: parts.panelDirectory,
    frameAncestors: parts.config.frameAncestors,
  });
  mountPage('index.html', '/');

  app.use(answerNotFound);
  app.use(answerErrors(parts.log, parts.countRefusal));
  return app;
}
