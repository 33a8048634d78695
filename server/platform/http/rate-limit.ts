import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { AppError } from '../errors.ts';

export type RateLimit = {
  /** Counts a call of this key. Returns 0, or the ms until the window ends when it has had its calls. */
  take(key: string): number;
  /** Takes the last call back: it does not count. */
  giveBack(key: string): void;
};

type Window = { calls: number; endsAt: number };

const windowMs = 60_000;

/** So many calls per key in a minute, which begins with a key's first call. In memory, for each process by itself. */
export function createRateLimit(perMinute: number, now = () => performance.now()): RateLimit {
  const windows = new Map<string, Window>();
  let sizeToPrune = 1_000;

  function open(key: string, time: number): Window {
    if (windows.size >= sizeToPrune) {
      for (const [known, { endsAt }] of windows) if (endsAt <= time) windows.delete(known);
      sizeToPrune = Math.max(1_000, 2 * windows.size);
    }
    const window = { calls: 0, endsAt: time + windowMs };
    windows.set(key, window);
    return window;
  }

  return {
    take(key) {
      const time = now();
      const known = windows.get(key);
      const window = known && time < known.endsAt ? known : open(key, time);
      if (window.calls >= perMinute) return window.endsAt - time;
      window.calls += 1;
      return 0;
    },
    giveBack(key) {
      const window = windows.get(key);
      if (window && window.calls > 0) window.calls -= 1;
    },
  };
}

/** One key for an IPv4 address, one for the /56 network of an IPv6 address: a subscriber has at least that many. */
export function addressKey(address: string): string {
  return isIPv6(address) ? ipaddr.parse(address).toByteArray().slice(0, 7).join(':') : address;
}

/** A socket that listens for both kinds of addresses writes IPv4 ones as `::ffff:192.0.2.1`. */
export function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Throws `rate_limited` and says when to try again. */
export function takeCall(limit: RateLimit, key: string, response: ServerResponse): void {
  const waitMs = limit.take(key);
  if (waitMs === 0) return;
  response.setHeader('Retry-After', Math.ceil(waitMs / 1_000));
  throw new AppError('rate_limited', 'That was too often. Wait a minute and try again.');
}

/** So many calls of each address in a minute. */
export function createAddressLimit(perMinute: number): (request: IncomingMessage, response: ServerResponse) => void {
  const limit = createRateLimit(perMinute);
  return (request, response) => takeCall(limit, addressKey(addressOf(request)), response);
}
