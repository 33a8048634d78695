import type { EngagementEvent } from '../events.ts';
import type { Log } from '../platform/log.ts';
import { readReport, readVariableLogs, type VariableLog } from './engagement-report.ts';
import { toEngagementEvents, toVariables } from './to-engagement-events.ts';
import type { RestOutcome, ZoomRest } from './zoom-rest.ts';

type Failure = Exclude<RestOutcome, { kind: 'answer' | 'empty' }>;

/** `not-ready`: Zoom has not processed the engagement: no report, or one without an end. ms UTC. */
export type ReportOutcome =
  | { kind: 'read'; events: EngagementEvent[]; endedAt: number }
  | { kind: 'not-ready' }
  | Failure;

/** The contract allows 500 variables. */
const maxPages = 5;

/** Reads one ended engagement with its flow variables, as engagement events. */
export function createReportReader(parts: {
  rest: ZoomRest;
  /** Removes card numbers from an answer; undefined where it is nested too deep. */
  redact(body: unknown): unknown;
  log: Pick<Log, 'warn'>;
}) {
  const { rest, redact, log } = parts;
  let hasWarned = false;

  async function readLogs(engagementId: string): Promise<VariableLog[] | Failure> {
    const logs: VariableLog[] = [];
    let token = '';
    for (let count = 0; count < maxPages; count += 1) {
      const outcome = await rest.get('/contact_center/variable_logs', {
        engagement_id: engagementId,
        page_size: '100',
        ...(token !== '' && { next_page_token: token }),
      });
      if (outcome.kind === 'empty') return logs;
      if (outcome.kind === 'refused') {
        // Variable logs need a scope of their own; the report is useful without it.
        if (!hasWarned)
          log.warn({ code: outcome.code }, 'Zoom refuses variable logs: flow variables are not reconciled');
        hasWarned = true;
        return logs;
      }
      if (outcome.kind !== 'answer') return outcome;
      const page = readVariableLogs(redact(outcome.json));
      logs.push(...page.logs);
      if (page.nextPageToken === '' || page.nextPageToken === token) return logs;
      token = page.nextPageToken;
    }
    return logs;
  }

  return async (engagementId: string): Promise<ReportOutcome> => {
    const outcome = await rest.get(`/contact_center/engagements/${encodeURIComponent(engagementId)}`);
    if (outcome.kind === 'empty') return { kind: 'not-ready' };
    if (outcome.kind !== 'answer') return outcome;
    const report = readReport(redact(outcome.json));
    if (report?.engagement_id !== engagementId || report.end_time === undefined) return { kind: 'not-ready' };
    const logs = await readLogs(engagementId);
    if (!Array.isArray(logs)) return logs;
    return { kind: 'read', events: toEngagementEvents(report, toVariables(logs)), endedAt: report.end_time };
  };
}
