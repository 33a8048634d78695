import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectFrame } from './frame-link.ts';

const origin = 'http://127.0.0.1:4601';
let page: EventTarget;
beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('window', page);
});
afterEach(() => vi.unstubAllGlobals());

function connect(delay = { latency: 0, jitter: 0 }) {
  const heard: unknown[] = [];
  const posted: unknown[][] = [];
  const panel = { postMessage: (...message: unknown[]) => posted.push(message) };
  const link = connectFrame({
    // Of a frame only its window is touched, and Node has none.
    frame: { contentWindow: panel } as unknown as HTMLIFrameElement,
    origin,
    delay: () => delay,
    receive: (message) => heard.push(message),
  });
  return { link, heard, posted, panel };
}

function arrive(data: string, from: { source: unknown; origin: string }) {
  page.dispatchEvent(Object.assign(new Event('message'), { data, ...from }));
}

test('frame link › messages of another window or page › are ignored, the panel’s are received', () => {
  const { heard, panel } = connect();
  arrive('ours', { source: panel, origin });
  arrive('another window of that origin', { source: {}, origin });
  arrive('the frame after it went elsewhere', { source: panel, origin: 'https://elsewhere.example' });
  arrive('nobody', { source: null, origin });
  expect(heard).toEqual(['ours']);
});

test('frame link › answers › are posted to the panel’s exact origin', () => {
  const { link, posted } = connect();
  link.send({ type: 'event' });
  expect(posted).toEqual([[{ type: 'event' }, origin]]);
});

test('frame link › latency, disconnect › answers come later, then nothing is received', async () => {
  const { link, posted, heard, panel } = connect({ latency: 5, jitter: 5 });
  link.send('late');
  expect(posted).toEqual([]);
  await vi.waitFor(() => expect(posted).toHaveLength(1), 60_000);
  link.disconnect();
  arrive('too late', { source: panel, origin });
  expect(heard).toEqual([]);
});
