/*
 * Inside a frame the SDK accepts every window message of the right shape, whatever its sender: any page with a handle
 * to this window could switch the engagement. This guard runs before the SDK and passes only messages of the parent
 * page, and only when the server allows that page to frame the panel. At the top of a window (Zoom's desktop webview)
 * the host does not use window messages, so none pass.
 */
import { matchesSourceExpression } from './source-expression.ts';

/** The frame around the page: none, an allowed host, another host, or unknown (Firefox does not say). */
export type Frame = 'top' | 'trusted' | 'foreign' | 'unknown';

/** The server writes `FRAME_ANCESTORS` into the page, so that framing and messages use one list. */
export function readAllowedHosts(page: Document): string[] {
  const meta = page.querySelector<HTMLMetaElement>('meta[name="deskside-frame-hosts"]');
  return meta?.content.split(/\s+/).filter(Boolean) ?? [];
}

/** Bounds the console output under a flood of messages. */
const maxReported = 20;

/** To be called before the SDK's first config: listeners run in the order of registration. */
export function installFrameGuard(options: {
  allowedHosts: readonly string[];
  /** Called for the first stopped message of an origin. An origin is a host name, not personal data. */
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
      if (reported.has(event.origin) || reported.size >= maxReported) return;
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
