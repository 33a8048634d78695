import type { PastEngagements } from '#contract/engagements.ts';
import type { Agent } from '#contract/session.ts';
import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createSingletonJob } from '../platform/storage/singleton-job.ts';
import { createAccountReconciler } from './account-reconciler.ts';
import { createPastEngagements } from './past-engagements.ts';
import type { ApplyReconciled } from './reconcile-handler.ts';
import type { Span } from './sweep.ts';
import { createUserList } from './user-list.ts';
import { createZoomRest } from './zoom-rest.ts';

type Reconciliation = Feature & {
  /** Requests a sweep over a span in which events may have been lost. */
  requestSweep(span: Span): void;
  /** Returns the cached answer; a later one is reported with `onPast`. */
  findPast(agent: Agent, engagementId: string, number: string): PastEngagements;
  /** Whether Zoom's list of Contact Center users holds the user; undefined where it was not read to its end. */
  isListed(uid: string): Promise<boolean | undefined>;
};

/** Reads missed events and past engagements from Zoom's REST API. Without ZOOM_ACCOUNT_ID it does nothing. */
export function createReconciliation(parts: {
  config: Pick<Config, 'zoom'>;
  database: Pick<Database, 'db' | 'kind'>;
  zoomTokens: {
    get(grant: 'account_credentials'): ReturnType<Parameters<typeof createZoomRest>[0]['tokens']['get']>;
    forget: Parameters<typeof createZoomRest>[0]['tokens']['forget'];
  };
  applyReconciled: ApplyReconciled;
  isEnded(account: string, engagementId: string): Promise<boolean>;
  /** Removes card numbers from an answer; undefined where it is nested too deep. */
  redact(body: unknown): unknown;
  /** Masks text that agents wrote. */
  maskText: (text: string) => string;
  /** Past engagements were read, for the views of these agents. */
  onPast(account: string, changes: { engagementId: string; agentIds: string[] }[]): void;
  clock: Clock;
  metrics: Metrics;
  log: Log;
  report(error: unknown): void;
}): Reconciliation {
  const { database, zoomTokens, clock, report } = parts;
  const { account, accountId } = parts.config.zoom;
  if (accountId === undefined) {
    return { requestSweep() {}, findPast: () => ({ kind: 'not-asked' }), isListed: async () => undefined };
  }

  const tokens = { get: () => zoomTokens.get('account_credentials'), forget: zoomTokens.forget };
  const rest = createZoomRest({ http: createHttpClient(), tokens, clock });
  const past = createPastEngagements({ rest, clock, maskText: parts.maskText });
  const users = createUserList({ rest, clock });
  const reconciler = createAccountReconciler({
    ...parts,
    account,
    rest,
    isEnded: (engagementId) => parts.isEnded(account, engagementId),
  });
  const singletonJob = createSingletonJob({ database, name: `reconcile ${account}`, job: reconciler, report });

  return {
    requestSweep: reconciler.requestSweep,
    isListed: users.isListed,
    findPast(agent, engagementId, number) {
      past.request(number, () => parts.onPast(agent.account, [{ engagementId, agentIds: [agent.uid] }]));
      return past.peek(number, engagementId);
    },
    transactionHooks: [reconciler.scheduleEnded],
    start: singletonJob.start,
    drain: singletonJob.stop,
  };
}
