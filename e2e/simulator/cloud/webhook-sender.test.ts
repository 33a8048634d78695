import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { verifySignature } from '../../../server/intake/http/signature.ts';
import { createWebhookSender } from './webhook-sender.ts';

type Received = { headers: IncomingHttpHeaders; body: Buffer };

const secretToken = 'a-secret-token';
const body = JSON.stringify({ event: 'contact_center.engagement_note_added', note: 'Trần – “ok” 🙂' });
let server: Server | undefined;
afterEach(() => server?.close());

/** Answers with these statuses, one after the other, and then 200. */
async function listen(...statuses: number[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const listening = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`, received };
}

const senderTo = (url: string) => createWebhookSender({ url, secretToken, now: Date.now, retryDelays: [20, 20, 20] });

test('webhook sender › any webhook › passes the server’s signature check over the raw bytes', async () => {
  const { url, received } = await listen();
  senderTo(url).send(body, { isLost: false });
  await expect.poll(() => received.length).toBe(1);
  const [{ headers, body: bytes } = { headers: {}, body: Buffer.of() }] = received;
  expect(bytes.toString()).toBe(body);
  const signed = { signature: headers['x-zm-signature'], timestamp: headers['x-zm-request-timestamp'] };
  expect(verifySignature({ ...signed, secrets: [secretToken], body: bytes, nowMs: Date.now() })).toMatchObject({
    kind: 'verified',
  });
});

test('webhook sender › 503 › is retried until it is accepted', async () => {
  const { url, received } = await listen(503, 500);
  senderTo(url).send(body, { isLost: false });
  await expect.poll(() => received.length).toBe(3);
  await sleep(60);
  expect(received).toHaveLength(3);
});

test('webhook sender › three failed retries › gives up', async () => {
  const { url, received } = await listen(503, 503, 503, 503, 503);
  senderTo(url).send(body, { isLost: false });
  await expect.poll(() => received.length).toBe(4);
  await sleep(60);
  expect(received).toHaveLength(4);
});

test.each([302, 400, 401, 429])('webhook sender › %i › is not retried', async (status) => {
  const { url, received } = await listen(status);
  senderTo(url).send(body, { isLost: false });
  await expect.poll(() => received.length).toBe(1);
  await sleep(60);
  expect(received).toHaveLength(1);
});

test('webhook sender › a lost attempt, or no server › the first retry arrives', async () => {
  const { url, received } = await listen();
  senderTo(url).send(body, { isLost: true });
  expect(received).toHaveLength(0);
  await expect.poll(() => received.length).toBe(1);
  senderTo('http://127.0.0.1:9/').send(body, { isLost: false });
});
