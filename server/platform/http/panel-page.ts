import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler, Router } from 'express';
import expressStaticGzip from 'express-static-gzip';
import { AppError } from '../errors.ts';

/** Stands in `client/index.html` where the frame guard reads which hosts may speak to it. */
const frameHostsToken = '__FRAME_HOSTS__';

/**
 * Serves the built panel. Assets carry a hash in their names and are kept for ever, precompressed; the page itself is
 * never stored, because it names them.
 */
export function mountPanelPage(
  router: Router,
  { directory, frameAncestors }: { directory: string; frameAncestors: string[] },
): void {
  const file = join(directory, 'index.html');
  if (!existsSync(file)) throw new Error(`The panel is not built (${file} is missing). Run: npm run build`);
  const page = readFileSync(file, 'utf8').replace(frameHostsToken, frameAncestors.join(' '));

  router.get('/', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('html').send(page);
  });
  router.use(
    '/assets',
    refuseMalformed,
    expressStaticGzip(join(directory, 'assets'), {
      enableBrotli: true,
      orderPreference: ['br'],
      index: false,
      serveStatic: { redirect: false, immutable: true, maxAge: '1y' },
    }),
  );
}

/** express-static-gzip would answer these by itself, past the one place where errors become answers. */
const refuseMalformed: RequestHandler = (request, _response, next) => {
  try {
    decodeURIComponent(request.path);
    next();
  } catch {
    next(new AppError('invalid_request', 'The address could not be read.'));
  }
};
