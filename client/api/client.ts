import type { Session } from './session.ts';

export type Api = {
  /** Rejects with `ApiError`, or with the signal's own reason when the caller gave up. */
  post<Answer>(path: string, body: unknown, options?: { signal?: AbortSignal }): Promise<Answer>;
};

export function createApi(_session: Session, _deps: { fetch?: typeof fetch } = {}): Api {
  throw new Error('not yet');
}
