import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createLoop, type Loop } from '../platform/timing/loop.ts';
import { pause } from '../platform/timing/pause.ts';
import type { AuditStore } from './audit-store.ts';
import type { ChainSeal } from './chain-seal.ts';
import { verifyChain } from './verify-chain.ts';

const minute = 60_000;
const hour = 60 * minute;
/** The whole trail is read, in batches with pauses, by each process. */
const verifyEveryMs = 24 * hour;
const pauseMs = 20;

/**
 * Logs the head of the trail every hour, so that a trail that is cut off later contradicts the log, and verifies the
 * trail every day. `runDue` does once what is due.
 */
export function createChainWatch(parts: {
  store: Pick<AuditStore, 'readEnds' | 'readAfter' | 'readNewestSequence'>;
  seal: ChainSeal | undefined;
  clock: Clock;
  log: Pick<Log, 'info' | 'error' | 'warn'>;
  metrics: Pick<Metrics, 'auditBroken' | 'auditVerifiedAt'>;
}): Pick<Loop, 'start' | 'stop'> & { runDue(signal?: AbortSignal): Promise<void> } {
  const { store, seal, clock, log, metrics } = parts;
  let verifyAt = 0;

  async function runDue(signal?: AbortSignal): Promise<void> {
    const { sequence, hash } = await store.readEnds();
    log.info({ sequence, hash }, 'head of the audit trail');
    const now = clock();
    if (now < verifyAt) return;
    const report = await verifyChain(store, { seal, waitBetween: () => pause(pauseMs, signal), signal });
    if (report.kind === 'stopped') return;
    verifyAt = now + verifyEveryMs;
    metrics.auditBroken.set(report.kind === 'broken' ? 1 : 0);
    metrics.auditVerifiedAt.set(now / 1_000);
    if (report.kind === 'broken') log.error({ ...report }, 'the audit trail is broken');
  }

  const report = (err: unknown) => log.warn({ err }, 'the audit trail could not be verified; it is tried again later');
  return { ...createLoop({ run: runDue, intervalMs: hour, firstDelayMs: minute, report }), runDue };
}
