import { Agent as Connections, request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { endpoint } from '#contract/endpoint.ts';
import { AppError } from '../errors.ts';
import { createLog } from '../log.ts';
import { answerErrors } from './error-answers.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { mountRoutes } from './mount-routes.ts';
import { type Route, route } from './route.ts';

const bearer = 'A'.repeat(43);
const flowTokens = ['the-current-flow-token', 'the-previous-flow-token'] as const;
/** Room for twenty bodies that are held back. */
const unverifiedBytes = 20 * 1_024;
const connections = new Connections({ keepAlive: true, maxSockets: 4 });
let http: HttpServer;
let port: number;

beforeEach(async () => {
  const app = express();
  app.use((_request, response, next) => {
    response.locals.requestId = 'request-1';
    next();
  });
  const routes: Route[] = [
    route(endpoint<{ body: { pass: string }; answer: object }>()({ method: 'POST', path: '/enter' }), {
      role: 'public',
      perMinute: 3,
      body: z.object({ pass: z.string() }),
      async handle({ body }) {
        if (body.pass !== 'good') throw new AppError('app_context_refused', 'No.');
        return {};
      },
    }),
    route(endpoint<{ body: object; answer: object }>()({ method: 'POST', path: '/work' }), {
      role: 'agent',
      perMinute: 3,
      body: z.object({}),
      handle: async () => ({}),
    }),
    route(endpoint<{ body: { engagementId: string }; answer: object }>()({ method: 'POST', path: '/flow' }), {
      role: 'flow',
      perMinute: 3,
      body: z.object({ engagementId: z.string() }),
      handle: async () => ({}),
    }),
    {
      kind: 'signed',
      endpoint: endpoint<{ answer: unknown }>()({ method: 'POST', path: '/signed' }),
      role: 'signature',
      maxBytes: 1_000,
      checkHeaders(headers) {
        if (headers['x-signature'] === undefined) throw new AppError('unauthenticated', 'No signature.');
      },
      handle: async ({ body }) => ({ bytes: body.toString('hex') }),
    },
    {
      kind: 'stream',
      endpoint: endpoint<{ answer: unknown }>()({ method: 'GET', path: '/stream' }),
      role: 'agent',
      perMinute: 3,
      async handle({ principal, response }) {
        response.end(`${principal.uid} ${principal.sessionId}`);
      },
    },
  ];
  const guards = {
    authenticate: async (given: string) =>
      given === bearer
        ? { account: 'main', uid: 'agent-1', role: 'agent' as const, sessionId: 'S-1', expiresAt: 9_000 }
        : undefined,
    flowTokens: [...flowTokens],
  };
  mountRoutes(app, routes, guards, { unverifiedBytes });
  app.use(answerErrors(createLog('silent')));
  http = createHttpServer(app);
  port = await http.listen(0, '127.0.0.1');
});
afterEach(() => http.drain());

function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path, method: 'POST', agent: connections };
    const outgoing = request(
      { ...options, headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers } },
      (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0)),
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const enter = (pass: string) => post('/enter', JSON.stringify({ pass }));
const asAgent = { authorization: `Bearer ${bearer}` };

