import type { Clock } from '../platform/clock.ts';
import { readReportList } from './engagement-report.ts';
import type { RestOutcome, ZoomRest } from './zoom-rest.ts';
import { toZoomTime } from './zoom-time.ts';

/** ms UTC. */
export type Span = { from: number; until: number };

export type SweepOutcome = { kind: 'swept'; scheduled: number } | Exclude<RestOutcome, { kind: 'answer' | 'empty' }>;

/** Zoom refuses a span of more than a month. */
const maxSpanMs = 30 * 24 * 60 * 60_000;
/** Zoom lists by start time; engagements that were under way in the span began earlier. */
const marginMs = 60 * 60_000;
const maxPages = 200;

/**
 * Compares Zoom's list of ended engagements over a span with the records, and schedules a reconcile job for each that
 * is unknown here or has not ended. Stopping midway is harmless: scheduled jobs stay, and the next sweep starts over.
 */
export function createSweep(parts: {
  rest: ZoomRest;
  /** False for an unknown engagement. */
  isEnded(engagementId: string): Promise<boolean>;
  schedule(engagementId: string, dueAt: number): Promise<unknown>;
  clock: Clock;
}) {
  const { rest, clock } = parts;

  async function scheduleMissing(ids: string[]): Promise<number> {
    let scheduled = 0;
    for (const id of ids) {
      if (await parts.isEnded(id)) continue;
      await parts.schedule(id, clock());
      scheduled += 1;
    }
    return scheduled;
  }

  return async ({ from, until }: Span): Promise<SweepOutcome> => {
    // Zoom rejects a page token with other parameters than those of the first page.
    const query = {
      from: toZoomTime(Math.max(from - marginMs, until - maxSpanMs)),
      to: toZoomTime(until + 1_000),
      page_size: '100',
    };
    let scheduled = 0;
    let token = '';
    for (let page = 0; page < maxPages; page += 1) {
      const outcome = await rest.get('/contact_center/engagements', {
        ...query,
        ...(token !== '' && { next_page_token: token }),
      });
      if (outcome.kind === 'empty') break;
      if (outcome.kind !== 'answer') return outcome;
      const { reports, nextPageToken } = readReportList(outcome.json);
      scheduled += await scheduleMissing(reports.map((report) => report.engagement_id));
      // Zoom has been observed to repeat its first page.
      if (nextPageToken === '' || nextPageToken === token) break;
      token = nextPageToken;
    }
    return { kind: 'swept', scheduled };
  };
}
