/**
 * What became of the latest question to a source.
 * `asking`: no answer yet. `found` and `not-found`: it answered. `unauthenticated`: it did not take our credentials. `forbidden`: it took
 * them, and they lack a right. `rate-limited`: not before a time it named. `unavailable`: no answer, or none in time.
 * `invalid`: an answer that cannot be used.
 */
export type SourceState =
  | 'asking'
  | 'found'
  | 'not-found'
  | 'unauthenticated'
  | 'forbidden'
  | 'rate-limited'
  | 'unavailable'
  | 'invalid';

/** Why a source, or a part of it, gave nothing. */
export type SourceFailure = Exclude<SourceState, 'asking' | 'found' | 'not-found'>;

/** A source of the queue, and how it stands. Times in ms UTC. */
export type SourceStatus = {
  id: string;
  label: string;
  state: SourceState;
  /** When what is shown of it was read there; null while nothing is shown of it. Older than `state` after a failure. */
  fetchedAt: number | null;
  /** With `rate-limited`: when it may be asked again. */
  retryAt?: number;
};
