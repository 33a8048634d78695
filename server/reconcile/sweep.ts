import type { Clock } from '../platform/clock.ts';
import { readReportList } from './engagement-report.ts';
import type { RestOutcome, ZoomRest } from './zoom-rest.ts';
import { toZoomTime } from './zoom-time.ts';

/** ms UTC. */
export type Span = { from: number; until: number };

export type Swept = { kind: 'swept'; scheduled: number } | Exclude<RestOutcome, { kind: 'answer' | 'empty' }>;

/** Zoom refuses more than a month. */
const longestMs = 30 * 24 * 60 * 60_000;
/** The list goes by when engagements began, and what matters is what went on in the time. */
const reachMs = 60 * 60_000;
const mostPages = 200;

/**
 * Lists what Zoom knows of a time, and schedules for reading back what here is unknown or has not ended. Zoom lists only
 * what is over. Stopping in the middle is harmless: what was scheduled stays, and the next one begins anew.
 */
export function createSweep(parts: {
  rest: ZoomRest;
  /** Whether the record says so; false for what is unknown. */
  isEnded(engagementId: string): Promise<boolean>;
  schedule(engagementId: string, dueAt: number): Promise<void>;
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

  return async ({ from, until }: Span): Promise<Swept> => {
    // Of a page, every parameter must be the same as of the first.
    const query = {
      from: toZoomTime(Math.max(from - reachMs, until - longestMs)),
      to: toZoomTime(until + 1_000),
      page_size: '100',
    };
    let scheduled = 0;
    let token = '';
    for (let page = 0; page < mostPages; page += 1) {
      const outcome = await rest.get('/contact_center/engagements', {
        ...query,
        ...(token !== '' && { next_page_token: token }),
      });
      if (outcome.kind === 'empty') break;
      if (outcome.kind !== 'answer') return outcome;
      const { reports, nextPageToken } = readReportList(outcome.json);
      scheduled += await scheduleMissing(reports.map((report) => report.engagement_id));
      // Zoom was seen to repeat its first page.
      if (nextPageToken === '' || nextPageToken === token) break;
      token = nextPageToken;
    }
    return { kind: 'swept', scheduled };
  };
}
