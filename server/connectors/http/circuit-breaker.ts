/**
 * The circuit breaker of one connection: a CRM that does not answer gets no requests for a while.
 *
 *   closed ──five `unavailable` in a row──▶ open ──10 s, or `allowProbe`──▶ half-open ──unavailable──▶ open
 *                                                                               └──any other outcome──▶ closed
 *
 * Open: requests are answered `circuitOpen` without being sent. Half-open: one request is the probe. Others wait for
 * it, 2 s at most, because the requests of one look-up arrive together and all of them should profit from a success.
 *
 * Guarantees: one probe at a time, however often `allowProbe` is called; a request sent before the circuit last opened
 * changes nothing. A CRM that answers 401, 403 or 429 is available. Not shared between processes.
 */
import { withDeadline } from '../../platform/timing/deadline.ts';
import { circuitOpen, type Outcome } from '../port/outcome.ts';

const maxFailures = 5;
const openMs = 10_000;
const maxProbeWaitMs = 2_000;

export type CircuitBreaker = {
  /** A request would be answered `circuitOpen` at once: nothing need be prepared for it. */
  isOpen(): boolean;
  /** Ends the pause: the next request is the probe. */
  allowProbe(): void;
  run<Found>(send: () => Promise<Outcome<Found>>): Promise<Outcome<Found>>;
};

export function createCircuitBreaker(): CircuitBreaker {
  let state: 'closed' | 'open' | 'half-open' = 'closed';
  let failures = 0;
  let openings = 0;
  let openUntil = 0;
  let probe: Promise<void> = Promise.resolve();

  const isOpen = () => state === 'open' && Date.now() < openUntil;

  function record(isAvailable: boolean): void {
    failures = isAvailable ? 0 : failures + 1;
    if (isAvailable) state = 'closed';
    // A failed probe is at least the sixth in a row.
    else if (failures >= maxFailures) {
      state = 'open';
      openings += 1;
      openUntil = Date.now() + openMs;
    }
  }

  async function sendAndRecord<Found>(send: () => Promise<Outcome<Found>>): Promise<Outcome<Found>> {
    const openingsBefore = openings;
    let isAvailable = false;
    try {
      const outcome = await send();
      isAvailable = outcome.kind !== 'unavailable';
      return outcome;
    } finally {
      if (openings === openingsBefore) record(isAvailable);
    }
  }

  return {
    isOpen,
    allowProbe() {
      openUntil = 0;
    },
    async run(send) {
      const waitForProbe = () => probe;
      if (state === 'half-open') await withDeadline(maxProbeWaitMs, waitForProbe, () => undefined);
      if (isOpen() || state === 'half-open') return circuitOpen;
      if (state === 'closed') return sendAndRecord(send);
      state = 'half-open';
      const outcome = sendAndRecord(send);
      // Without its value: an outcome holds personal data, and this promise outlives the request.
      probe = outcome.then(
        () => undefined,
        () => undefined,
      );
      return outcome;
    },
  };
}
