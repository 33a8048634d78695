import express from 'express';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { endpoint, type Method } from '#contract/endpoint.ts';
import type { Agent } from '#contract/session.ts';
import { AppError } from '../errors.ts';
import { createLog } from '../log.ts';
import { answerErrors } from './error-answers.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { mountRoutes } from './mount-routes.ts';
import { type Access, type PrincipalOf, type Role, type Route, route, type SessionRole } from './route.ts';

const sessionRoles: SessionRole[] = ['agent', 'supervisor', 'admin', 'auditor'];
const roles: Role[] = [...sessionRoles, 'flow'];
const bearers = Object.fromEntries(sessionRoles.map((role) => [role, role.padEnd(43, '-')]));
bearers.flow = 'the-flow-token';

const accesses: Access[] = ['public', ...roles, ['supervisor', 'admin'], ['flow', 'admin'], []];
const methods: Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const jsonTable = accesses.flatMap((access) => methods.map((method) => ({ access, method })));
const pathOf = (kind: string, access: Access) => `/${kind}/${[access].flat().join('-') || 'nobody'}`;

const jsonRoutes = jsonTable.map(({ access, method }) =>
  route(endpoint<{ answer: { role: string } }>()({ method, path: pathOf('json', access) }), {
    role: access,
    perMinute: 1_000,
    handle: async ({ principal }) => ({ role: principal?.role ?? 'none' }),
  }),
);
const streamRoutes = sessionRoles.map(
  (role): Route => ({
    kind: 'stream',
    endpoint: endpoint<{ answer: unknown }>()({ method: 'GET', path: pathOf('stream', role) }),
    role,
    perMinute: 1_000,
    async handle({ principal, response }) {
      response.end(JSON.stringify({ role: principal.role }));
    },
  }),
);

const readPage = endpoint<{ query: { from: string; limit?: number | undefined }; answer: unknown }>()({
  method: 'GET',
  path: '/pages/:page',
});
const changePage = endpoint<{ body: { title: string }; answer: unknown }>()({ method: 'PATCH', path: '/pages/:page' });
const page = z.string().regex(/^\d+$/);
const pageRoutes = [
  route(readPage, {
    role: 'public',
    perMinute: 1_000,
    params: { page },
    query: z.object({ from: z.string(), limit: z.optional(z.coerce.number<number>().int()) }),
    handle: async ({ params, query }) => ({ page: params.page, ...query }),
  }),
  route(changePage, {
    role: 'public',
    perMinute: 1_000,
    params: { page },
    body: z.object({ title: z.string() }),
    handle: async ({ params, body }) => ({ page: params.page, title: body.title }),
  }),
];

const engagementRoute = route(
  endpoint<{ answer: { title: string } }>()({ method: 'GET', path: '/engagements/:engagementId/page' }),
  {
    role: 'agent',
    perMinute: 1_000,
    params: { engagementId: page },
    async access(agent: Agent, engagementId) {
      if (engagementId === '8') throw new AppError('forbidden', 'Not yours.');
      return `${engagementId} of ${agent.uid}`;
    },
    handle: async ({ access }) => ({ title: access }),
  },
);

let http: HttpServer;
let port = 0;

beforeAll(async () => {
  const app = express().set('query parser', 'simple');
  mountRoutes(app, [...jsonRoutes, ...streamRoutes, ...pageRoutes, engagementRoute], {
    authenticate: async (given) => {
      const role = sessionRoles.find((name) => bearers[name] === given);
      return role && { account: 'main', uid: `the-${role}`, role, sessionId: 'S-1', expiresAt: 9_000 };
    },
    flowTokens: [bearers.flow ?? ''],
  });
  app.use(answerErrors(createLog('silent')));
  http = createHttpServer(app);
  port = await http.listen(0, '127.0.0.1');
});
afterAll(() => http.drain());

async function send(method: Method, path: string, bearer?: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, answer: JSON.parse(text === '' ? 'null' : text) };
}

/** 401 where the credential is of a kind that the route does not examine, 403 where its role is known and not named. */
function statusFor(access: Access, caller: Role | 'nobody' | 'unknown'): number {
  if (access === 'public') return 200;
  const allowed: readonly Role[] = typeof access === 'string' ? [access] : access;
  if (caller === 'nobody' || caller === 'unknown') return 401;
  if (allowed.includes(caller)) return 200;
  const isExamined = caller !== 'flow' && allowed.some((role) => role !== 'flow');
  return isExamined ? 403 : 401;
}

const callers = [...roles, 'nobody', 'unknown'] as const;
const bearerFor = (caller: (typeof callers)[number]) => (caller === 'unknown' ? 'x'.repeat(43) : bearers[caller]);

describe.each(jsonTable.map(({ access, method }) => ({ access, method, path: pathOf('json', access) })))(
  'json route $method $path',
  ({ access, method, path }) => {
    it.each(callers)('called by %s › is allowed or refused by its role', async (caller) => {
      const { status, answer } = await send(method, path, bearerFor(caller));
      expect(status).toBe(statusFor(access, caller));
      if (status === 200) expect(answer).toEqual({ role: access === 'public' ? 'none' : caller });
    });
  },
);

describe.each(sessionRoles)('stream route for %s', (role) => {
  it.each(callers)('called by %s › is allowed or refused by its role', async (caller) => {
    const { status, answer } = await send('GET', pathOf('stream', role), bearerFor(caller));
    expect(status).toBe(statusFor(role, caller));
    if (status === 200) expect(answer).toEqual({ role });
  });
});

