/**
 * The state of the latest request to a source.
 * `pending`: no answer yet. `found`, `not-found`: it answered. `unauthenticated`: it rejected the credentials.
 * `forbidden`: the credentials lack a right. `rate-limited`: not before its Retry-After time. `unavailable`: no answer,
 * or none in time. `too-broad`: it cut the search off, or found too many that are only alike. `invalid`: an unusable
 * answer.
 */
export type SourceState =
  | 'pending'
  | 'found'
  | 'not-found'
  | 'unauthenticated'
  | 'forbidden'
  | 'rate-limited'
  | 'unavailable'
  | 'too-broad'
  | 'invalid';

/** Why a source, or a part of it, returned nothing. */
export type SourceFailure = Exclude<SourceState, 'pending' | 'found' | 'not-found'>;

/** A source of the queue with its state. Times in ms UTC. */
export type SourceStatus = {
  id: string;
  label: string;
  state: SourceState;
  /** When the shown records were read; null if none are shown. Older than `state` after a failure. */
  fetchedAt: number | null;
  /** With `rate-limited`: when the next request may be sent. */
  retryAt?: number;
};
