/** Why a source gave no answer. `reason` is a code for the log: nothing of the source's text, nothing personal. */
export type Failure =
  /** The source rejected our credentials. */
  | { kind: 'unauthenticated' }
  /** The credentials are valid and lack a right. */
  | { kind: 'forbidden' }
  /** No requests before `retryAt` (ms UTC). */
  | { kind: 'rate-limited'; retryAt: number }
  /** No answer in time, a broken connection, a failing server, or an open circuit breaker. */
  | { kind: 'unavailable'; reason: string }
  /** The source answers, and cannot search that widely. Connectors name the cause as a reason; see `readTooBroad`. */
  | { kind: 'too-broad' }
  /** An unusable answer, or a request that the source calls malformed: repeating it does not help. */
  | { kind: 'invalid'; reason: string };

/** `not-found`: the source answered, and has no such record. */
export type Outcome<Found> = { kind: 'found'; value: Found } | { kind: 'not-found' } | Failure;

export function found<Found>(value: Found): Outcome<Found> {
  return { kind: 'found', value };
}

export const notFound = { kind: 'not-found' } as const;
export const timedOut = { kind: 'unavailable', reason: 'timeout' } as const;
export const circuitOpen = { kind: 'unavailable', reason: 'circuit-open' } as const;

export function isFailure<Found>(outcome: Outcome<Found>): outcome is Failure {
  return outcome.kind !== 'found' && outcome.kind !== 'not-found';
}

export function mapFound<Found, Other>(outcome: Outcome<Found>, change: (value: Found) => Other): Outcome<Other> {
  return outcome.kind === 'found' ? found(change(outcome.value)) : outcome;
}

/** Only this search failed: the source cut it off, or its list was full of records that are only alike. */
export function readTooBroad<Found>(outcome: Outcome<Found>): Outcome<Found> {
  const reason = isFailure(outcome) && 'reason' in outcome ? outcome.reason : undefined;
  return reason === 'search-too-broad' || reason === 'too-many' ? { kind: 'too-broad' } : outcome;
}

/** `not-found` for an empty list. */
export function foundAny<Item>(items: Item[]): Outcome<Item[]> {
  return items.length === 0 ? notFound : found(items);
}

/** All lists in one, or the failure of one of them: a partial list would look complete. */
export function joinFound<Item>(outcomes: Outcome<Item[]>[]): Outcome<Item[]> {
  const failure = findFailure(outcomes);
  return failure ?? foundAny(outcomes.flatMap((outcome) => (outcome.kind === 'found' ? outcome.value : [])));
}

/** The first failure; of rate limits the one that ends last, since all requests must pass for a whole answer. */
function findFailure(outcomes: Outcome<unknown>[]): Failure | undefined {
  return outcomes.filter(isFailure).reduce<Failure | undefined>((first, failure) => {
    if (first === undefined) return failure;
    const areLimits = first.kind === 'rate-limited' && failure.kind === 'rate-limited';
    return areLimits && failure.retryAt > first.retryAt ? failure : first;
  }, undefined);
}

/** Changes each item of a found list into any number of others. */
export function mapItems<Item, Other>(outcome: Outcome<Item[]>, change: (item: Item) => Other[]): Outcome<Other[]> {
  return outcome.kind === 'found' ? foundAny(outcome.value.flatMap(change)) : outcome;
}

/** The items of a found list, or an empty list. */
export function itemsOf<Item>(outcome: Outcome<Item[]> | undefined): Item[] {
  return outcome?.kind === 'found' ? outcome.value : [];
}
