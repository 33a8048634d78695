import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Answers only for the names this server is known by, so that a page which points its own name at this address (DNS
 * rebinding) or poisons a cache through `Host` gets nowhere. Loopback names are always known: whoever uses them is
 * already on this machine, and a browser sends them only for a page it was told to open here.
 */
export function hostCheck(config: { host: string; publicUrl: URL | undefined }): RequestHandler {
  const known = new Set([...loopback, config.host.toLowerCase()]);
  if (config.publicUrl) known.add(config.publicUrl.hostname.toLowerCase());

  return (request, _response, next) => {
    const name = hostnameOf(request.headers.host);
    if (name !== undefined && known.has(name)) next();
    else next(new AppError('wrong_host', 'This server does not answer for that host name. Check PUBLIC_URL.'));
  };
}

function hostnameOf(header: string | undefined): string | undefined {
  if (header === undefined || !/^(?:[a-z\d.-]+|\[[a-f\d:.]+\])(?::\d{1,5})?$/i.test(header)) return undefined;
  return header.replace(/:\d+$/, '').toLowerCase();
}
