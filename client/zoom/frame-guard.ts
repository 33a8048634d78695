export type Frame = 'top' | 'trusted' | 'foreign' | 'unknown';

export type FrameGuard = {
  frame: Frame;
  /** How many messages were stopped. */
  refusals(): number;
};

/** The server writes `FRAME_ANCESTORS` into the page, so that framing and messages obey one list. */
export function readAllowedHosts(page: Document): string[] {
  const meta = page.querySelector<HTMLMetaElement>('meta[name="deskside-frame-hosts"]');
  return meta?.content.split(/\s+/).filter(Boolean) ?? [];
}

export function installFrameGuard(_options: { allowedHosts: readonly string[]; page?: Window }): FrameGuard {
  throw new Error('not yet');
}