describe('query', () => {
  it('declared and valid › is parsed by its schema', async () => {
    expect((await send('GET', '/pages/7?from=a&limit=20')).answer).toEqual({ page: '7', from: 'a', limit: 20 });
  });

  it.each(['', '?limit=20', '?from=a&from=b', '?from=a&limit=many', '?from[x]=a'])(
    'malformed as "%s" › is refused and not repeated',
    async (query) => {
      const { status, answer } = await send('GET', `/pages/7${query}`);
      expect(status).toBe(400);
      expect(answer.error.message).toMatch(/^Not understood: (from|limit|query)\.$/);
    },
  );
});

test('path parameter › malformed › is refused', async () => {
  expect((await send('GET', '/pages/seven?from=a')).status).toBe(400);
});

test('PATCH body › valid or not › is parsed or refused', async () => {
  expect((await send('PATCH', '/pages/7', undefined, { title: 'T' })).answer).toEqual({ page: '7', title: 'T' });
  expect((await send('PATCH', '/pages/7', undefined, { title: 1 })).status).toBe(400);
  expect((await send('PATCH', '/pages/7')).status).toBe(400);
});

const seePage = endpoint<{ answer: { title: string } }>()({ method: 'GET', path: '/engagements/:engagementId/page' });
const readAccess = async (agent: Agent, engagementId: string) => ({ title: `${engagementId} of ${agent.uid}` });
const inEngagement = { role: 'agent', perMinute: 1_000, params: { engagementId: page } } as const;

test('route with an engagement id › without access › does not compile', () => {
  route(seePage, { ...inEngagement, access: readAccess, handle: async ({ access }) => ({ title: access.title }) });
  // @ts-expect-error: the path names an engagement, so the route must read the access to it.
  route(seePage, { ...inEngagement, handle: async () => ({ title: '' }) });
  // @ts-expect-error: a flow has no user id, so it has no access.
  route(seePage, { ...inEngagement, role: 'flow', access: readAccess, handle: async () => ({ title: '' }) });
  // @ts-expect-error: nor has a caller without a session.
  route(seePage, { ...inEngagement, role: 'public', access: readAccess, handle: async () => ({ title: '' }) });
  const definition = { role: 'agent', perMinute: 1, handle: async () => ({ title: '' }) } as const;
  const readTitle = endpoint<{ answer: { title: string } }>()({ method: 'GET', path: '/title' });
  // @ts-expect-error: a path without an engagement has no access.
  route(readTitle, { ...definition, access: readAccess });
});

test.each([
  ['json', { kind: 'json', perMinute: 1, params: {}, query: undefined, body: undefined, access: undefined }],
  ['stream', { kind: 'stream', perMinute: 1 }],
  ['signed', { kind: 'signed', role: 'signature', maxBytes: 1, checkHeaders: () => {} }],
])('%s route with an engagement id › without access › is not mounted', (_kind, fields) => {
  const made = { role: 'agent', endpoint: seePage, handle: async () => ({}), ...fields } as unknown as Route;
  const mount = () => mountRoutes(express(), [made], { authenticate: async () => undefined, flowTokens: [] });
  expect(mount).toThrow('names an engagement without access');
});

test('route with an engagement id › access refused › is not handled', async () => {
  expect((await send('GET', '/engagements/7/page', bearers.agent)).answer).toEqual({ title: '7 of the-agent' });
  expect((await send('GET', '/engagements/8/page', bearers.agent)).status).toBe(403);
});

test('route definition › incomplete or contradicting its endpoint › does not compile', () => {
  const body = z.object({ title: z.string() });
  const handle = async () => ({});
  // @ts-expect-error: a route without a role does not compile.
  route(changePage, { perMinute: 1, params: { page }, body, handle });
  // @ts-expect-error: nor does one without a limit,
  route(changePage, { role: 'agent', params: { page }, body, handle });
  // @ts-expect-error: without a schema for a declared body,
  route(changePage, { role: 'agent', perMinute: 1, params: { page }, handle });
  // @ts-expect-error: without a schema for a parameter of the path,
  route(changePage, { role: 'agent', perMinute: 1, body, handle });
  // @ts-expect-error: with a schema that yields something else than the endpoint declares,
  route(changePage, { role: 'agent', perMinute: 1, params: { page }, body: z.object({ title: z.number() }), handle });
  // @ts-expect-error: with a query that the endpoint does not declare,
  route(changePage, { role: 'agent', perMinute: 1, params: { page }, body, query: z.object({}), handle });
  // @ts-expect-error: with a role that does not exist.
  route(changePage, { role: 'owner', perMinute: 1, params: { page }, body, handle });
  const readTitle = endpoint<{ answer: { title: string } }>()({ method: 'GET', path: '/title' });
  // @ts-expect-error: an answer that is not the declared one does not compile.
  route(readTitle, { role: 'agent', perMinute: 1, handle: async () => ({ name: '' }) });
  // @ts-expect-error: a public route has no principal.
  route(readTitle, { role: 'public', perMinute: 1, handle: async ({ principal }) => ({ title: principal.role }) });
  route(readTitle, {
    role: ['agent', 'admin'],
    perMinute: 1,
    handle: async ({ principal }) => ({ title: principal.uid }),
  });
  const handleForBoth = async ({ principal }: { principal: PrincipalOf<readonly ['agent', 'flow']> }) => ({
    // @ts-expect-error: a flow has no user id.
    title: principal.uid,
  });
  route(readTitle, { role: ['agent', 'flow'], perMinute: 1, handle: handleForBoth });
});
