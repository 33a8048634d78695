/**
 * Searches for associated records, sent beside the request for their ids instead of a batch after it: one round trip
 * less. Results save a read and prove nothing: a caller uses those whose id the record itself lists.
 *
 * Guarantees: never a failure, only nothing found, within the deadline of `api.searchAssociated`. A search that HubSpot
 * rejects is not repeated for ten minutes, one that failed otherwise for ten seconds. Each leaves one place of
 * HubSpot's limit for finding a customer (`isOptional`); further customers of the same moment may wait for their turn.
 */
import type { Clock } from '../../platform/clock.ts';
import { itemsOf } from '../port/outcome.ts';
import type { Api, AssociationTarget, HubspotRecord, ObjectType } from './api.ts';

const pauseMs = { rejected: 10 * 60_000, failed: 10_000 };

/** Records of `type` that are associated with the record `id` of type `to`. */
export type SearchAssociated = (
  type: ObjectType,
  to: AssociationTarget,
  id: string,
  names: string[],
) => Promise<HubspotRecord[]>;

export function createAssociatedSearch(api: Api, clock: Clock): SearchAssociated {
  const pausedUntil = new Map<string, number>();
  return async (type, to, id, names) => {
    const key = JSON.stringify([type, to]);
    if (clock() < (pausedUntil.get(key) ?? 0)) return [];
    const answer = await api.searchAssociated(type, to, id, names);
    if (answer.kind === 'forbidden' || answer.kind === 'invalid') pausedUntil.set(key, clock() + pauseMs.rejected);
    if (answer.kind === 'unavailable') pausedUntil.set(key, clock() + pauseMs.failed);
    return itemsOf(answer);
  };
}
