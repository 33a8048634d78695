import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

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
