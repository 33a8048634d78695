import type { RecordSession } from './session.ts';

/**
 * Refused sign-ins for the audit trail: one entry for each reason and minute, with their number, so that nobody who is
 * refused can make the trail grow. A crash loses the counts of the last minute.
 */
type RefusedSignIns = {
  count(reason: string): void;
  /** Records what was counted; what cannot be recorded is counted on. */
  flush(): Promise<void>;
};

export function createRefusedSignIns(parts: { account: string; recordAudit: RecordSession }): RefusedSignIns {
  const counts = new Map<string, number>();
  const add = (reason: string, count: number) => void counts.set(reason, (counts.get(reason) ?? 0) + count);
  const agent = { account: parts.account, uid: 'unknown' };

  return {
    count: (reason) => add(reason, 1),

    async flush() {
      for (const [reason, count] of [...counts]) {
        counts.delete(reason);
        try {
          await parts.recordAudit({ agent, action: 'session.refused', details: { reason, count } });
        } catch (error) {
          add(reason, count);
          throw error;
        }
      }
    },
  };
}
