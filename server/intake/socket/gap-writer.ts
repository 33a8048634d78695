import { setTimeout as wait } from 'node:timers/promises';
import type { Gap } from '#contract/engagements.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { SocketGapStore } from './socket-gap-store.ts';

export type GapWriter = {
  /** A new owner hears nothing yet. What its predecessor last heard, however that one ended, is where the gap began. */
  begin(now: number): void;
  /** Nothing is heard since `from`. */
  open(from: number): void;
  /**
   * It is heard at `now`: for the beginning of a connection and for every heartbeat. A former owner may write a gap of its
   * own after the new one is built, and the next heartbeat closes it.
   */
  recordHeartbeat(now: number): void;
  /** Resolves when everything is written, or after so many ms. */
  settle(withinMs: number): Promise<void>;
};

const mostRetryMs = 15_000;

/**
 * Writes gaps in the order in which they were told, each again until the storage takes it: the storage that is down is a
 * frequent reason for a gap. All times in ms UTC.
 */
export function createGapWriter(parts: {
  gaps: SocketGapStore;
  /** A gap began, or ended just now. */
  onGap(gap: Gap): void;
  metrics: Pick<Metrics, 'socketGapSeconds'>;
  retryMs: number;
}): GapWriter {
  const { gaps, onGap, metrics } = parts;
  let written = Promise.resolve();
  let waiting = 0;

  function write(step: () => Promise<void>): void {
    waiting += 1;
    written = written.then(async () => {
      for (let ms = parts.retryMs; !(await succeeds(step)); ms = Math.min(2 * ms, mostRetryMs)) {
        await wait(ms, undefined, { ref: false });
      }
      waiting -= 1;
    });
  }

  async function close(until: number): Promise<void> {
    for (const gap of await gaps.close(until)) {
      if (gap.until === null) continue;
      metrics.socketGapSeconds.inc((gap.until - gap.from) / 1_000);
      onGap(gap);
    }
    await gaps.recordHeartbeat(until);
  }

  async function open(from: number): Promise<void> {
    if (await gaps.open(from)) onGap({ from, until: null });
  }

  return {
    begin: (now) => write(async () => open(Math.min((await gaps.readLastHeartbeat()) ?? now, now))),
    open: (from) => write(() => open(from)),
    recordHeartbeat(now) {
      // While the storage is down, heartbeats would pile up.
      if (waiting < 100) write(() => close(now));
    },
    settle: (withinMs) => Promise.race([written, wait(withinMs, undefined, { ref: false })]),
  };
}

async function succeeds(step: () => Promise<void>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch {
    return false;
  }
}
