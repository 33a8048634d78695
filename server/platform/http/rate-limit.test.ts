import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressKey, createAddressLimit, createRateLimit } from './rate-limit.ts';

describe('rate limit', () => {
  it('more calls than allowed › waits until the minute of the first one ends', () => {
    let now = 500;
    const limit = createRateLimit(2, () => now);
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 0]);
    now += 20_000;
    expect(limit.take('a')).toBe(40_000);
    now += 40_000;
    expect(limit.take('a')).toBe(0);
  });

  it('another key › has its own calls', () => {
    const limit = createRateLimit(1);
    expect([limit.take('a'), limit.take('b')]).toEqual([0, 0]);
    expect(limit.take('a')).toBeGreaterThan(0);
  });

  it('a call given back › does not count', () => {
    const limit = createRateLimit(1);
    for (let count = 0; count < 5; count++) {
      expect(limit.take('a')).toBe(0);
      limit.giveBack('a');
    }
  });

  it('a refused call › does not lengthen the wait', () => {
    let now = 0;
    const limit = createRateLimit(1, () => now);
    limit.take('a');
    for (now = 1; now < 60_000; now += 10_000) expect(limit.take('a')).toBe(60_000 - now);
    now = 60_000;
    expect(limit.take('a')).toBe(0);
  });

  it.each([
    ['203.0.113.7', '203.0.113.8', false],
    ['2001:db8:1:2200::1', '2001:db8:1:22ff:ffff::2', true],
    ['2001:db8:1:2200::1', '2001:db8:1:2300::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
  ])('%s and %s › share a key: %s', (first, second, isShared) => {
    expect(addressKey(first) === addressKey(second)).toBe(isShared);
  });
});

describe('limit by address', () => {
  const call = (limit: ReturnType<typeof createAddressLimit>, remoteAddress: string) => {
    const headers = new Map<string, unknown>();
    const response = { setHeader: headers.set.bind(headers) };
    try {
      limit({ socket: { remoteAddress } } as IncomingMessage, response as unknown as ServerResponse);
      return 'served';
    } catch (error) {
      return { error, wait: headers.get('Retry-After') };
    }
  };

  it('more calls than allowed › is refused with a time to wait; another address is served', () => {
    const limit = createAddressLimit(2);
    expect([call(limit, '203.0.113.7'), call(limit, '::ffff:203.0.113.7')]).toEqual(['served', 'served']);
    expect(call(limit, '203.0.113.7')).toEqual({
      error: expect.objectContaining({ code: 'rate_limited' }),
      wait: 60,
    });
    expect(call(limit, '203.0.113.8')).toBe('served');
  });
});
