import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { createByteBudget } from './byte-budget.ts';
import { readBody, readJson } from './read-body.ts';

let server: Server;
let port = 0;
const refusals: unknown[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    readJson(request, { maxBytes: 1_000 }).then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => {
        refusals.push(error);
        response.end(error instanceof AppError ? (error.reason ?? error.message) : 'another error');
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

async function send(body: string | Buffer, type = 'application/json', headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body,
  });
  return response.text();
}

describe('JSON body', () => {
  it.each([
    ['an object', '{"a":1}', 'application/json', '{"a":1}'],
    ['an array', '[1]', 'application/json', '[1]'],
    ['a type with a charset', '{}', 'Application/JSON; charset=UTF-8', '{}'],
    ['a byte order mark', '\uFEFF{"a":1}', 'application/json', '{"a":1}'],
    ['nothing', '', 'application/json', '{}'],
    ['a string', '"a"', 'application/json', 'entity.parse.failed'],
    ['null', 'null', 'application/json', 'entity.parse.failed'],
    ['malformed', '{', 'application/json', 'entity.parse.failed'],
    ['another charset', '{}', 'application/json; charset=utf-16', 'charset.unsupported'],
    ['another type', '{}', 'text/plain', 'Send JSON with Content-Type: application/json.'],
    ['a type that only begins so', '{}', 'application/json-seq', 'Send JSON with Content-Type: application/json.'],
    ['more than the limit', `"${'x'.repeat(1_000)}"`, 'application/json', 'entity.too.large'],
  ])('%s › is parsed or refused', async (_name, body, type, answer) => {
    expect(await send(body, type)).toBe(answer);
  });

  it('compressed › is refused unread', async () => {
    expect(await send('{}', 'application/json', { 'content-encoding': 'gzip' })).toBe('encoding.unsupported');
  });

  it('a character cut in two by the network › arrives whole', async () => {
    const body = Buffer.from('{"a":"é"}');
    const socket = connect(port, '127.0.0.1');
    const head = `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, 7)]));
    await once(server, 'request');
    socket.end(body.subarray(7));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/\{"a":"é"\}$/);
  });

  it('a sender who hangs up › is refused, not waited for', async () => {
    refusals.length = 0;
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{');
    await once(server, 'request');
    socket.destroy();
    await expect.poll(() => refusals, { timeout: 60_000 }).toMatchObject([{ reason: 'request.aborted' }]);
  });
});

describe('body of an unverified sender', () => {
  const read = (chunks: string[], budgetBytes: number) => {
    const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
    return readBody(request, { maxBytes: 10_000, budget: createByteBudget(budgetBytes) });
  };

  it('one byte in each chunk › holds twice its bytes at most', async () => {
    const bytes = Array.from({ length: 5_000 }, (_, index) => String.fromCharCode(97 + (index % 26)));
    expect(String(await read(bytes, 10_000))).toBe(bytes.join(''));
  });

  it('beyond the budget › is refused as unavailable', async () => {
    await expect(read(['x'.repeat(2_000), 'y'], 2_000)).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'unverified-bytes',
    });
  });
});
