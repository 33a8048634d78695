import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createLoop, type Loop } from '../platform/timing/loop.ts';
import { pause } from '../platform/timing/pause.ts';
import type { AuditStore } from './audit-store.ts';
import type { ChainSeal, SealedEnds } from './chain-seal.ts';
import { type BreakReason, findSealBreak, type KnownHead, verifyChain } from './verify-chain.ts';

const minute = 60_000;
const hour = 60 * minute;
/** The whole trail is read, in batches with pauses, by each process. */
const verifyEveryMs = 24 * hour;
const pauseMs = 20;

/**
 * Logs the head of the trail every hour, so that a trail that is cut off later contradicts the log, and verifies the
 * trail every day. The seal and the last good head are compared every hour; a contradiction is verified at once, and a
 * broken trail every hour, until it is sealed anew. `runDue` does once what is due.
 *
 * Not guaranteed: that a trail which was cut off, with an older copy of its ends put back, is noticed after a restart.
 * The heads in the log prove it (`npm run audit -- verify --head`).
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
  let isBroken = false;
  /** Of the last good hour. */
  let knownHead: KnownHead | undefined;

  async function isContradicted(ends: SealedEnds): Promise<boolean> {
    if (findSealBreak(ends, seal)) return true;
    if (!knownHead || knownHead.sequence <= ends.deleted_sequence) return false;
    const [entry] = await store.readAfter(knownHead.sequence - 1, 1);
    return knownHead.sequence > ends.sequence || entry?.hash !== knownHead.hash;
  }

  async function runDue(signal?: AbortSignal): Promise<void> {
    const ends = await store.readEnds();
    const { sequence, hash } = ends;
    log.info({ sequence, hash }, 'head of the audit trail');
    const now = clock();
    if (now < verifyAt && !isBroken && !(await isContradicted(ends))) {
      knownHead = { sequence, hash };
      return;
    }
    const report = await verifyChain(store, {
      seal,
      knownHeads: knownHead ? [knownHead] : [],
      waitBetween: () => pause(pauseMs, signal),
      signal,
    });
    if (report.kind === 'stopped') return;
    verifyAt = now + verifyEveryMs;
    isBroken = report.kind === 'broken';
    metrics.auditBroken.set(isBroken ? 1 : 0);
    metrics.auditVerifiedAt.set(now / 1_000);
    if (report.kind === 'broken') log.error({ ...report }, describeBreak(report.reason));
    else knownHead = report.head;
    if (report.kind === 'intact' && report.seal === 'unverified') log.warn({}, withoutKey);
  }

  const report = (err: unknown) => log.warn({ err }, 'the audit trail could not be verified; it is tried again later');
  return { ...createLoop({ run: runDue, intervalMs: hour, firstDelayMs: minute, report }), runDue };
}

const withoutKey =
  'the audit trail is sealed and SECRETS_KEY is not set: new entries are not sealed, and its seal fits no longer';

/** Names the command for an installation whose key was set for the first time, or changed. */
const describeBreak = (reason: BreakReason): string =>
  reason === 'not-sealed' || reason === 'other-key'
    ? 'the audit trail is not sealed by this SECRETS_KEY: if the key was set or changed, run npm run audit -- reseal'
    : 'the audit trail is broken';
