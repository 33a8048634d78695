import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Answers only for the configured host names. This stops DNS rebinding and cache poisoning through `Host`. Loopback
 * names are always allowed: their user is on this machine, and a browser sends them only for a page that was opened
 * here.
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
