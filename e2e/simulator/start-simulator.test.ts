import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agents } from './agents.ts';
import { type Simulator, startSimulator } from './start-simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    panelUrl: 'http://127.0.0.1:4601',
    clientId: 'client',
    clientSecret: 'secret',
    accountId: 'account',
    webhookSecretToken: 'webhook-secret',
    flowToken: 'the-flow-token-of-nobody-at-all',
    webSocketSubscriptionId: 'subscription',
  });
});
afterAll(() => simulator.stop());

const mintPath = `/app-context?agent=${agents[0].id}`;

test('simulator server › its own page, a known agent › gets an app context', async () => {
  const answer = await ask('POST', mintPath, { origin: simulator.url });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body).context.length).toBeGreaterThan(200);
  expect((await ask('POST', '/app-context?agent=somebody', { origin: simulator.url })).status).toBe(404);
});

test('simulator server › another origin or none › gets no app context', async () => {
  expect((await ask('POST', mintPath, { origin: 'http://127.0.0.1:4601' })).status).toBe(403);
  expect((await ask('POST', mintPath, { origin: 'null' })).status).toBe(403);
  expect((await ask('POST', mintPath, {})).status).toBe(403);
  expect((await ask('GET', mintPath, { origin: simulator.url })).status).toBe(404);
});

test('simulator server › another host name › is refused whatever the origin', async () => {
  const { port } = new URL(simulator.url);
  const host = `rebound.example:${port}`;
  expect((await ask('POST', mintPath, { host, origin: `http://${host}` })).status).toBe(421);
  expect((await ask('GET', '/settings', { host })).status).toBe(421);
});

test('simulator server › settings › have the panel’s URL and the agents, and no secret', async () => {
  const { body } = await ask('GET', '/settings', {});
  expect(JSON.parse(body)).toEqual({ panelUrl: 'http://127.0.0.1:4601', agents });
});

/** Not `fetch`, which does not let a caller choose Host. */
function ask(method: string, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(simulator.url + path, { method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('error', reject).end();
  });
}
