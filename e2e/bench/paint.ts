import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Frame, type Page } from '@playwright/test';
import { chromiumLaunchOptions } from '../find-chromium.ts';
import { benchPhone } from './bench-customers.ts';
import { paintHostPage, paintRecorder } from './paint-host.ts';

/** Milliseconds from the SDK event leaving the host to the card being painted. */
export type PaintTimes = { arrivals: number[]; switches: number[] };

const arrivals = 120;
const switches = 240;
const warmUp = 20;
/** Agents rarely have more open at once. */
export const openAtOnce = 5;

export type PaintHost = { origin: string; close(): void };

export async function startPaintHost(): Promise<PaintHost> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(paintHostPage);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(chromiumLaunchOptions());
}

export async function measurePaints(
  browser: Browser,
  pages: { host: PaintHost; framed: string; mintAppContext: () => string; seed: number; customers: number },
): Promise<PaintTimes> {
  const { page, frame } = await openPanel(browser, pages.host, pages.framed, pages.mintAppContext);
  try {
    const ids = Array.from({ length: warmUp + arrivals }, (_, index) => {
      const customer = (pages.seed + index * 7_919) % pages.customers;
      return `E${pages.seed}-${index}.${benchPhone(customer).slice(1)}`;
    });
    const arrivalTimes: number[] = [];
    for (const [index, id] of ids.entries()) {
      arrivalTimes.push(await timePaint(page, frame, id));
      const oldest = ids[index - openAtOnce + 1];
      if (oldest !== undefined && index < ids.length - 1) await endEngagement(page, oldest);
    }
    const open = ids.slice(-openAtOnce);
    const switchTimes: number[] = [];
    for (let index = 0; index < warmUp + switches; index += 1) {
      switchTimes.push(await timePaint(page, frame, open[index % openAtOnce] ?? ''));
    }
    return { arrivals: arrivalTimes.slice(warmUp), switches: switchTimes.slice(warmUp) };
  } finally {
    await page.close();
  }
}

export async function openPanel(browser: Browser, host: PaintHost, framed: string, mintAppContext: () => string) {
  const page = await browser.newPage();
  await page.exposeFunction('mintAppContext', mintAppContext);
  await page.addInitScript(paintRecorder);
  await page.goto(host.origin);
  return { page, frame: await openFrame(page, framed) };
}

async function openFrame(page: Page, url: string): Promise<Frame> {
  await page.evaluate((src) => document.querySelector('iframe')?.setAttribute('src', src), url);
  const element = await page.waitForSelector('iframe');
  const frame = await element.contentFrame();
  if (!frame) throw new Error('The bench host shows no frame.');
  await frame.waitForSelector('main[data-state="idle"]');
  return frame;
}

export async function endEngagement(page: Page, id: string): Promise<void> {
  await page.evaluate(
    (engagementId) => (window as unknown as { endEngagement(id: string): void }).endEngagement(engagementId),
    id,
  );
}

export async function timePaint(page: Page, frame: Frame, id: string): Promise<number> {
  await frame.evaluate((engagementId) => {
    delete (window as unknown as { painted: Record<string, number> }).painted[engagementId];
  }, id);
  const sent = await focusEngagement(page, id);
  const painted = await waitUntilPainted(frame, id);
  // Events of a real desk do not come back to back; late work of one must not be counted to the next.
  await page.waitForTimeout(15);
  return painted - sent;
}

/** When the event left the host, in ms since the epoch. */
export async function focusEngagement(page: Page, id: string): Promise<number> {
  return page.evaluate(
    (engagementId) => (window as unknown as { focusEngagement(id: string): number }).focusEngagement(engagementId),
    id,
  );
}

/** When its card was painted, in ms since the epoch. Looked for at every frame, or every `pollMs`, which costs less. */
export async function waitUntilPainted(frame: Frame, id: string, pollMs?: number): Promise<number> {
  const painted = await frame.waitForFunction(
    (engagementId) => (window as unknown as { painted: Record<string, number> }).painted[engagementId],
    id,
    { timeout: 10_000, polling: pollMs ?? 'raf' },
  );
  return (await painted.jsonValue()) ?? Number.NaN;
}
