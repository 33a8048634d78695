import { randomUUID } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import { createTokenCheck, readBearer } from './bearer.ts';
import { answerErrors, answerNotFound, type CountRefusal } from './error-answers.ts';
import { hostCheck } from './host-check.ts';
import { type Guards, mountRoutes } from './mount-routes.ts';
import { createPageMount } from './pages.ts';
import { createAddressLimit } from './rate-limit.ts';
import type { Route } from './route.ts';
import { listSecurityHeaders, securityHeaders } from './security-headers.ts';

/** Of the metrics, by address. */
const maxReadsPerMinute = 600;

type AppShellParts = {
  config: Pick<Config, 'host' | 'publicUrl' | 'frameAncestors'> & Partial<Pick<Config, 'metricsToken' | 'trustPanels'>>;
  log: Log;
  routes: Route[];
  guards: Guards;
  /** Resolves when everything needed to serve is there. An AppError is answered as it is. */
  checkReady: () => Promise<void>;
  /** Conditions of a ready server that an operator should know. */
  listConditions?: () => Record<string, true>;
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
  app.use(securityHeaders(listSecurityHeaders(parts.config.frameAncestors)));

  const { readyz, metrics } = createOperationsHandlers(parts);
  app.get('/healthz', (_request, response) => void response.set('Cache-Control', 'no-store').json({ status: 'ok' }));
  app.get('/readyz', readyz);
  app.get('/metrics', metrics);

  app.use(hostCheck(parts.config));
  mountRoutes(app, parts.routes, parts.guards);
  const mountPage = createPageMount(app, {
    directory: parts.panelDirectory,
    frameAncestors: parts.config.frameAncestors,
  });
  mountPage('index.html', '/');
  // Zoom leads here after the app was installed in a browser; the page says where to go on.
  mountPage('index.html', '/auth/callback');

  app.use(answerNotFound);
  app.use(answerErrors(parts.log, parts.countRefusal));
  return app;
}

function createOperationsHandlers({ config, checkReady, listConditions, metrics }: AppShellParts) {
  const takeMetrics = createAddressLimit(maxReadsPerMinute);
  const isMetricsToken = createTokenCheck(config.metricsToken === undefined ? [] : [config.metricsToken]);
  /** Reading them counts rows, so requests at the same time share one text. */
  let reading: Promise<{ contentType: string; text: string }> | undefined;

  return {
    /** Never refused: behind a proxy a stranger has the balancer's address. `checkReady` bounds its own cost. */
    async readyz(_request: Request, response: Response): Promise<void> {
      await checkReady().catch((cause: unknown) => {
        if (cause instanceof AppError) throw cause;
        throw new AppError('unavailable', 'Not ready: the database does not answer, or takes no writes.', { cause });
      });
      response
        .set('Cache-Control', 'no-store')
        .json({ status: 'ready', ...(config.trustPanels && { trustsPanels: true }), ...listConditions?.() });
    },

    async metrics(request: Request, response: Response): Promise<void> {
      takeMetrics(request, response);
      if (config.metricsToken !== undefined && !isMetricsToken(readBearer(request))) {
        throw new AppError('unauthenticated', 'Send METRICS_TOKEN as Authorization: Bearer …', {
          reason: 'unknown-metrics-token',
        });
      }
      reading ??= metrics().finally(() => {
        reading = undefined;
      });
      const { contentType, text } = await reading;
      response.set('Cache-Control', 'no-store').type(contentType).send(text);
    },
  };
}
