/**
 * Writes one activity, at most once per key.
 *
 *   customer, and case if given ── gone ──▶ not-found, nothing is written
 *        │ found
 *        ├─ a unique property is configured (calls): upsert by it ─▶ associate with customer and case
 *        │     A second attempt finds the same record and completes associations that an interrupted one left out.
 *        └─ else: does an activity of the customer have our key in its body?
 *              yes ─▶ that record, nothing is written      no ─▶ create, with its associations in the same write
 *
 * Associations are read from records, not searched: the search index lags by seconds, so an attempt right after an
 * interrupted one would miss its record. Guaranteed with the unique property: one record per key. Without it: one
 * record for consecutive attempts; concurrent attempts may both write, and a key beyond the 500 activities of that kind
 * that are nearest in time is not found.
 * If a customer has more activities than are listed, nothing is written. The server's outbox sends one attempt at a
 * time.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, isFailure, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { activityTypeOf, associationTypes, toActivityRecord } from './activity-record.ts';
import type { ActivityType, HubspotRecord, List, Place } from './api.ts';
import { activityProperties, placeOf, readCustomerId, readKey, timeOf, toTicketId } from './mapping.ts';
import type { Parts } from './parts.ts';
import { listedIds, toIds } from './read-cards.ts';

/** Activities of one customer and kind whose bodies are read. The outbox retries for three days at most. */
const maxScanned = 500;
const maxListed = 5_000;

export async function logActivity(activity: Activity, parts: Parts): Promise<Outcome<LoggedActivity>> {
  const { api, settings } = parts;
  const type = activityTypeOf(activity);
  const key = readCustomerId(activity.customerId);
  const ticketId = activity.caseNumber === undefined ? undefined : toTicketId(activity.caseNumber);
  if (key === undefined || (activity.caseNumber !== undefined && ticketId === undefined)) return notFound;
  const customer = placeOf(key.kind, key.id);
  const tickets: Place[] = ticketId === undefined ? [] : [{ type: 'tickets', id: ticketId }];
  const [activityIds, ticketReads] = await Promise.all([
    listActivityIds(customer, type, parts),
    Promise.all(tickets.map((place) => api.readRecord(place, [], []))),
  ]);
  if (activityIds.kind !== 'found') return activityIds;
  const unmet = ticketReads.find((read) => read.kind !== 'found');
  if (unmet) return unmet;
  const places = [customer, ...tickets];
  if (type === 'calls' && settings.callKeyProperty !== undefined) {
    return upsert(activity, settings.callKeyProperty, places, parts);
  }
  const { items, isComplete } = activityIds.value;
  const written = await findWritten(type, items, activity, parts);
  if (written.kind !== 'not-found') return written;
  // The record of an earlier attempt may be among the others.
  return isComplete ? create(activity, places, parts) : { kind: 'invalid', reason: 'list-cut' };
}

/** Ids of the customer's activities; `not-found` if the customer is gone. */
async function listActivityIds(customer: Place, type: ActivityType, { api }: Parts): Promise<Outcome<List<string>>> {
  const answer = await api.readRecord(customer, [], [type]);
  if (answer.kind !== 'found') return answer;
  const ids = listedIds(answer.value, type);
  const after = answer.value.associations?.[type]?.paging?.next?.after;
  if (after === undefined) return found({ items: ids, isComplete: true });
  const others = await api.listAssociated(customer, type, after, maxListed);
  return mapFound(others, ({ items, isComplete }) => ({ items: toIds([...ids, ...items]), isComplete }));
}

/** Of many activities, those nearest in time are read: an earlier attempt gave its record the same time. */
async function findWritten(
  type: ActivityType,
  ids: string[],
  { key, startedAt }: Activity,
  { api }: Parts,
): Promise<Outcome<LoggedActivity>> {
  const timed = ids.length > maxScanned ? await api.readRecords(type, ids, ['hs_timestamp']) : found([]);
  if (timed.kind !== 'found') return timed;
  const distanceOf = (record: HubspotRecord) => Math.abs(timeOf(record) - startedAt);
  const nearest = timed.value.toSorted((left, right) => distanceOf(left) - distanceOf(right));
  const scanned = ids.length > maxScanned ? nearest.slice(0, maxScanned).map(({ id }) => id) : ids;
  const records = await api.readRecords(type, scanned, activityProperties(type));
  if (records.kind !== 'found') return records;
  const written = records.value.find((record) => readKey(type, record) === key);
  return written ? found(toLogged(written, false)) : notFound;
}

async function upsert(
  activity: Activity,
  idProperty: string,
  places: Place[],
  parts: Parts,
): Promise<Outcome<LoggedActivity>> {
  const { api } = parts;
  const type = activityTypeOf(activity);
  const written = await api.upsert(type, idProperty, activity.key, await toRecord(activity, parts));
  if (written.kind !== 'found') return written;
  const { id } = written.value;
  const associated = await Promise.all(places.map((place) => api.associate({ type, id }, place)));
  return associated.find(isFailure) ?? found(toLogged(written.value, written.value.new));
}

async function create(activity: Activity, places: Place[], parts: Parts): Promise<Outcome<LoggedActivity>> {
  const type = activityTypeOf(activity);
  const typeIds: Partial<Record<Place['type'], number>> = associationTypes[type];
  const associations = places.map((place) => ({ id: place.id, typeId: typeIds[place.type] ?? 0 }));
  const written = await parts.api.create(type, await toRecord(activity, parts), associations);
  return mapFound(written, (record) => toLogged(record, true));
}

/** Owner and outcome are optional: both also stand in the body. */
async function toRecord(activity: Activity, { account }: Parts): Promise<Record<string, string>> {
  const { agent, disposition } = activity;
  const hasOutcome = activityTypeOf(activity) === 'calls' && disposition !== undefined;
  const [owners, outcomes] = await Promise.all([account.owners(), hasOutcome ? account.callOutcomes() : notFound]);
  const ownerList = owners.kind === 'found' ? [...owners.value.values()] : [];
  const owner = ownerList.find(({ email }) => email?.toLowerCase() === agent.email.toLowerCase());
  const outcome = outcomes.kind === 'found' ? outcomes.value.get((disposition ?? '').toLowerCase()) : undefined;
  return toActivityRecord(activity, { ownerId: owner?.id, outcome });
}

function toLogged({ id, url }: { id: string; url?: string | null | undefined }, isNew: boolean): LoggedActivity {
  return { id, isNew, ...(url && { url }) };
}
