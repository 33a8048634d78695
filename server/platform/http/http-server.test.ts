import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
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

type Limits = Record<'headersMs' | 'requestMs' | 'checkEveryMs' | 'lingerMs' | 'drainMs', number>;

/** Answers once it has read the whole body. */
const createReader = (limits: Limits) =>
  createHttpServer((incoming, response) => void incoming.resume().once('end', () => response.end('done')), limits);

describe('connection without a request', () => {
  test.each([
    ['sends nothing', '', undefined],
    ['sends its headers a line at a time', 'POST / HTTP/1.1\r\nHost: a\r\n', 'X-A: 1\r\n'],
    ['sends its body a byte at a time', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n', 'x'],
  ])('that %s › is closed', async (_name, text, drip) => {
    const http = createReader({ headersMs: 200, requestMs: 300, checkEveryMs: 50, lingerMs: 10, drainMs: 5_000 });
    const port = await http.listen(0, '127.0.0.1');
    await open(port, text, drip).closed;
    await http.drain();
  });
});

describe('drain', () => {
  const limits = { headersMs: 60_000, requestMs: 60_000, checkEveryMs: 60_000, lingerMs: 200, drainMs: 5_000 };

  test('connections opened in advance and never used › are not waited for', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const { closed } = open(port, '');
    await wait(50);
    await http.drain();
    await closed;
  });

  test('a request under way › is finished and its connection ended', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const { socket, closed } = open(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1');
    await wait(50);
    const drained = http.drain();
    await wait(50);
    socket.write('2');
    await drained;
    const answer = await closed;
    expect(answer).toContain('done');
    expect(answer).toMatch(/connection: close/i);
  });

  test('a sender of one byte at a time › is waited for up to the limit', async () => {
    const http = createReader({ ...limits, lingerMs: 10, drainMs: 300 });
    const port = await http.listen(0, '127.0.0.1');
    const { closed } = open(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n', 'x');
    await wait(50);
    await http.drain();
    await closed;
  });

  test.each([
    ['new', ''],
    ['kept alive', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('a request on its way on a connection that is %s › is answered', async (_what, before) => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const { socket, closed } = open(port, before);
    await wait(50);
    const drained = http.drain();
    await wait(50);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await drained;
    expect(await closed).toMatch(/connection: close.*done$/is);
  });

  test('a request on the connection accepted last › is answered', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    const drained = http.drain();
    await wait(150);
    const { socket, closed } = open(port, '');
    await wait(100);
    expect(http.server.listening).toBe(false);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await drained;
    expect(await closed).toMatch(/connection: close.*done$/is);
  });

  test('an idle connection › is ended', async () => {
    const http = createReader(limits);
    const port = await http.listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => {
      request({ port, host: '127.0.0.1', agent }, (response) => response.resume().once('end', resolve)).end();
    });
    await http.drain();
  });
});
