import { channelOf, type PastEngagement, type PastEngagements } from '#contract/engagements.ts';
import type { Clock } from '../platform/clock.ts';
import { type EngagementReport, readReportList } from './engagement-report.ts';
import type { ZoomRest } from './zoom-rest.ts';
import { toZoomTime } from './zoom-time.ts';

const minute = 60_000;
const lookBackMs = 30 * 24 * 60 * minute;
const ttlMs = 5 * minute;
/** Limits requests to Zoom while it fails. */
const failureTtlMs = minute / 2;
const maxCached = 5_000;
const maxRequests = 100;
const maxShown = 20;
/** Pages of one caller. In which order Zoom lists engagements is not documented, so all of them are read. */
const maxPages = 3;
const maxNoteLength = 1_000;

type IdentifiedEngagement = PastEngagement & { engagementId: string };
type CachedAnswer =
  | Exclude<PastEngagements, { kind: 'found' }>
  | { kind: 'found'; engagements: IdentifiedEngagement[]; fetchedAt: number };

type PastEngagementsReader = {
  /** Returns the cached answer without a request. `number` in E.164; `without`: the engagement that asks. */
  peek(number: string, without: string): PastEngagements;
  /**
   * Requests the answer from Zoom unless it is cached or pending. `onAnswer` is called once, after `peek` returns it;
   * it is not called for a cached answer.
   */
  request(number: string, onAnswer: () => void): void;
};

/**
 * Past engagements of a caller, from Zoom's list. A hint beside the customer's card: read on demand, cached in-process
 * for five minutes, never awaited. The number is sent to Zoom only. Not guaranteed: the newest of a caller with more
 * engagements than three pages hold.
 */
export function createPastEngagements(parts: {
  rest: ZoomRest;
  clock: Clock;
  /** Masks text that agents wrote. */
  maskText: (text: string) => string;
}): PastEngagementsReader {
  const { rest, clock, maskText } = parts;
  const known = new Map<string, { answer: CachedAnswer; until: number }>();
  const waiting = new Map<string, (() => void)[]>();

  async function read(number: string): Promise<CachedAnswer> {
    const now = clock();
    const engagements: IdentifiedEngagement[] = [];
    let token = '';
    for (let page = 0; page < maxPages; page += 1) {
      const outcome = await rest.get('/contact_center/engagements', {
        consumer_number: number,
        from: toZoomTime(now - lookBackMs),
        to: toZoomTime(now),
        page_size: '50',
        ...(token !== '' && { next_page_token: token }),
      });
      if (outcome.kind === 'empty') break;
      // The reconcile job logs the refusal for the administrator; agents cannot act on it.
      if (outcome.kind === 'refused') return { kind: 'not-asked' };
      if (outcome.kind !== 'answer') return { kind: 'unavailable' };
      const { reports, nextPageToken } = readReportList(outcome.json);
      engagements.push(...reports.flatMap((report) => toPast(report, maskText)));
      token = nextPageToken;
      if (token === '') break;
    }
    engagements.sort((a, b) => b.startedAt - a.startedAt);
    return { kind: 'found', engagements: engagements.slice(0, maxShown), fetchedAt: now };
  }

  function cache(number: string, answer: CachedAnswer): void {
    known.delete(number);
    known.set(number, { answer, until: clock() + (answer.kind === 'unavailable' ? failureTtlMs : ttlMs) });
    const [oldest] = known.keys();
    if (known.size > maxCached && oldest !== undefined) known.delete(oldest);
  }

  function findFresh(number: string): CachedAnswer | undefined {
    const found = known.get(number);
    return found && clock() < found.until ? found.answer : undefined;
  }

  return {
    peek(number, without) {
      const answer = findFresh(number);
      if (!answer) return { kind: waiting.has(number) ? 'pending' : 'not-asked' };
      if (answer.kind !== 'found') return answer;
      // Zoom lists the present engagement too once it has ended.
      const others = answer.engagements.filter(({ engagementId }) => engagementId !== without);
      return { ...answer, engagements: others.map(({ engagementId: _, ...past }) => past) };
    },
    request(number, onAnswer) {
      if (findFresh(number)) return;
      const others = waiting.get(number);
      if (others) {
        others.push(onAnswer);
        return;
      }
      // Bounded, because reconcile jobs share Zoom's rate limit.
      if (waiting.size >= maxRequests) return;
      waiting.set(number, [onAnswer]);
      void read(number).then((answer) => {
        cache(number, answer);
        const listeners = waiting.get(number) ?? [];
        waiting.delete(number);
        for (const listener of listeners) listener();
      });
    },
  };
}

function toPast(report: EngagementReport, maskText: (text: string) => string): IdentifiedEngagement[] {
  const maskOr = (text: string | undefined) => (text === undefined ? null : maskText(text.slice(0, maxNoteLength)));
  const { start_time: startedAt, end_time: endedAt, duration } = report;
  if (startedAt === undefined) return [];
  const channel = report.channel ?? report.channels[0]?.channel;
  const source = report.channel_source ?? report.channels[0]?.channel_source;
  const lastedMs = duration === undefined ? endedAt && endedAt - startedAt : duration * 1_000;
  return [
    {
      engagementId: report.engagement_id,
      startedAt,
      durationMs: lastedMs ?? null,
      channel: channelOf({ ...(channel !== undefined && { channel }), ...(source !== undefined && { source }) }),
      // The last queue, agent and disposition: where the engagement was resolved.
      queueName: report.queues.at(-1)?.queue_name ?? null,
      agentName: report.agents.at(-1)?.display_name ?? null,
      disposition: maskOr(report.dispositions.at(-1)?.disposition_name),
      note: maskOr(report.notes.findLast(({ note }) => note !== undefined)?.note),
    },
  ];
}
