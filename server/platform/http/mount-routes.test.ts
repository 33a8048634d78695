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
      admit(headers) {
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
  mountRoutes(app, routes, {
    authenticate: async (given) =>
      given === bearer
        ? { account: 'main', uid: 'agent-1', role: 'agent', sessionId: 'S-1', expiresAt: 9_000 }
        : undefined,
    flowTokens: [...flowTokens],
  });
  app.use(answerErrors(createLog('silent')));
  http = createHttpServer(app);
  port = await http.listen(0, '127.0.0.1');
});
afterEach(() => http.drain());

function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path, method: 'POST', agent: connections };
    const asking = request(
      { ...options, headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers } },
      (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0)),
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

const enter = (pass: string) => post('/enter', JSON.stringify({ pass }));
const asAgent = { authorization: `Bearer ${bearer}` };

describe('strangers', () => {
  test('who are refused, however often, do not keep an agent behind the same proxy from signing in', async () => {
    const refused = await Promise.all(Array.from({ length: 100 }, () => enter('forged')));
    expect(new Set(refused).has(401)).toBe(true);
    expect(await enter('good')).toBe(200);
  });

  test('who hold their bodies back take no place either', async () => {
    const slow = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
    const head = 'POST /enter HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
    for (const socket of slow) socket.write(head);
    expect(await enter('forged')).toBe(401);
    expect(await enter('good')).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  test('who are let in are limited', async () => {
    for (let count = 0; count < 3; count++) expect(await enter('good')).toBe(200);
    expect(await enter('good')).toBe(429);
  });

  test('get nothing read that is longer than an app context, or compressed', async () => {
    expect(await enter('x'.repeat(20_000))).toBe(413);
    expect(await post('/enter', gzipSync('{"pass":"good"}'), { 'content-encoding': 'gzip' })).toBe(400);
  });

  test('get nothing read at an agent’s address', async () => {
    expect(await post('/work', '{')).toBe(401);
    expect(await post('/work', 'x'.repeat(300_000))).toBe(401);
  });
});

test('an agent’s calls are counted before their bodies are read', async () => {
  for (let count = 0; count < 3; count++) expect(await post('/work', '{', asAgent)).toBe(400);
  expect(await post('/work', '{', asAgent)).toBe(429);
});

describe('a flow', () => {
  const body = JSON.stringify({ engagementId: 'E-1' });
  const asFlow = (token: string) => post('/flow', body, { authorization: `Bearer ${token}` });

  test('is known by its token, also by the one before while it is being replaced', async () => {
    expect(await Promise.all(flowTokens.map(asFlow))).toEqual([200, 200]);
  });

  test.each([
    ['without a token', {}],
    ['with an old token', { authorization: 'Bearer the-token-before-those' }],
    ['with an agent’s bearer', asAgent],
    ['with half a token', { authorization: `Bearer ${flowTokens[0].slice(0, 10)}` }],
    ['with a token that is basic', { authorization: `Basic ${flowTokens[0]}` }],
    ['with an empty token', { authorization: 'Bearer ' }],
  ])('%s is refused', async (_, headers) => {
    expect(await post('/flow', body, headers)).toBe(401);
  });
});

describe('a signed body', () => {
  test('reaches its handler as the bytes it came in, whatever its type', async () => {
    const body = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0xff]);
    const response = await fetch(`http://127.0.0.1:${port}/signed`, {
      method: 'POST',
      headers: { 'x-signature': 'v0', 'content-type': 'text/html' },
      body,
    });
    expect(await response.json()).toEqual({ bytes: 'efbbbf7bff' });
  });

  test('is not read without its signature, nor past its limit, nor when it is compressed', async () => {
    const signed = { 'x-signature': 'v0' };
    expect(await post('/signed', 'x'.repeat(2_000))).toBe(401);
    expect(await post('/signed', 'x'.repeat(2_000), signed)).toBe(413);
    expect(await post('/signed', gzipSync('{}'), { ...signed, 'content-encoding': 'gzip' })).toBe(400);
  });

  test('is never refused for coming often', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => post('/signed', '{}', { 'x-signature': 'v0' })),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
  });
});

test('a stream is an agent’s alone, and knows whose session it lives by', async () => {
  const open = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/stream`, { headers });
  expect((await open({})).status).toBe(401);
  expect(await (await open(asAgent)).text()).toBe('agent-1 S-1');
});

describe('a body that does not end', () => {
  const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`;
  const json = 'Content-Type: application/json\r\n';

  test.each([
    ['a signed body', '/signed', 'X-Signature: s\r\n', 413],
    ['one that has no signature', '/signed', '', 401],
    ['a stranger’s', '/enter', json, 413],
    ['an agent’s', '/work', `${json}Authorization: Bearer ${bearer}\r\n`, 413],
    ['one for a session that is over', '/work', json, 401],
  ])('%s is answered and cut off as soon as that is clear', async (_, path, headers, status) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    let said = '';
    socket.on('data', (data) => {
      said += String(data);
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`);
    const dripping = setInterval(() => socket.write(chunk.repeat(32)), 5);
    await closed;
    clearInterval(dripping);
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(socket.bytesWritten).toBeLessThan(2_000_000);
  });
});
