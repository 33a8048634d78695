import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { createLog } from '../log.ts';
import { createAppShell } from './app-shell.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

const metricsToken = 'the-token-of-the-monitoring';
const panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
const lines: string[] = [];
const refusals: unknown[] = [];
let checkReady = async () => {};
let conditions: Record<string, true> = {};
let http: HttpServer;
let origin = '';

beforeAll(async () => {
  writeFileSync(join(panelDirectory, 'index.html'), '<!doctype html><title>Panel</title>');
  const shell = createAppShell({
    config: { host: '127.0.0.1', publicUrl: undefined, frameAncestors: ["'self'"], metricsToken, trustPanels: true },
    log: createLog('info', { write: (line) => void lines.push(line) }),
    routes: [],
    guards: { authenticate: async () => undefined, flowTokens: [] },
    checkReady: () => checkReady(),
    listConditions: () => conditions,
    metrics: async () => ({ contentType: 'text/plain', text: 'deskside_intake_pending 0\n' }),
    countRefusal: (refusal) => refusals.push(refusal),
    panelDirectory,
  });
  http = createHttpServer(shell);
  origin = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
});
afterAll(async () => {
  await http.drain();
  rmSync(panelDirectory, { recursive: true });
});
beforeEach(() => {
  lines.length = 0;
  refusals.length = 0;
  checkReady = async () => {};
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(origin + path, { headers });

describe('operations endpoints', () => {
  it.each(['/healthz', '/readyz'])('%s › is not stored by anyone', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('panels are trusted › readyz says so', async () => {
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready', trustsPanels: true });
  });

  it('the directory is being rebuilt › readyz says so', async () => {
    conditions = { rebuildsDirectory: true };
    expect(await (await get('/readyz')).json()).toEqual({
      status: 'ready',
      trustsPanels: true,
      rebuildsDirectory: true,
    });
    conditions = {};
  });

  it('the database takes no writes › readyz answers 503, healthz 200', async () => {
    checkReady = () => Promise.reject(new Error('disk full'));
    const answer = await get('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { code: 'unavailable', message: expect.stringMatching(/writes/) },
    });
    expect((await get('/healthz')).status).toBe(200);
  });

  it('the server is stopping › readyz says so', async () => {
    checkReady = () => Promise.reject(new AppError('unavailable', 'Not ready: the server is stopping.'));
    expect(await (await get('/readyz')).json()).toMatchObject({
      error: { message: expect.stringMatching(/stopping/) },
    });
  });

  it.each([
    ['no token', {}, 401],
    ['another token', { authorization: 'Bearer another-token-of-24-chars' }, 401],
    ['half the token', { authorization: `Bearer ${metricsToken.slice(0, 12)}` }, 401],
    ['the token as basic', { authorization: `Basic ${metricsToken}` }, 401],
    ['the token', { authorization: `Bearer ${metricsToken}` }, 200],
  ])('metrics with %s › is answered', async (_, headers, status) => {
    const answer = await get('/metrics', headers);
    expect(answer.status).toBe(status);
    expect((await answer.text()).includes('deskside_')).toBe(status === 200);
  });
});

describe('every answer', () => {
  it('permissions policy › denies what no page uses, and leaves the clipboard to the panel', async () => {
    for (const path of ['/', '/healthz', '/nothing']) {
      const policy = (await get(path)).headers.get('permissions-policy') ?? '';
      for (const feature of ['camera', 'microphone', 'geolocation', 'usb']) expect(policy).toContain(`${feature}=()`);
      expect(policy).not.toContain('clipboard');
    }
  });
});

describe('redirect of an installation', () => {
  it('with a code › is answered with the page that says where to go on', async () => {
    const answer = await get('/auth/callback?code=abc');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Panel</title>');
  });
});

describe('refused requests', () => {
  it('a hundred of one kind › are all answered and counted, and some are logged', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => get('/nothing')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(refusals).toHaveLength(100);
    // Ten a second, and a busy machine takes several.
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(100);
  });
});
