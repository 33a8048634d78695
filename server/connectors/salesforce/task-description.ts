import type { Clock } from '../../platform/clock.ts';
import { createAnswerCache, type Freshness } from '../port/answer-cache.ts';
import type { Outcome } from '../port/outcome.ts';
import type { Api, Description } from './api.ts';

/** ms. Fields and rights change rarely, and the description may have megabytes. */
const ttl = { found: 4 * 3_600_000, notFound: 0 };

export type DescribeTask = (api: Api, freshness?: Freshness) => Promise<Outcome<Description>>;

/** The description of Task, downloaded once for many logs. In-process. */
export function createTaskDescription(clock: Clock): DescribeTask {
  const cache = createAnswerCache<Description>(clock, ttl);
  return (api, freshness = 'cached') => cache.get('Task', freshness, api.describeTask);
}
