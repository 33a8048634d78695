import { day, type RetentionRule } from '../retention.ts';
import type { JobStore } from './job-store.ts';

const finishedMs = 7 * day;
/** Time to examine a dead letter and to replay it. */
const deadMs = 30 * day;

export function createJobRetention(store: JobStore): RetentionRule[] {
  return [
    {
      table: 'jobs',
      class: 'operational',
      periodMs: finishedMs,
      delete: (finished, limit) => store.deleteEnded({ finished, dead: finished + finishedMs - deadMs }, limit),
    },
  ];
}
