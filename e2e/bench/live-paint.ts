import { get, type IncomingMessage } from 'node:http';
import type { Frame, Page } from '@playwright/test';

/** How many events are timed, after some that only warm up. */
const timed = 150;
const warmUp = 15;

/**
 * Milliseconds from the event leaving this process (a signed webhook; for the floor a bare post) to its text being
 * painted in the page.
 */
export async function timeLivePaints(frame: Frame, page: Page, post: (marker: string) => Promise<void>) {
  await frame.evaluate(livePaintRecorder);
  const times: number[] = [];
  for (let index = 0; index < warmUp + timed; index += 1) {
    const marker = `marker-${Date.now()}-${index}.`;
    const sent = performance.timeOrigin + performance.now();
    await post(marker);
    const painted = await frame.waitForFunction(
      (text) => (window as unknown as { paintedMarkers: Record<string, number> }).paintedMarkers[text],
      marker,
      { timeout: 10_000 },
    );
    if (index >= warmUp) times.push(((await painted.jsonValue()) ?? Number.NaN) - sent);
    await page.waitForTimeout(20);
  }
  return times;
}

/** The other panels: open, read, and nothing for them. */
export async function openStreams(
  urls: { url: string; headers: Record<string, string> }[],
): Promise<{ close(): void }> {
  const responses = await Promise.all(
    urls.map(
      ({ url, headers }) =>
        new Promise<IncomingMessage>((resolve, reject) => {
          get(url, { headers, agent: false }, resolve).once('error', reject);
        }),
    ),
  );
  for (const response of responses) {
    if (response.statusCode !== 200) throw new Error(`A stream was answered ${response.statusCode}`);
    response.resume().on('error', () => {});
  }
  return {
    close: () => {
      for (const response of responses) response.destroy();
    },
  };
}

/** As `paintRecorder`: the frame after the change is painted when a message posted from it arrives. */
const livePaintRecorder = `(() => {
  window.paintedMarkers = {};
  new MutationObserver(() => {
    const found = document.body.innerText.match(/marker-\\d+-\\d+\\./g) ?? [];
    const fresh = found.filter((text) => !(text in window.paintedMarkers));
    if (fresh.length === 0) return;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        for (const text of fresh) window.paintedMarkers[text] ??= performance.timeOrigin + performance.now();
      };
      channel.port2.postMessage(0);
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()`;
