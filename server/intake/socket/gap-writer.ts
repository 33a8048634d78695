import type { Gap } from '#contract/engagements.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { createBackOff } from '../../platform/timing/back-off.ts';
import { withDeadline } from '../../platform/timing/deadline.ts';
import { pause } from '../../platform/timing/pause.ts';
import type { SocketGapStore } from './socket-gap-store.ts';

type GapWriter = {
  /** For a new owner, before it connects. The gap starts at the last stored heartbeat, if there is an earlier one. */
  openSinceLastHeartbeat(now: number): void;
  /** Nothing has been received since `from`. */
  open(from: number): void;
  /**
   * Ends the open gap; call it when a connection is built and at every heartbeat, because a former owner may open a gap
   * after that.
   */
  closeAndRecordHeartbeat(now: number): void;
  /** Resolves when everything is written, or after `timeoutMs`. */
  settle(timeoutMs: number): Promise<void>;
};

const maxRetryMs = 15_000;
/** Bounds the queue of heartbeats while the storage is down. */
const maxWaiting = 100;

/**
 * Writes gaps in order and retries each write until it succeeds: a storage that is down is a frequent cause of a gap.
 * All times in ms UTC.
 */
export function createGapWriter(parts: {
  gaps: SocketGapStore;
  /** A gap began, or has just ended. */
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
      const backOff = createBackOff({ firstMs: parts.retryMs, maxMs: maxRetryMs, jitter: 0.5 });
      while (!(await succeeds(step))) await pause(backOff.next());
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
    openSinceLastHeartbeat: (now) => write(async () => open(Math.min((await gaps.readLastHeartbeat()) ?? now, now))),
    open: (from) => write(() => open(from)),
    closeAndRecordHeartbeat(now) {
      if (waiting < maxWaiting) write(() => close(now));
    },
    settle: (timeoutMs) =>
      withDeadline(
        timeoutMs,
        () => written,
        () => {},
      ),
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
