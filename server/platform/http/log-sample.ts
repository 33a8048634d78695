import type { Log } from '../log.ts';

/** Lines of one kind in a second; the rest is counted. */
const maxPerSecond = 10;
const windowMs = 1_000;
/** Kinds are fixed words of ours; this bounds the memory should one ever hold more. */
const maxKinds = 1_000;

type Line = { route: string; code: string; reason?: string };
type Window = { endsAt: number; lines: number };

/**
 * Limits how many lines of one route, code and reason are logged: a stranger may send thousands of refused requests a
 * second. The end of a window with suppressed lines is logged with their number.
 */
export function createLogSample(log: Pick<Log, 'warn'>, now = () => performance.now()): (line: Line) => boolean {
  const windows = new Map<string, Window>();

  function open(kind: string, { route, code, reason }: Line): Window {
    if (windows.size >= maxKinds) windows.clear();
    const window = { endsAt: now() + windowMs, lines: 0 };
    windows.set(kind, window);
    const timer = setTimeout(() => {
      if (windows.get(kind) === window) windows.delete(kind);
      const suppressed = window.lines - maxPerSecond;
      if (suppressed > 0) log.warn({ route, code, ...(reason && { reason }), suppressed }, 'more were not logged');
    }, windowMs);
    timer.unref();
    return window;
  }

  return (line) => {
    const kind = JSON.stringify([line.route, line.code, line.reason]);
    const known = windows.get(kind);
    const window = known && now() < known.endsAt ? known : open(kind, line);
    window.lines += 1;
    return window.lines <= maxPerSecond;
  };
}
