import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Features of the browser that no page of ours uses, whatever the framing page delegates. The clipboard is not among
 * them: the panel copies values. Names that Chromium does not know would be errors in its console.
 */
const deniedFeatures = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/**
 * Zoom's desktop client refuses to render a 200 `text/html` that lacks HSTS, X-Content-Type-Options, CSP or
 * Referrer-Policy, and the browser client needs COEP and CORP, so every answer carries all of them, errors included.
 * There is no X-Frame-Options: it cannot name Zoom's hosts, and `frame-ancestors` does.
 */
export function listSecurityHeaders(frameAncestors: string[]): [string, string][] {
  const headers = readHeaders(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          objectSrc: ["'none'"],
          frameAncestors,
        },
      },
      crossOriginEmbedderPolicy: { policy: 'require-corp' },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
      frameguard: false,
    }),
  );
  return [...headers, ['Permissions-Policy', deniedFeatures.map((feature) => `${feature}=()`).join(', ')]];
}

/** Sets the headers on every answer. */
export function securityHeaders(headers: [string, string][]): RequestHandler {
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** The headers that a handler of helmet's sets. They are the same for every request, so they are computed once. */
function readHeaders(handler: ReturnType<typeof helmet>): [string, string][] {
  const headers = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  handler({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return [...headers];
}
