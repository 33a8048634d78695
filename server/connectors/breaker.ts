/**
 * Leaves a CRM alone that does not answer, so that nobody waits ten seconds for what nine others have just waited for.
 *
 *   closed ──five `unavailable` in a row──▶ open ──10 s, or woken──▶ half open ──unavailable──▶ open
 *                                                                        └──anything else──▶ closed
 *
 * Open: everybody is told `unavailable`, `resting`, at once. Half open is one question's trial; whoever asks meanwhile
 * waits a second for how it ends, because the questions of one look-up come together and all of them must be answered.
 * Woken by a person who asks again: she is told what is so now, and not what was so ten seconds ago. However many wake it,
 * the CRM gets one trial at a time. Only `unavailable` counts: a CRM that refuses or limits us is there.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { Failure, Outcome } from './outcome.ts';

const failuresInARow = 5;
const restMs = 10_000;
const trialPatienceMs = 1_000;

const resting = { kind: 'unavailable', reason: 'resting' } as const;

export type Breaker = {
  /** It would be answered `resting`: nothing need be prepared for it. */
  isResting(): boolean;
  resting: Failure;
  /** Ends the rest: the next question is sent. */
  wake(): void;
  run<Found>(ask: () => Promise<Outcome<Found>>): Promise<Outcome<Found>>;
};

export function createBreaker(): Breaker {
  // The library counts and lets one through; how long it rests is kept here, for it cannot be woken.
  const circuit = circuitBreaker(
    handleWhenResult((outcome) => (outcome as Outcome<unknown>).kind === 'unavailable'),
    { halfOpenAfter: 0, breaker: new ConsecutiveBreaker(failuresInARow) },
  );
  let restsUntil = 0;
  circuit.onBreak(() => {
    restsUntil = Date.now() + restMs;
  });
  let trial: Promise<unknown> = Promise.resolve();
  const isResting = () => circuit.state === CircuitState.Open && Date.now() < restsUntil;
  const isOnTrial = () => circuit.state === CircuitState.HalfOpen;

  return {
    isResting,
    resting,
    wake() {
      restsUntil = 0;
    },
    async run(ask) {
      if (isOnTrial()) await Promise.race([trial, wait(trialPatienceMs, undefined, { ref: false })]);
      if (isResting() || isOnTrial()) return resting;
      const isTrial = circuit.state === CircuitState.Open;
      const answer = circuit.execute(ask).catch(toResting);
      if (isTrial) trial = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** The library's own clock went backwards. */
function toResting(error: unknown): Failure {
  if (error instanceof BrokenCircuitError) return resting;
  throw error;
}
