import { describe, expect, it } from 'vitest';
import { withClockCheck } from './clock-check.ts';
import type { HttpOutcome } from './http-client.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';

const zoomNow = Date.parse('2026-11-20T09:30:00Z');
const answer = (date: string | null): HttpOutcome => ({ kind: 'http', status: 400, headers: { get: () => date } });

async function check(
  offsetsMs: number[],
  { outcome, roundTripMs = 40 }: { outcome?: HttpOutcome; roundTripMs?: number } = {},
) {
  const lines: string[] = [];
  const metrics = createMetrics({ withProcess: false });
  let now = 0;
  const http = withClockCheck(
    {
      async send() {
        now += roundTripMs;
        return outcome ?? answer(new Date(zoomNow).toUTCString());
      },
    },
    { clock: () => now, log: createLog('info', { write: (line) => void lines.push(line) }), metrics },
  );
  for (const offset of offsetsMs) {
    now = zoomNow + offset;
    await http.send({ url: 'https://zoom.example' });
  }
  const [gauge] = (await metrics.clockOffset.get()).values;
  return { logged: lines.map((line) => JSON.parse(line)), gauge: gauge?.value };
}

describe('clock check', () => {
  it.each([
    ['400 seconds ahead', 400_000, 400],
    ['an hour behind', -3_600_000, -3_600],
  ])('the clock is %s › logs an error with the offset', async (_, offset, offsetSeconds) => {
    const { logged, gauge } = await check([offset]);
    expect(logged).toMatchObject([{ level: 50, offsetSeconds }]);
    expect(gauge).toBe(offsetSeconds);
  });

  it('the clock is 30 seconds off › logs nothing, and the metric has the offset', async () => {
    expect(await check([30_000])).toEqual({ logged: [], gauge: 30 });
  });

  it('the clock stays wrong › logs once; wrong again after a correction › logs again', async () => {
    expect((await check([400_000, 400_000, 400_000])).logged).toHaveLength(1);
    expect((await check([400_000, 0, 400_000])).logged).toHaveLength(2);
  });

  it.each<[string, Parameters<typeof check>[1]]>([
    ['without a date', { outcome: answer(null) }],
    ['with a date that is none', { outcome: answer('soon') }],
    ['that never came', { outcome: { kind: 'timeout' } }],
    ['after a long round trip', { roundTripMs: 11_000 }],
  ])('an answer %s › is not compared', async (_, given) => {
    expect((await check([400_000], given)).logged).toEqual([]);
  });
});