describe('public route', () => {
  test('many refused calls › do not keep an agent behind the same proxy from signing in', async () => {
    const refused = await Promise.all(Array.from({ length: 100 }, () => enter('forged')));
    expect(new Set(refused).has(401)).toBe(true);
    expect(await enter('good')).toBe(200);
  });

  test('calls that hold their bodies back › do not count against the limit', async () => {
    const slow = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
    const head = 'POST /enter HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
    for (const socket of slow) socket.write(head);
    expect(await enter('forged')).toBe(401);
    expect(await enter('good')).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  test('accepted calls › are limited', async () => {
    for (let count = 0; count < 3; count++) expect(await enter('good')).toBe(200);
    expect(await enter('good')).toBe(429);
  });

  test('a body longer than an app context, or compressed › is not read', async () => {
    expect(await enter('x'.repeat(20_000))).toBe(413);
    expect(await post('/enter', gzipSync('{"pass":"good"}'), { 'content-encoding': 'gzip' })).toBe(400);
  });

  test('a body for an agent route without a session › is not read', async () => {
    expect(await post('/work', '{')).toBe(401);
    expect(await post('/work', 'x'.repeat(300_000))).toBe(401);
  });
});

test('agent route › malformed bodies › count against the limit', async () => {
  for (let count = 0; count < 3; count++) expect(await post('/work', '{', asAgent)).toBe(400);
  expect(await post('/work', '{', asAgent)).toBe(429);
});

describe('flow route', () => {
  const body = JSON.stringify({ engagementId: 'E-1' });
  const asFlow = (token: string) => post('/flow', body, { authorization: `Bearer ${token}` });

  test('the current and the previous token › are accepted', async () => {
    expect(await Promise.all(flowTokens.map(asFlow))).toEqual([200, 200]);
  });

  test.each([
    ['without a token', {}],
    ['with an old token', { authorization: 'Bearer the-token-before-those' }],
    ['with an agent’s bearer', asAgent],
    ['with half a token', { authorization: `Bearer ${flowTokens[0].slice(0, 10)}` }],
    ['with a token that is basic', { authorization: `Basic ${flowTokens[0]}` }],
    ['with an empty token', { authorization: 'Bearer ' }],
  ])('%s › is refused', async (_, headers) => {
    expect(await post('/flow', body, headers)).toBe(401);
  });

  test('many wrong tokens › are answered 429, and the right one is still accepted', async () => {
    const guesses = await Promise.all(Array.from({ length: 90 }, (_, index) => asFlow(`guess-number-${index}`)));
    expect(guesses.filter((status) => status === 401)).toHaveLength(60);
    expect(guesses.filter((status) => status === 429)).toHaveLength(30);
    expect(await asFlow(flowTokens[0])).toBe(200);
  });

  test('an ended session at an agent route › is answered 401 however often', async () => {
    const ended = { authorization: `Bearer ${'B'.repeat(43)}` };
    const answers = await Promise.all(Array.from({ length: 60 }, () => post('/work', '{}', ended)));
    expect(new Set(answers)).toEqual(new Set([401]));
  });
});

describe('signed route', () => {
  test('a body of any type › reaches its handler as the received bytes', async () => {
    const body = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0xff]);
    const response = await fetch(`http://127.0.0.1:${port}/signed`, {
      method: 'POST',
      headers: { 'x-signature': 'v0', 'content-type': 'text/html' },
      body,
    });
    expect(await response.json()).toEqual({ bytes: 'efbbbf7bff' });
  });

  test('a body without a signature, past its limit or compressed › is refused', async () => {
    const signed = { 'x-signature': 'v0' };
    expect(await post('/signed', 'x'.repeat(2_000))).toBe(401);
    expect(await post('/signed', 'x'.repeat(2_000), signed)).toBe(413);
    expect(await post('/signed', gzipSync('{}'), { ...signed, 'content-encoding': 'gzip' })).toBe(400);
  });

  test('many calls › are not limited', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => post('/signed', '{}', { 'x-signature': 'v0' })),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
  });
});

describe('bodies of unverified senders', () => {
  test.each([
    ['a signed route', '/signed', 'X-Signature: s\r\n'],
    ['a public route', '/enter', 'Content-Type: application/json\r\n'],
  ])(
    'held back at %s beyond the budget › the oldest are answered 503 and cut, and a whole one is served',
    async (_, path, headers) => {
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: 900\r\n\r\n`;
      const senders = Array.from({ length: 25 }, () => {
        const socket = connect(port, '127.0.0.1');
        const sender = { socket, received: '', isClosed: false };
        socket.on('error', () => {});
        socket.on('data', (data) => {
          sender.received += String(data);
        });
        socket.on('close', () => {
          sender.isClosed = true;
        });
        socket.write(head + 'x'.repeat(800));
        return sender;
      });
      await expect.poll(() => senders.filter(({ isClosed }) => isClosed).length, { timeout: 10_000 }).toBe(5);
      for (const { received, isClosed } of senders) expect(received.startsWith('HTTP/1.1 503 ')).toBe(isClosed);
      expect(await post('/signed', '{}', { 'x-signature': 'v0' })).toBe(200);
      for (const { socket } of senders) socket.destroy();
    },
  );

  test('a byte in each chunk › arrives whole', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.write('POST /signed HTTP/1.1\r\nHost: a\r\nX-Signature: s\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(`${'1\r\na\r\n'.repeat(900)}0\r\n\r\n`);
    expect(await answered).toContain('61'.repeat(900));
    socket.destroy();
  });
});

test('stream route › called without and with a session › refuses, then gives the session to its handler', async () => {
  const open = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/stream`, { headers });
  expect((await open({})).status).toBe(401);
  expect(await (await open(asAgent)).text()).toBe('agent-1 S-1');
});

describe('endless body', () => {
  const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`;
  const json = 'Content-Type: application/json\r\n';

  test.each([
    ['to a signed route', '/signed', 'X-Signature: s\r\n', 413],
    ['without a signature', '/signed', '', 401],
    ['to a public route', '/enter', json, 413],
    ['to an agent route', '/work', `${json}Authorization: Bearer ${bearer}\r\n`, 413],
    ['without a session', '/work', json, 401],
  ])('%s › is answered and cut off at once', async (_, path, headers, status) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (data) => {
      received += String(data);
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`);
    const dripping = setInterval(() => socket.write(chunk.repeat(32)), 5);
    await closed;
    clearInterval(dripping);
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(socket.bytesWritten).toBeLessThan(2_000_000);
  });
});
