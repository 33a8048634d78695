import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient } from './http-client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const client = createHttpClient({ maxBytes: 1_000 });
const impatient = createHttpClient({ deadlineMs: 200 });

describe('HTTP client, answer', () => {
  test('JSON › is parsed, with its status and headers', async () => {
    const url = await serve((request, response) => {
      response.writeHead(201, { 'x-seen': request.headers['x-sent'] }).end('{"a":[1]}');
    });
    const outcome = await client.send({ url, headers: { 'x-sent': 'yes' } });
    expect(outcome).toMatchObject({ kind: 'ok', status: 201, json: { a: [1] } });
    expect(outcome.kind === 'ok' && outcome.headers.get('x-seen')).toBe('yes');
  });

  test('an empty body › is ok without JSON', async () => {
    const url = await serve((_request, response) => response.end());
    expect(await client.send({ url })).toMatchObject({ kind: 'ok', json: undefined });
  });

  test.each(['<html>', '{"a":', 'nothing'])('not JSON: %s › is not-json', async (body) => {
    const url = await serve((_request, response) => response.end(body));
    expect(await client.send({ url })).toEqual({ kind: 'not-json' });
  });

  test('an error status › comes with its JSON, if any', async () => {
    const url = await serve((request, response) => {
      response.writeHead(400).end(request.url === '/json' ? '{"code":4700}' : '<html>');
    });
    expect(await client.send({ url: `${url}/json` })).toMatchObject({
      kind: 'http',
      status: 400,
      json: { code: 4700 },
    });
    const other = await client.send({ url: `${url}/html` });
    expect(other).toMatchObject({ kind: 'http', status: 400 });
    expect(other).not.toHaveProperty('json');
  });

  test('a redirect › is not followed', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/inside' }).end();
    });
    expect(await client.send({ url })).toMatchObject({ kind: 'http', status: 302 });
    expect(asked).toEqual(['/']);
  });

  test('too large › is not read to its end', async () => {
    let sent = 0;
    const url = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000))) sent += 1_000;
        response.once('drain', more);
      };
      more();
    });
    expect(await client.send({ url })).toEqual({ kind: 'too-large' });
    expect(sent).toBeLessThan(10_000_000);
  });

  test('10 GB, announced or not › is not read to its end', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 10 * 2 ** 30);
      response.write('[');
      response.write(' '.repeat(1_000));
    });
    expect(await client.send({ url: `${url}/announced` })).toEqual({ kind: 'too-large' });
    expect(await client.send({ url })).toEqual({ kind: 'too-large' });
  });

  const zeros = Buffer.alloc(50_000_000);
  test.each([
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['br', brotliCompressSync(zeros.subarray(0, 5_000_000))],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
  ])('a decompression bomb of %s › is too-large', async (encoding, body) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(body);
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(await client.send({ url })).toEqual({ kind: 'too-large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(zeros.length / 2);
  });

  test('a hundred content encodings › is refused', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': Array(100).fill('gzip').join(', ') }).end(gzipSync('{}'));
    });
    expect(await client.send({ url })).toMatchObject({ kind: 'unreachable' });
  });

  test('endless headers › is refused', async () => {
    const url = await serve((_request, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\n${'x-more: and more\r\n'.repeat(2_000)}`);
    });
    expect(await client.send({ url })).toEqual({ kind: 'unreachable', code: 'UND_ERR_HEADERS_OVERFLOW' });
  });
});

describe('HTTP client, no answer', () => {
  test('none before the deadline, or half a body › is a timeout', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/half') response.write('{"a":');
    });
    expect(await impatient.send({ url })).toEqual({ kind: 'timeout' });
    expect(await impatient.send({ url: `${url}/half` })).toEqual({ kind: 'timeout' });
  });

  test('a byte now and then › is a timeout', async () => {
    const url = await serve((_request, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    });
    expect(await impatient.send({ url })).toEqual({ kind: 'timeout' });
  });

  test('a refused connection › is unreachable with only the code', async () => {
    const url = await serve(() => {});
    servers.at(-1)?.close();
    expect(await client.send({ url: `${url}/secret` })).toEqual({ kind: 'unreachable', code: 'ECONNREFUSED' });
  });

  test('a broken connection › is unreachable', async () => {
    const url = await serve((_request, response) => {
      response.write('{');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await client.send({ url })).toMatchObject({ kind: 'unreachable' });
  });

  test('an aborted request › is unreachable with the code aborted', async () => {
    const url = await serve(() => {});
    const signal = AbortSignal.timeout(20);
    expect(await client.send({ url, signal })).toEqual({ kind: 'unreachable', code: 'aborted' });
  });
});

test('HTTP client › any request › never rejects', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      for (const url of [text, `http://${text}`, `http://127.0.0.1:1/${text}`]) {
        const outcome = await client.send({ url, headers: { authorization: text }, signal: AbortSignal.abort() });
        expect(outcome.kind).toBe('unreachable');
      }
    }),
  );
});

