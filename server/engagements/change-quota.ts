import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { createTokenBuckets } from '../platform/timing/token-bucket.ts';

/** `identifiers`: how many the report names; a report without one counts as one. `bytes`: of its new facts. */
type Change = { identifiers: number; bytes: number };

/** Takes the change from the agent's quota; throws when it is exhausted. */
type SpendQuota = (agent: Agent, change: Change) => void;

/**
 * Limits the new facts that an agent's panel may report. Each is looked up and stored, so without a limit a panel could
 * reveal the customers behind one phone number after another, or fill the database. Facts that are already known are
 * free; a busy panel reports a few new ones a minute, with some kilobytes at the begin of an engagement. In-process:
 * each server process has a quota of its own.
 */
export function createChangeQuota(parts: QuotaParts): SpendQuota {
  const { clock, identifiers = { burst: 300, perMinute: 60 }, bytes = { burst: 1_000_000, perMinute: 8_000 } } = parts;
  const identifierBuckets = createTokenBuckets(toRate(identifiers));
  const byteBuckets = createTokenBuckets(toRate(bytes));

  return ({ account, uid }, change) => {
    const key = JSON.stringify([account, uid]);
    const now = clock();
    const isAllowed =
      identifierBuckets.tryTake(key, now, Math.max(1, change.identifiers)) &&
      byteBuckets.tryTake(key, now, change.bytes);
    if (!isAllowed) throw new AppError('rate_limited', 'That was too much at once. Wait a minute and try again.');
  };
}

type Quota = { burst: number; perMinute: number };
type QuotaParts = { clock: Clock; identifiers?: Quota; bytes?: Quota };

const toRate = ({ burst, perMinute }: Quota) => ({ burst, perSecond: perMinute / 60 });
