import type { Clock } from './clock.ts';
import type { HttpClient, HttpOutcome } from './http-client.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Seconds. Zoom's signatures and app contexts allow five minutes, so an operator still has time to act. */
const toleratedSeconds = 60;
/** ms. A slower answer does not say when its `Date` was written. */
const maxRoundTripMs = 10_000;

/**
 * A client that compares this server's clock with the `Date` of every answer. With a wrong clock no webhook and no app
 * context is accepted, which looks as if Zoom were at fault. Logs when the clock becomes wrong, not at every answer.
 */
export function withClockCheck(
  http: HttpClient,
  { clock, log, metrics }: { clock: Clock; log: Pick<Log, 'error'>; metrics: Pick<Metrics, 'clockOffset'> },
): HttpClient {
  let isWrong = false;

  function compare(outcome: HttpOutcome, requestedAt: number): void {
    if (outcome.kind !== 'ok' && outcome.kind !== 'http') return;
    const answeredAt = clock();
    const theirs = Date.parse(outcome.headers.get('date') ?? '');
    if (Number.isNaN(theirs) || answeredAt - requestedAt > maxRoundTripMs) return;
    const offsetSeconds = Math.round(((requestedAt + answeredAt) / 2 - theirs) / 1_000);
    metrics.clockOffset.set(offsetSeconds);
    const wasWrong = isWrong;
    isWrong = Math.abs(offsetSeconds) > toleratedSeconds;
    if (isWrong && !wasWrong) log.error({ offsetSeconds }, 'this server’s clock differs from Zoom’s: correct it');
  }

  return {
    async send(request) {
      const requestedAt = clock();
      const outcome = await http.send(request);
      compare(outcome, requestedAt);
      return outcome;
    },
  };
}
