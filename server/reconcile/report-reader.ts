import type { EngagementEvent } from '../events.ts';
import type { Log } from '../platform/log.ts';
import { readReport, readVariableLogs, type VariableLog } from './engagement-report.ts';
import { toStatements, toVariables } from './to-engagement-events.ts';
import type { RestOutcome, ZoomRest } from './zoom-rest.ts';

type Failure = Exclude<RestOutcome, { kind: 'answer' | 'empty' }>;

/** `not-ready`: Zoom answers nothing, or nothing with an end, until it has processed an engagement. ms UTC. */
export type ReadBack =
  | { kind: 'read'; statements: EngagementEvent[]; endedAt: number }
  | { kind: 'not-ready' }
  | Failure;

/** The contract keeps 500 variables. */
const mostPages = 5;

export function createReadBack(parts: {
  rest: ZoomRest;
  /** Takes card numbers out of an answer; undefined for what is nested too deep to be an answer of Zoom's. */
  redact(body: unknown): unknown;
  log: Pick<Log, 'warn'>;
}) {
  const { rest, redact, log } = parts;
  let hasWarned = false;

  async function readLogs(engagementId: string): Promise<VariableLog[] | Failure> {
    const logs: VariableLog[] = [];
    let token = '';
    for (let page = 0; page < mostPages; page += 1) {
      const outcome = await rest.get('/contact_center/variable_logs', {
        engagement_id: engagementId,
        page_size: '100',
        ...(token !== '' && { next_page_token: token }),
      });
      if (outcome.kind === 'empty') return logs;
      if (outcome.kind === 'refused') {
        // A scope of its own. Without it the rest of the engagement is still worth having.
        if (!hasWarned)
          log.warn({ code: outcome.code }, 'Zoom refuses variable logs: flow variables are not read back');
        hasWarned = true;
        return logs;
      }
      if (outcome.kind !== 'answer') return outcome;
      const read = readVariableLogs(redact(outcome.json));
      logs.push(...read.logs);
      if (read.nextPageToken === '' || read.nextPageToken === token) return logs;
      token = read.nextPageToken;
    }
    return logs;
  }

  return async (engagementId: string): Promise<ReadBack> => {
    const outcome = await rest.get(`/contact_center/engagements/${encodeURIComponent(engagementId)}`);
    if (outcome.kind === 'empty') return { kind: 'not-ready' };
    if (outcome.kind !== 'answer') return outcome;
    const report = readReport(redact(outcome.json));
    if (report?.engagement_id !== engagementId || report.end_time === undefined) return { kind: 'not-ready' };
    const logs = await readLogs(engagementId);
    if (!Array.isArray(logs)) return logs;
    return { kind: 'read', statements: toStatements(report, toVariables(logs)), endedAt: report.end_time };
  };
}
