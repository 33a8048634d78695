/**
 * Searches for associated records, sent beside the request for their ids instead of a batch after it: one round trip
 * less. Results save a read and prove nothing: a caller uses those whose id the record itself lists.
 *
 * Guarantees: never a failure, only nothing found. A search that HubSpot rejects is not repeated for ten minutes.
 * Searches take only what finding customers leaves of HubSpot's limit (`isOptional`), so they stop in busy times.
 */
import type { Clock } from '../../platform/clock.ts';
import { itemsOf } from '../port/outcome.ts';
import type { Api, AssociationTarget, HubspotRecord, ObjectType } from './api.ts';

const rejectedMs = 10 * 60_000;

/** Records of `type` that are associated with the record `id` of type `to`. */
export type SearchAssociated = (
  type: ObjectType,
  to: AssociationTarget,
  id: string,
  names: string[],
) => Promise<HubspotRecord[]>;

export function createAssociatedSearch(api: Api, clock: Clock): SearchAssociated {
  const rejectedUntil = new Map<ObjectType, number>();
  return async (type, to, id, names) => {
    if (clock() < (rejectedUntil.get(type) ?? 0)) return [];
    const answer = await api.searchAssociated(type, to, id, names);
    const isRejected = answer.kind === 'forbidden' || answer.kind === 'invalid';
    if (isRejected) rejectedUntil.set(type, clock() + rejectedMs);
    return itemsOf(answer);
  };
}
