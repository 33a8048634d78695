import * as z from 'zod';
import type { Problem } from '../http/crm-http.ts';
import type { Failure } from '../port/outcome.ts';

/** Error bodies are arrays, and the first says enough. */
const problems = z.array(z.object({ errorCode: z.string(), message: z.string().nullish() })).min(1);

/** What their status alone does not say. */
const meanings: Record<string, 'rate-limited' | 'forbidden' | 'unavailable'> = {
  // Told as 403, as a missing right is: what the whole organisation may ask in 24 hours is used up.
  REQUEST_LIMIT_EXCEEDED: 'rate-limited',
  // Told as 400. A standard object that "is not supported" is one the user may not see.
  INVALID_TYPE: 'forbidden',
  INSUFFICIENT_ACCESS: 'forbidden',
  INSUFFICIENT_ACCESS_OR_READONLY: 'forbidden',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 'forbidden',
  // Told as 400, and passing.
  QUERY_TIMEOUT: 'unavailable',
  UNABLE_TO_LOCK_ROW: 'unavailable',
};

export const readProblem: Problem = ({ status, json }) => {
  const body = status < 400 ? undefined : problems.safeParse(json).data;
  return meanings[body?.[0]?.errorCode ?? ''];
};

/** Of one part of a composite answer. Its limits are those of the whole, so a part that met one is merely not there. */
export function readPartFailure(status: number, json: unknown): Failure {
  const kind = readProblem({ status, headers: { get: () => null }, json }) ?? kindOf(status);
  if (kind === 'unauthenticated' || kind === 'forbidden') return { kind };
  return { kind: kind === 'rate-limited' ? 'unavailable' : kind, reason: `part-http-${status}` };
}

function kindOf(status: number) {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  return status >= 500 ? 'unavailable' : 'invalid';
}
