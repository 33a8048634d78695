import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { createCustomersForTests } from '../customers/customers-for-tests.ts';
import { createFakeSource } from '../customers/fake-source.ts';
import { answerErrors } from '../platform/http/error-answers.ts';
import { mountRoutes } from '../platform/http/mount-routes.ts';
import { createLog } from '../platform/log.ts';
import { openDatabase } from '../platform/storage/database.ts';
import { createFakeEngagements } from './fake-engagements.ts';
import { createPanelRoutes } from './routes.ts';
import { createPanelService } from './service.ts';

const bearer = 'a'.repeat(43);

async function listen() {
  const database = await openDatabase('sqlite::memory:');
  const source = createFakeSource();
  source.put({
    id: 'C-1',
    name: 'Ann Lee',
    emails: [{ raw: 'ann@northwind.example', value: 'ann@northwind.example' }],
  });
  const engagements = createFakeEngagements({ 'E-1': {} });
  const panel = createPanelService({
    engagements,
    customers: createCustomersForTests(database, source),
    readers: { history: () => ({ kind: 'not-asked' }) },
    recordShownCustomers: () => undefined,
    spendQuota: () => {},
    spendActBudget: async () => {},
    notifyDecision: () => {},
    countView: () => {},
  });

  const app = express();
  mountRoutes(app, createPanelRoutes(panel, engagements.readAccess), {
    authenticate: async (token) =>
      token === bearer
        ? { account: 'main', uid: 'agent-1', role: 'agent', sessionId: 'S-1', expiresAt: 9_000_000 }
        : undefined,
    flowTokens: [],
  });
  app.use(answerErrors(createLog('silent')));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    server.close();
    await database.close();
  });

  return async (path: string, body: unknown, token = bearer) => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
}

test('panel routes › agent › links, reveals, unlinks and undoes', async () => {
  const post = await listen();
  const linked = await post('/api/engagements/E-1/link', { customerId: 'fake:C-1' });
  expect(linked).toMatchObject({
    status: 200,
    body: { customer: { card: { id: 'fake:C-1', emails: [{ masked: 'a•••@n…' }] } } },
  });
  const revealed = await post('/api/engagements/E-1/reveal', { customerId: 'fake:C-1', reason: 'send-message' });
  expect(revealed).toEqual({ status: 200, body: { phones: [], emails: ['ann@northwind.example'] } });
  expect(await post('/api/engagements/E-1/unlink', {})).toMatchObject({
    status: 200,
    body: { customer: { card: null } },
  });
  expect(await post('/api/engagements/E-1/undo', {})).toMatchObject({
    status: 200,
    body: { customer: { card: { id: 'fake:C-1' } } },
  });
});

test('panel routes › agent › searches', async () => {
  const post = await listen();
  expect(await post('/api/customers/search', { query: 'ann' })).toMatchObject({
    status: 200,
    body: { understoodAs: 'name', customers: [{ id: 'fake:C-1' }], more: false },
  });
});

test('panel routes › without a session › are refused', async () => {
  const post = await listen();
  for (const path of ['link', 'unlink', 'undo', 'reveal', 'verify', 'refresh'].map(
    (act) => `/api/engagements/E-1/${act}`,
  )) {
    expect((await post(path, {}, 'b'.repeat(43))).status).toBe(401);
  }
  expect((await post('/api/customers/search', { query: 'ann' }, 'b'.repeat(43))).status).toBe(401);
});

