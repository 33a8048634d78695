import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler, Router } from 'express';
import expressStaticGzip from 'express-static-gzip';
import { AppError } from '../errors.ts';

/** Stands in an entry's HTML where its frame guard reads which hosts may speak to it. */
const frameHostsToken = '__FRAME_HOSTS__';

/**
 * Mounts the assets that all built pages share, and returns the function that mounts one page: `mountPage(entry,
 * path)`. Assets carry a hash in their names, so they are immutable, and are served precompressed. A page names its
 * assets, so it is never stored.
 */
export function createPageMount(
  router: Router,
  { directory, frameAncestors }: { directory: string; frameAncestors: string[] },
): (entry: string, path: string) => void {
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

  return (entry, path) => {
    const file = join(directory, entry);
    if (!existsSync(file)) throw new Error(`The page ${entry} is not built (${file} is missing). Run: npm run build`);
    const page = readFileSync(file, 'utf8').replace(frameHostsToken, frameAncestors.join(' '));
    router.get(path, (_request, response) => {
      response.set('Cache-Control', 'no-store').type('html').send(page);
    });
  };
}

/** express-static-gzip would answer these by itself, outside the one place where errors become answers. */
const refuseMalformed: RequestHandler = (request, _response, next) => {
  try {
    decodeURIComponent(request.path);
    next();
  } catch {
    next(new AppError('invalid_request', 'The address could not be read.'));
  }
};
