/*
 * Carries messages between the desktop page and the app in the iframe. Only what comes from that very frame, from the
 * panel's origin, is let in; only to that exact origin is anything sent. With jitter, messages may overtake each other,
 * as they may in the real client.
 */

type Delay = { latency: number; jitter: number };

type FrameLink = { send(message: unknown): void; disconnect(): void };

export function connectFrame(of: {
  frame: HTMLIFrameElement;
  origin: string;
  delay(): Delay;
  receive(message: unknown): void;
}): FrameLink {
  const later = (act: () => void) => {
    const { latency, jitter } = of.delay();
    const wait = latency + Math.random() * jitter;
    if (wait > 0) setTimeout(act, wait);
    else act();
  };
  const take = (event: MessageEvent) => {
    if (event.source !== of.frame.contentWindow || event.origin !== of.origin) return;
    of.receive(event.data);
  };
  window.addEventListener('message', take);
  return {
    send: (message) => later(() => of.frame.contentWindow?.postMessage(message, of.origin)),
    disconnect: () => window.removeEventListener('message', take),
  };
}
