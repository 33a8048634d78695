import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
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

const client = createHttpClient({ deadlineMs: 200, mostBytes: 1_000 });

describe('an answer', () => {
  test('is read as JSON, with its status and headers', async () => {
    const url = await serve((request, response) => {
      response.writeHead(201, { 'x-seen': request.headers['x-sent'] }).end('{"a":[1]}');
    });
    const outcome = await client.send({ url, headers: { 'x-sent': 'yes' } });
    expect(outcome).toMatchObject({ kind: 'ok', status: 201, json: { a: [1] } });
    expect(outcome.kind === 'ok' && outcome.headers.get('x-seen')).toBe('yes');
  });

  test('that is empty is ok and holds nothing', async () => {
    const url = await serve((_request, response) => response.end());
    expect(await client.send({ url })).toMatchObject({ kind: 'ok', json: undefined });
  });

  test.each(['<html>', '{"a":', 'nothing'])('that is not JSON is told apart: %s', async (body) => {
    const url = await serve((_request, response) => response.end(body));
    expect(await client.send({ url })).toEqual({ kind: 'not-json' });
  });

  test('of a failure has its status, and its JSON where it is JSON', async () => {
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

  test('that redirects is not followed', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/inside' }).end();
    });
    expect(await client.send({ url })).toMatchObject({ kind: 'http', status: 302 });
    expect(asked).toEqual(['/']);
  });

  test('that is too large is not read to its end', async () => {
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

  test('is measured as it is after decompression', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('1'.repeat(100_000)));
    });
    expect(await client.send({ url })).toEqual({ kind: 'too-large' });
  });
});

describe('no answer', () => {
  test('before the deadline is a time-out, also when the body stops in its middle', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/half') response.write('{"a":');
    });
    expect(await client.send({ url })).toEqual({ kind: 'timeout' });
    expect(await client.send({ url: `${url}/half` })).toEqual({ kind: 'timeout' });
  });

  test('because nobody is there says the code and nothing else', async () => {
    const url = await serve(() => {});
    servers.at(-1)?.close();
    expect(await client.send({ url: `${url}/secret` })).toEqual({ kind: 'unreachable', code: 'ECONNREFUSED' });
  });

  test('because the connection broke', async () => {
    const url = await serve((_request, response) => {
      response.write('{');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await client.send({ url })).toMatchObject({ kind: 'unreachable' });
  });

  test('because it was given up', async () => {
    const url = await serve(() => {});
    const signal = AbortSignal.timeout(20);
    expect(await client.send({ url, signal })).toEqual({ kind: 'unreachable', code: 'aborted' });
  });
});

test('a body is sent as it is', async () => {
  const url = await serve((request, response) => {
    request.on('data', (data) => response.end(JSON.stringify({ [request.method ?? '']: String(data) })));
  });
  const outcome = await client.send({ url, method: 'POST', body: 'grant_type=a' });
  expect(outcome).toMatchObject({ json: { POST: 'grant_type=a' } });
});
