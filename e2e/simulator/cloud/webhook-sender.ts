/*
 * Sends webhooks as Zoom does. An attempt is signed afresh and given 3 s.
 *
 *   attempt ──200, 204──▶ delivered
 *           ──3xx, 4xx──▶ given up: Zoom never repeats these
 *           ──5xx, no answer in time, no connection──▶ the next attempt, until there were four ──▶ given up
 *
 * First attempts go one after the other, so that without failures events arrive in the order in which they happened,
 * which Zoom does not guarantee; a slow answer delays the next attempt by at most 200 ms. Between attempts Zoom waits
 * 5, 20 and 60 minutes; here it is seconds. Whether Zoom signs a retry again is not documented. Unsent webhooks are
 * lost when the simulator stops.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signBody } from '../../../server/intake/http/signature.ts';

type WebhookSender = {
  /** `isLost`: the first attempt is not sent. */
  send(body: string, options: { isLost: boolean }): void;
  stop(): void;
};

const retryDelays = [5_000, 20_000, 60_000];
const answerWithin = 3_000;
const nextWithin = 200;

export function createWebhookSender(options: {
  url: string;
  secretToken: string;
  now(): number;
  retryDelays?: number[];
}): WebhookSender {
  const waits = options.retryDelays ?? retryDelays;
  const timers = new Set<NodeJS.Timeout>();
  let line: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  async function attempt(body: string, attempts: number, isLost: boolean): Promise<void> {
    if (isStopped) return;
    const wantsRetry = isLost || (await post(body));
    const wait = waits[attempts];
    if (!wantsRetry || wait === undefined || isStopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(body, attempts + 1, false);
    }, wait);
    timers.add(timer);
  }

  /** Whether Zoom would try again. */
  async function post(body: string): Promise<boolean> {
    const timestamp = String(Math.floor(options.now() / 1000));
    try {
      const { status } = await fetch(options.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Zoom Marketplace/1.0a',
          'x-zm-request-timestamp': timestamp,
          'x-zm-signature': signBody({ secret: options.secretToken, timestamp, body }),
          'x-zm-trackingid': `v=2.0;clid=sim;rid=${randomUUID()}`,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(answerWithin),
      });
      return status >= 500;
    } catch {
      return true;
    }
  }

  return {
    send(body, { isLost }) {
      line = line.then(() => Promise.race([attempt(body, 0, isLost), sleep(nextWithin, undefined, { ref: false })]));
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
