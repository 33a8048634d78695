/**
 * Leaves a CRM alone that does not answer, so that nobody waits ten seconds for what nine others have just waited for.
 *
 *   closed ──five `unavailable` in a row──▶ open ──10 s, or woken──▶ half open ──unavailable──▶ open
 *                                                                        └──anything else──▶ closed
 *
 * Open: everybody is told `unavailable`, `resting`, at once. Half open is one question's trial; whoever asks meanwhile
 * waits two seconds for how it ends, because the questions of one look-up come together and all of them must be answered.
 * Woken by a person who asks again: she is told what is so now, and not what was so ten seconds ago. However many wake it,
 * the CRM gets one trial at a time. Only `unavailable` counts: a CRM that refuses or limits us is there; and only of
 * questions put since it last opened: an older one that times out says nothing of now.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { Failure, Outcome } from '../port/outcome.ts';

const failuresInARow = 5;
const restMs = 10_000;
const trialPatienceMs = 2_000;

const resting = { kind: 'unavailable', reason: 'resting' } as const;

/** `opening`: how often it had opened when the question was put. */
type Answer<Found> = { outcome: Outcome<Found>; opening: number };

export type Breaker = {
  /** It would be answered `resting`: nothing need be prepared for it. */
  isResting(): boolean;
  resting: Failure;
  /** Ends the rest: the next question is sent. */
  wake(): void;
  run<Found>(ask: () => Promise<Outcome<Found>>): Promise<Outcome<Found>>;
};

export function createBreaker(): Breaker {
  let openings = 0;
  // The library counts and lets one through; how long it rests is kept here, for it cannot be woken.
  const circuit = circuitBreaker(
    handleWhenResult((answer) => {
      const { outcome, opening } = answer as Answer<unknown>;
      return outcome.kind === 'unavailable' && opening === openings;
    }),
    { halfOpenAfter: 0, breaker: new ConsecutiveBreaker(failuresInARow) },
  );
  let restsUntil = 0;
  circuit.onBreak(() => {
    openings += 1;
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
      const opening = openings;
      const answer = circuit.execute(async () => ({ outcome: await ask(), opening })).catch(toResting);
      // What it answered is personal data, and not kept.
      const end = () => undefined;
      if (isTrial) trial = answer.then(end, end);
      return (await answer).outcome;
    },
  };
}

/** The library's own clock went backwards. */
function toResting(error: unknown): { outcome: Failure } {
  if (error instanceof BrokenCircuitError) return { outcome: resting };
  throw error;
}
