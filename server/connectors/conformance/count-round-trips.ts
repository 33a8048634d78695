import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpClient } from '../../platform/http-client.ts';

/** Turns of the event loop in which a connector without open requests sends its next ones. */
const settlingTurns = 20;

type RoundTripCounter = {
  http: HttpClient;
  /** Runs `work` and counts its round trips: requests that wait for each other, not requests in total. */
  count<Result>(work: () => Promise<Result>): Promise<{ result: Result; roundTrips: number }>;
};

/**
 * Holds every request until no further one is sent, then lets all of them pass as one round trip. Independent of the
 * speed of the machine: requests are in the same round trip unless one needs the answer of another.
 */
export function createRoundTripCounter(client: HttpClient): RoundTripCounter {
  let waiting: (() => Promise<unknown>)[] = [];
  let isCounting = false;

  const send: HttpClient['send'] = (request) => {
    if (!isCounting) return client.send(request);
    return new Promise((resolve) => {
      waiting.push(() => client.send(request).then(resolve));
    });
  };

  return {
    http: { ...client, send },
    async count(work) {
      isCounting = true;
      let isDone = false;
      let roundTrips = 0;
      const finished = work().finally(() => {
        isDone = true;
      });
      while (!isDone) {
        for (let turn = 0; turn < settlingTurns; turn += 1) await nextTurn();
        if (waiting.length === 0) continue;
        roundTrips += 1;
        const released = waiting;
        waiting = [];
        await Promise.all(released.map((pass) => pass()));
      }
      isCounting = false;
      return { result: await finished, roundTrips };
    },
  };
}