test('panel routes › request outside the contract › is refused', async () => {
  const post = await listen();
  for (const [path, body] of [
    ['/api/engagements/E-1/link', {}],
    ['/api/engagements/E-1/link', { customerId: 'C\u0000' }],
    ['/api/engagements/E-1/link', { customerId: 'C'.repeat(301) }],
    ['/api/engagements/E-1/link', { customerId: `fake:${'x'.repeat(100_000)}` }],
    ['/api/engagements/E-1/link', { customerId: ['fake:C-1'] }],
    ['/api/engagements/E-1/link', { customerId: { toString: 'fake:C-1' } }],
    [`/api/engagements/${'E'.repeat(2_000)}/link`, { customerId: 'fake:C-1' }],
    ['/api/engagements/E%2F..%2F1/link', { customerId: 'fake:C-1' }],
    ['/api/engagements/E-1/reveal', { customerId: 'fake:C-1', reason: 'curious' }],
    ['/api/engagements/E-1/verify', { customerId: 'fake:C-1', method: 'felt like it' }],
    ['/api/engagements/E-1/refresh', { source: 'x'.repeat(65) }],
    ['/api/customers/search', { query: 'a'.repeat(201) }],
  ] as const) {
    expect((await post(path, body)).status).toBe(400);
  }
  expect((await post('/api/engagements/E-404/undo', {})).status).toBe(404);
});

test.each([
  'other:C-1',
  'C-1',
  ':C-1',
  'fake:',
  'fake:../C-1',
  'fake:..',
  '../fake:C-1',
  'FAKE:C-1',
  'fake:C-1/../C-2',
  '__proto__:C-1',
  'constructor:name',
  "fake:x' OR '1'='1",
  'fake:%43-1',
  'fake:\u202eC-1',
  `fake:${'9'.repeat(290)}`,
])('panel routes › customer %s › is not found, whatever the act', async (customerId) => {
  const post = await listen();
  expect((await post('/api/engagements/E-1/link', { customerId })).status).toBe(404);
  expect((await post('/api/engagements/E-1/reveal', { customerId, reason: 'call-back' })).status).toBe(403);
  expect((await post('/api/engagements/E-1/verify', { customerId, method: 'document' })).status).toBe(403);
});

test.each([
  ['link', { customerId: 'fake:C-1' }],
  ['unlink', {}],
  ['undo', {}],
  ['reveal', { customerId: 'fake:C-1', reason: 'call-back' }],
  ['verify', { customerId: 'fake:C-1', method: 'document' }],
  ['refresh', {}],
  ['refresh', { source: 'fake' }],
])('panel routes › %s in an unknown engagement › is not found', async (act, body) => {
  const post = await listen();
  expect((await post(`/api/engagements/E-other/${act}`, body)).status).toBe(404);
});

test.each(['other', '../fake', '__proto__', 'fake:C-1', ''])(
  'panel routes › refresh of a source called %j › is not found',
  async (source) => {
    const post = await listen();
    expect((await post('/api/engagements/E-1/refresh', { source })).status).toBe(404);
  },
);

test('panel routes › reveals, searches, links and refreshes in bulk › are limited', async () => {
  const post = await listen();
  const statuses = async (count: number, path: string, body: unknown) => {
    const all = Array.from({ length: count }, () => post(path, body));
    return (await Promise.all(all)).filter(({ status }) => status === 429).length;
  };
  expect(await statuses(31, '/api/engagements/E-1/reveal', { customerId: 'fake:C-1', reason: 'call-back' })).toBe(1);
  expect(await statuses(61, '/api/customers/search', { query: 'ann' })).toBe(1);
  expect(await statuses(61, '/api/engagements/E-1/link', { customerId: 'fake:C-1' })).toBe(1);
  expect(await statuses(31, '/api/engagements/E-1/refresh', {})).toBe(1);
});

test('panel routes › an observation over 32 kB › is refused, and the refusal names the limit', async () => {
  const post = await listen();
  const variables = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `${index}`, name: `v${index}`, value: '1 '.repeat(2_000) }));
  const refused = await post('/api/engagements/E-1/view', { facts: { variables: variables(9) } });
  expect(refused).toMatchObject({ status: 413, body: { error: { message: expect.stringContaining('32768 bytes') } } });
  expect((await post('/api/engagements/E-1/view', { facts: { variables: variables(8) } })).status).toBe(200);
});
