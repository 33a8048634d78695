import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHttpServer } from './http-server.ts';

const sockets: Socket[] = [];
const agent = new Agent({ keepAlive: true });
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  agent.destroy();
});

/** `closed` resolves with everything received when the server has closed the connection. */
function open(port: number, text: string, drip?: string): { socket: Socket; closed: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.on('data', (data) => {
    received += String(data);
  });
  socket.on('error', () => {});
  if (text !== '') socket.write(text);
  const dripping = drip === undefined ? undefined : setInterval(() => socket.write(drip), 50);
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => {
      clearInterval(dripping);
      resolve(received);
    });
  });
  return { socket, closed };
}

type Limits = NonNullable<Parameters<typeof createHttpServer>[1]>['limits'];

/** Answers once it has read the whole body. */
const createReader = (limits: Limits = {}, headers: [string, string][] = []) =>
  createHttpServer((incoming, response) => void incoming.resume().once('end', () => response.end('done')), {
    limits,
    headers,
  });

describe('connection without a request', () => {
  test.each([
    ['sends nothing', '', undefined],
    ['sends its headers a line at a time', 'POST / HTTP/1.1\r\nHost: a\r\n', 'X-A: 1\r\n'],
    ['sends its body a byte at a time', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n', 'x'],
  ])('that %s › is closed', async (_name, text, drip) => {
    const http = createReader({ headersMs: 200, requestMs: 300, checkEveryMs: 50, lingerMs: 10, settleMs: 10 });
    const port = await http.listen(0, '127.0.0.1');
    await open(port, text, drip).closed;
    await http.drain();
  });
});

describe('answer of the parser itself', () => {
  const limits = { headersMs: 300, requestMs: 300, checkEveryMs: 50, lingerMs: 0, settleMs: 0 };
  const head = 'POST / HTTP/1.1\r\nHost: a\r\n';
  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a broken header', `${head}no colon\r\n\r\n`, 400],
    ['both kinds of length', `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ['a broken chunk', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a head that never ends', 'POST / HTTP/1.1\r\n', 408],
    ['a body that never ends', `${head}Content-Length: 9\r\n\r\n1`, 408],
    ['long chunk extensions', `${head}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`, 413],
    ['another expectation', `${head}Expect: a miracle\r\nContent-Length: 1\r\n\r\n1`, 417],
    ['long headers', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s › carries the server’s headers and a readable error', async (_, text, status) => {
    const http = createReader(limits, [['X-Content-Type-Options', 'nosniff']]);
    const port = await http.listen(0, '127.0.0.1');
    const answer = await open(port, text).closed;
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(answer).toMatch(/^cache-control: no-store\r$/im);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'requestId']);
    await http.drain();
  });

  test('rubbish after half an answer › is cut off, without a second answer', async () => {
    const http = createHttpServer((_request, response) => void response.write('half'), {
      limits: { lingerMs: 0, settleMs: 0, drainMs: 0 },
    });
    const port = await http.listen(0, '127.0.0.1');
    const { socket, closed } = open(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.write('rubbish\r\n\r\n');
    expect((await closed).match(/HTTP\/1\.1/g)).toHaveLength(1);
    await http.drain();
  });
});

describe('connections', () => {
  test('idle for longer than the limits of a request › stay open', async () => {
    const http = createReader({ headersMs: 100, requestMs: 200, checkEveryMs: 20, lingerMs: 0, settleMs: 0 });
    const port = await http.listen(0, '127.0.0.1');
    const { socket, closed } = open(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    await wait(500);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect((await closed).match(/200 OK/g)).toHaveLength(2);
    await http.drain();
  });

  test('by default › stay open longer than a proxy’s minute', () => {
    expect(createReader().server.keepAliveTimeout).toBe(75_000);
  });

  test('beyond the limit › are dropped and counted', async () => {
    let dropped = 0;
    const http = createHttpServer((_request, response) => response.end(), {
      limits: { maxConnections: 2, lingerMs: 0, settleMs: 0 },
      onDrop: () => {
        dropped += 1;
      },
    });
    const port = await http.listen(0, '127.0.0.1');
    const held = [open(port, ''), open(port, '')];
    await Promise.all(held.map(({ socket }) => once(socket, 'connect')));
    await open(port, '').closed;
    expect(dropped).toBe(1);
    for (const { socket } of held) socket.destroy();
    await http.drain();
  });
});

describe('drain', () => {
  const limits = { headersMs: 60_000, requestMs: 60_000, checkEveryMs: 60_000, lingerMs: 200, settleMs: 200 };
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

  // The server's time stands still until a test lets it pass.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  async function passTimeUntil(drained: Promise<void>): Promise<void> {
    let isDrained = false;
    const draining = drained.then(() => {
      isDrained = true;
    });
    while (!isDrained) {
      await vi.advanceTimersByTimeAsync(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await draining;
  }

  test('connections opened in advance and never used › are not waited for', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const accepted = once(http.server, 'connection');
    const { closed } = open(port, '');
    await accepted;
    await passTimeUntil(http.drain());
    await closed;
  });

  test('a request under way › is finished and its connection ended', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const arrived = once(http.server, 'request');
    const { socket, closed } = open(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1');
    await arrived;
    const drained = http.drain();
    await vi.advanceTimersByTimeAsync(50);
    socket.write('2');
    await once(socket, 'data');
    await passTimeUntil(drained);
    const answer = await closed;
    expect(answer).toContain('done');
    expect(answer).toMatch(/connection: close/i);
  });

  test('a sender of one byte at a time › is waited for up to the limit', async () => {
    const http = createReader({ ...limits, lingerMs: 10, settleMs: 10, drainMs: 300 });
    const port = await http.listen(0, '127.0.0.1');
    const arrived = once(http.server, 'request');
    const { closed } = open(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n', 'x');
    await arrived;
    await passTimeUntil(http.drain());
    await closed;
  });

  test('a request on its way on a new connection › is answered', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const accepted = once(http.server, 'connection');
    const { socket, closed } = open(port, '');
    await accepted;
    const drained = http.drain();
    await vi.advanceTimersByTimeAsync(50);
    socket.write(get);
    await once(socket, 'data');
    await passTimeUntil(drained);
    expect(await closed).toMatch(/connection: close.*done$/is);
  });

  test('a request on its way on a connection that is kept alive › is answered', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const { socket, closed } = open(port, get);
    await once(socket, 'data');
    const drained = http.drain();
    await vi.advanceTimersByTimeAsync(50);
    socket.write(get);
    await once(socket, 'data');
    await passTimeUntil(drained);
    expect(await closed).toMatch(/done.*connection: close.*done$/is);
  });

  test('a request on the connection accepted last › is answered', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const drained = http.drain();
    await vi.advanceTimersByTimeAsync(150);
    const accepted = once(http.server, 'connection');
    const { socket, closed } = open(port, '');
    await accepted;
    await vi.advanceTimersByTimeAsync(100);
    expect(http.server.listening).toBe(false);
    socket.write(get);
    await once(socket, 'data');
    await passTimeUntil(drained);
    expect(await closed).toMatch(/connection: close.*done$/is);
  });

  test('a request on its way on an idle connection, after the listener has closed › is answered', async () => {
    const http = createReader({ ...limits, lingerMs: 0, settleMs: 1_000 });
    const port = await http.listen(0, '127.0.0.1');
    const { socket, closed } = open(port, get);
    await once(socket, 'data');
    const drained = http.drain();
    await vi.advanceTimersByTimeAsync(500);
    expect(http.server.listening).toBe(false);
    socket.write(get);
    await once(socket, 'data');
    await passTimeUntil(drained);
    expect(await closed).toMatch(/done.*connection: close.*done$/is);
  });

  test('lingering › still accepts connections and answers them', async () => {
    const http = createReader({ ...limits, lingerMs: 2_000 });
    const port = await http.listen(0, '127.0.0.1');
    void http.linger();
    expect(await open(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').closed).toMatch(/connection: close.*done$/is);
    http.server.closeAllConnections();
    http.server.close();
  });

  test('an idle connection › is ended', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => {
      request({ port, host: '127.0.0.1', agent }, (response) => response.resume().once('end', resolve)).end();
    });
    await passTimeUntil(http.drain());
  });
});
