/*
 * Inside a frame the SDK believes every message that reaches the window, whoever sent it: an event needs nothing but
 * the right shape, so any page holding a handle to ours could switch the engagement under the agent's eyes. This guard
 * stands before the SDK and lets through only what the page around us says, and only when that page is one the server
 * allows to frame us. At the top of a window (Zoom's desktop webview) the host never speaks by window messages, so none
 * is for us.
 */
import { matchesSourceExpression } from './source-expression.ts';

/** Who stands around the page: nobody, hosts we allow, somebody else, or the browser does not say (Firefox). */
export type Frame = 'top' | 'trusted' | 'foreign' | 'unknown';

/** The server writes `FRAME_ANCESTORS` into the page, so that framing and messages obey one list. */
export function readAllowedHosts(page: Document): string[] {
  const meta = page.querySelector<HTMLMetaElement>('meta[name="deskside-frame-hosts"]');
  return meta?.content.split(/\s+/).filter(Boolean) ?? [];
}

/** Whoever floods us with messages from ever new origins must not flood the console too. */
const mostReported = 20;

/** Call it before the SDK's first config: listeners of one target run in the order they were added. */
export function installFrameGuard(options: {
  allowedHosts: readonly string[];
  /** Told the first time an origin's message is stopped. An origin is a host's name, never a person's. */
  report?: (origin: string) => void;
  page?: Window;
}): { frame: Frame } {
  const page = options.page ?? window;
  const isAllowed = (origin: string) =>
    options.allowedHosts.some((expression) => matchesSourceExpression(expression, origin, page.location.origin));
  const frame = readFrame(page, isAllowed);
  const reported = new Set<string>();

  page.addEventListener(
    'message',
    (event) => {
      const isHost = frame !== 'top' && frame !== 'foreign' && event.source === page.parent && isAllowed(event.origin);
      if (isHost) return;
      event.stopImmediatePropagation();
      if (reported.has(event.origin) || reported.size >= mostReported) return;
      reported.add(event.origin);
      options.report?.(event.origin);
    },
    { capture: true },
  );

  return { frame };
}

function readFrame(page: Window, isAllowed: (origin: string) => boolean): Frame {
  if (page.self === page.top) return 'top';
  const ancestors: DOMStringList | undefined = page.location.ancestorOrigins;
  if (ancestors === undefined || ancestors.length === 0) return 'unknown';
  return Array.from(ancestors).every(isAllowed) ? 'trusted' : 'foreign';
}
