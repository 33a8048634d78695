/** Why a question to a source brought nothing. `reason` is a code for the log: no words of the source, nothing personal. */
export type Failure =
  /** The source did not take our credentials. */
  | { kind: 'unauthenticated' }
  /** It took them, and they lack a right. */
  | { kind: 'forbidden' }
  /** Asked too often. Not again before `retryAt` (ms UTC). */
  | { kind: 'rate-limited'; retryAt: number }
  /** No answer in time, a broken connection, a failing server; or we leave it alone for a while after several of these. */
  | { kind: 'unavailable'; reason: string }
  /** An answer that cannot be used, or our question was called malformed: asking again will not help. */
  | { kind: 'invalid'; reason: string };

/** `not-found`: the source answered, and has no such thing. */
export type Outcome<Found> = { kind: 'found'; value: Found } | { kind: 'not-found' } | Failure;

export function found<Found>(value: Found): Outcome<Found> {
  return { kind: 'found', value };
}

export const notFound = { kind: 'not-found' } as const;

export function isFailure<Found>(outcome: Outcome<Found>): outcome is Failure {
  return outcome.kind !== 'found' && outcome.kind !== 'not-found';
}

export function mapFound<Found, Other>(outcome: Outcome<Found>, change: (value: Found) => Other): Outcome<Other> {
  return outcome.kind === 'found' ? found(change(outcome.value)) : outcome;
}

/** A list that is empty says the same as none. */
export function foundAny<Item>(items: Item[]): Outcome<Item[]> {
  return items.length === 0 ? notFound : found(items);
}

/** All lists as one; or a failure, when one of them failed: half an answer would claim that there is no more. */
export function joinFound<Item>(outcomes: Outcome<Item[]>[]): Outcome<Item[]> {
  const failure = findFailure(outcomes);
  return failure ?? foundAny(outcomes.flatMap((outcome) => (outcome.kind === 'found' ? outcome.value : [])));
}

/** The first failure; of limits the one that ends last, for before it some of the questions would be refused again. */
export function findFailure(outcomes: Outcome<unknown>[]): Failure | undefined {
  return outcomes.filter(isFailure).reduce<Failure | undefined>((before, failure) => {
    if (before === undefined) return failure;
    const areLimits = before.kind === 'rate-limited' && failure.kind === 'rate-limited';
    return areLimits && failure.retryAt > before.retryAt ? failure : before;
  }, undefined);
}
