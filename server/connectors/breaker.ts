/**
 * Leaves a CRM alone that does not answer, so that nobody waits ten seconds for what nine others have just waited for.
 *
 *   closed ──five `unavailable` in a row──▶ open ──10 s──▶ half open ──unavailable──▶ open
 *                                                              └──anything else──▶ closed
 *
 * Open, and half open while the one question is under way: everybody else is told `unavailable`, `resting`, at once. Only
 * `unavailable` counts: a CRM that refuses or limits us is there.
 */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { Failure, Outcome } from './outcome.ts';

const failuresInARow = 5;
const restMs = 10_000;

const resting = { kind: 'unavailable', reason: 'resting' } as const;

export type Breaker = {
  /** It would be answered `resting`: nothing need be prepared for it. */
  isResting(): boolean;
  resting: Failure;
  run<Found>(ask: () => Promise<Outcome<Found>>): Promise<Outcome<Found>>;
};

export function createBreaker(): Breaker {
  const circuit = circuitBreaker(
    handleWhenResult((outcome) => (outcome as Outcome<unknown>).kind === 'unavailable'),
    { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(failuresInARow) },
  );
  // The library counts by this clock and keeps the time to itself.
  let restsUntil = 0;
  circuit.onBreak(() => {
    restsUntil = Date.now() + restMs;
  });
  const isResting = () =>
    circuit.state === CircuitState.HalfOpen || (circuit.state === CircuitState.Open && Date.now() < restsUntil);

  return {
    isResting,
    resting,
    async run(ask) {
      if (isResting()) return resting;
      try {
        return await circuit.execute(ask);
      } catch (error) {
        if (error instanceof BrokenCircuitError) return resting;
        throw error;
      }
    },
  };
}