test.each(['POST', 'PATCH', 'PUT'] as const)('HTTP client › %s with a body › sends it unchanged', async (method) => {
  const url = await serve((request, response) => {
    request.on('data', (data) => response.end(JSON.stringify({ [request.method ?? '']: String(data) })));
  });
  const outcome = await client.send({ url, method, body: 'grant_type=a' });
  expect(outcome).toMatchObject({ json: { [method]: 'grant_type=a' } });
});

describe('HTTP client with a guard', () => {
  const guard = { hosts: ['*.crm.example'], allowPrivate: false };
  const blocked = { kind: 'unreachable', code: 'blocked' };
  // Of the 6bone, given back in 2006 (RFC 3701): public by its number, and nobody is there.
  const publicOne = { address: '3ffe::1', family: 6 };
  const privateOne = { address: '127.0.0.1', family: 4 };

  /** A server on this machine, and a client whose resolver gives these answers, one after the other. */
  async function guarded(...answers: { address: string; family: number }[][]) {
    const asked: string[] = [];
    const url = new URL(await serve((_request, response) => response.end('{}')));
    let connections = 0;
    servers.at(-1)?.on('connection', () => connections++);
    const lookup: LookupFunction = (hostname, options, callback) => {
      asked.push(hostname);
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? [];
      callback(null, options.all ? answer : (answer[0]?.address ?? ''), answer[0]?.family);
    };
    const { send } = createHttpClient({ deadlineMs: 300, guard, lookup });
    return { send, port: url.port, asked, connections: () => connections };
  }

  test.each([
    ['this machine', '127.0.0.1'],
    ['this machine, mapped', '::ffff:127.0.0.1'],
    ['the cloud’s metadata', '169.254.169.254'],
    ['the network here', '192.168.1.1'],
    ['nothing', undefined],
  ])('a name that resolves to %s › is not connected', async (_whose, address) => {
    const { send, port, asked, connections } = await guarded(address ? [{ address, family: 0 }] : []);
    expect(await send({ url: `https://acme.crm.example:${port}/` })).toEqual(blocked);
    expect(asked).toEqual(['acme.crm.example']);
    expect(connections()).toBe(0);
  });

  test('a name that resolves to a public and a private address › is not connected, in either order', async () => {
    for (const answer of [
      [publicOne, privateOne],
      [privateOne, publicOne],
    ]) {
      const { send, port, connections } = await guarded(answer);
      expect(await send({ url: `https://acme.crm.example:${port}/` })).toEqual(blocked);
      expect(connections()).toBe(0);
    }
  });

  test('a name that resolves to a private address later › is caught on connecting', async () => {
    const { send, port, asked, connections } = await guarded([publicOne], [privateOne]);
    expect(await send({ url: `https://acme.crm.example:${port}/` })).not.toEqual(blocked);
    expect(asked).toHaveLength(1);
    expect(await send({ url: `https://acme.crm.example:${port}/` })).toEqual(blocked);
    expect(asked).toHaveLength(2);
    expect(connections()).toBe(0);
  });

  test.each([
    'https://127.0.0.1:PORT/',
    'https://0x7f.1:PORT/',
    'https://2130706433:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost:PORT/',
    'https://acme.crm.example@127.0.0.1:PORT/',
    'https://user@acme.crm.example:PORT/',
    'http://acme.crm.example:PORT/',
    'https://another.example:PORT/',
  ])('%s › is refused before its name is looked up', async (url) => {
    const { send, port, asked, connections } = await guarded([privateOne]);
    expect(await send({ url: url.replace('PORT', port) })).toEqual(blocked);
    expect(await send({ url: new URL(url.replace('PORT', port)) })).toEqual(blocked);
    expect(asked).toEqual([]);
    expect(connections()).toBe(0);
  });

  test('private addresses allowed › are requested; redirects between them are not followed', async () => {
    const inside: (string | undefined)[] = [];
    const target = await serve((request, response) => {
      inside.push(request.url);
      response.end('{}');
    });
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: target }).end('{}');
    });
    const { send } = createHttpClient({ guard: { hosts: [], allowPrivate: true } });
    expect(await send({ url, method: 'POST', body: '{}' })).toMatchObject({ kind: 'http', status: 307 });
    expect(inside).toEqual([]);
    expect(await send({ url: target.replace('http://', 'http://user:password@') })).toEqual(blocked);
    expect(await send({ url: target })).toMatchObject({ kind: 'ok' });
  });
});
