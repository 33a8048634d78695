/**
 * HubSpot returns only the ids of associated records with a record, a hundred of each type and in no order. So a card
 * takes two round trips: each record with its ids, then one batch of each associated type. Beside the first, the
 * company just seen by a search is read, and the tickets and calls of a single customer are searched
 * (associated-search.ts); only ids that these did not bring are read in the second, often none.
 *
 * A customer with many records takes further round trips: the other pages of ids, then the times of the activities, of
 * which the newest are read whole. Ids are not in order of time. A part that may not be read, or has more records than
 * are read, is missing.
 */

import type { Freshness } from '../port/answer-cache.ts';
import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { type Failure, found, isFailure, itemsOf, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, AssociatedRecord, HubspotRecord, List, ObjectType, Place } from './api.ts';
import {
  activityProperties,
  activityTypes,
  type CustomerKind,
  companyIdOf,
  objectTypeOf,
  placeOf,
  propertiesOf,
  readCustomerId,
  ticketProperties,
  timeOf,
  toCustomer,
} from './mapping.ts';
import type { Parts } from './parts.ts';

/** Activities of each type on a card: the newest. */
const maxActivities = 10;
/** Up to so many activities are read whole at once: cheaper than reading their times first. */
const maxReadWhole = 30;
/** Associated records of one customer and type. With more, the part is missing. */
const maxLinked = 500;

const linkedTypes = ['tickets', ...activityTypes] as const;
/** The parts that nearly every card has. Searching for all would use up HubSpot's limit with one card. */
const searchedTypes = ['tickets', 'calls'] as const;
type LinkedType = (typeof linkedTypes)[number];

type CustomerKey = { kind: CustomerKind; id: string };
/** `linked`: ids of associated records by type; a failure where they are unknown. */
type ReadRecord = CustomerKey & { record: AssociatedRecord; linked: Map<LinkedType, Outcome<List<string>>> };
type LinkedRecords = Map<LinkedType, Outcome<HubspotRecord[]>>;
/** Records read or searched beside the customers' own, by type. */
type EarlyRecords = Map<ObjectType, HubspotRecord[]>;

export async function readCards(
  customerIds: string[],
  freshness: Freshness | undefined,
  parts: Parts,
): Promise<Outcome<ConnectorCustomer[]>> {
  const { settings, account } = parts;
  const keys = customerIds.flatMap((customerId) => readCustomerId(customerId) ?? []);
  const [owners, stages, early, answers] = await Promise.all([
    account.owners(),
    account.stages(),
    readEarly(keys, freshness, parts),
    Promise.all(keys.map((key) => readRecord(key, parts))),
  ]);
  const failure = answers.find(isFailure);
  if (failure) return failure;
  const records = answers.flatMap((answer) => (answer.kind === 'found' ? answer.value : []));
  if (records.length === 0) return notFound;
  const [companies, entries] = await Promise.all([
    readCompanies(records, early, parts),
    Promise.all(linkedTypes.map(async (type) => [type, await readLinked(records, type, early, parts)] as const)),
  ]);
  const linked: LinkedRecords = new Map(entries);
  return found(
    records.map((read) => {
      const { kind, record } = read;
      const companyId = companyIdOf(kind, record);
      const card = {
        company: itemsOf(companies).find(({ id }) => id === companyId),
        tickets: pickLinked(linked, 'tickets', read),
        activities: activityTypes.flatMap((type) =>
          pickNewest(pickLinked(linked, type, read)).map((activity) => ({ type, record: activity })),
        ),
        owners: owners.kind === 'found' ? owners.value : new Map(),
        stages: stages.kind === 'found' ? stages.value : new Map(),
      };
      const missing = missingParts({
        cases: findLinkedFailure(read, linked, 'tickets'),
        interactions: activityTypes.map((type) => findLinkedFailure(read, linked, type)).find(Boolean),
        company: companyId === undefined ? undefined : companies,
      });
      return { ...toCustomer(kind, record, card, settings), ...missing };
    }),
  );
}

const tooMany = { kind: 'invalid', reason: 'too-many' } as const;

/** Retries without associations: without the right to one associated type HubSpot denies the whole record. */
async function readRecord({ kind, id }: CustomerKey, parts: Parts): Promise<Outcome<ReadRecord>> {
  const { api, settings } = parts;
  const properties = propertiesOf(kind, settings.fields);
  const answer = await api.readRecord(placeOf(kind, id), properties, [...linkedTypes]);
  if (answer.kind === 'found') {
    const record = answer.value;
    const entries = linkedTypes.map(
      async (type) => [type, await listLinked(placeOf(kind, id), record, type, parts)] as const,
    );
    return found({ kind, id, record, linked: new Map(await Promise.all(entries)) });
  }
  if (answer.kind !== 'forbidden') return answer;
  const bare = await api.readRecord(placeOf(kind, id), properties, []);
  const linked = new Map(linkedTypes.map((type) => [type, answer] as const));
  return mapFound(bare, (record) => ({ kind, id, record, linked }));
}

/** The ids that the record lists, and those of further pages. */
async function listLinked(
  place: Place,
  record: AssociatedRecord,
  type: LinkedType,
  { api }: Parts,
): Promise<Outcome<List<string>>> {
  const listed = listedIds(record, type);
  const after = record.associations?.[type]?.paging?.next?.after;
  if (after === undefined) return found({ items: listed, isComplete: true });
  const further = await api.listAssociated(place, type, after, maxLinked - listed.length);
  return mapFound(further, ({ items, isComplete }) => ({ items: toIds([...listed, ...items]), isComplete }));
}

async function readEarly(
  keys: CustomerKey[],
  freshness: Freshness | undefined,
  { api, settings, searchAssociated, employers }: Parts,
): Promise<EarlyRecords> {
  const employerIds = keys.flatMap(({ kind, id }) => (kind === 'contact' ? (employers.get(id)?.id ?? []) : []));
  const companies = [...new Set(employerIds)];
  const [only] = keys.length === 1 && freshness !== 'fresh' ? keys : [];
  const searches = searchedTypes.map(async (type) => {
    const found = only && (await searchAssociated(type, objectTypeOf(only.kind), only.id, linkedProperties(type)));
    return [type, found ?? []] as const;
  });
  const [companyAnswer, ...searched] = await Promise.all([
    api.readRecords('companies', companies, propertiesOf('company', settings.fields)),
    ...searches,
  ]);
  return new Map<ObjectType, HubspotRecord[]>([['companies', itemsOf(companyAnswer)], ...searched]);
}

async function readLinked(
  records: ReadRecord[],
  type: LinkedType,
  early: EarlyRecords,
  { api }: Parts,
): Promise<Outcome<HubspotRecord[]>> {
  const known = early.get(type);
  const names = linkedProperties(type);
  const lists = records.map((read) => linkedIds(read, type));
  const many = type === 'tickets' ? [] : lists.filter((ids) => ids.length > maxReadWhole);
  const wanted = new Set(lists.filter((ids) => !many.includes(ids)).flat());
  const timed = await readOthers(api, type, { ids: new Set(many.flat()), known, names: ['hs_timestamp'] });
  if (timed.kind !== 'found') return timed;
  for (const ids of many) {
    const own = new Set(ids);
    for (const { id } of pickNewest(timed.value.filter(({ id }) => own.has(id)))) wanted.add(id);
  }
  return readOthers(api, type, { ids: wanted, known, names });
}

async function readCompanies(
  records: ReadRecord[],
  early: EarlyRecords,
  { api, settings }: Parts,
): Promise<Outcome<HubspotRecord[]>> {
  const ids = new Set(records.flatMap(({ kind, record }) => companyIdOf(kind, record) ?? []));
  const names = propertiesOf('company', settings.fields);
  return readOthers(api, 'companies', { ids, known: early.get('companies'), names });
}

function linkedProperties(type: LinkedType): string[] {
  return type === 'tickets' ? ticketProperties : activityProperties(type);
}

/** The records with these ids: known ones, and the others read in batches. */
export async function readOthers(
  api: Api,
  type: ObjectType,
  { ids, known = [], names }: { ids: Set<string>; known: HubspotRecord[] | undefined; names: string[] },
): Promise<Outcome<HubspotRecord[]>> {
  const ready = known.filter(({ id }) => ids.has(id));
  const readyIds = new Set(ready.map(({ id }) => id));
  const others = await api.readRecords(
    type,
    [...ids].filter((id) => !readyIds.has(id)),
    names,
  );
  return mapFound(others, (records) => [...ready, ...records]);
}

/** Ids of associated records, as the record itself lists them: the first hundred. */
export function listedIds({ associations }: AssociatedRecord, type: ObjectType): string[] {
  return toIds(associations?.[type]?.results.map(({ id }) => id) ?? []);
}

/** Without duplicates: an association with several labels is listed once per label. */
export function toIds(ids: string[]): string[] {
  return [...new Set(ids)].filter((id) => /^\d{1,19}$/.test(id));
}

function linkedIds({ linked }: ReadRecord, type: LinkedType): string[] {
  const list = linked.get(type);
  return list?.kind === 'found' ? list.value.items : [];
}

function pickLinked(linked: LinkedRecords, type: LinkedType, read: ReadRecord): HubspotRecord[] {
  const ids = new Set(linkedIds(read, type));
  return itemsOf(linked.get(type)).filter(({ id }) => ids.has(id));
}

function pickNewest(activities: HubspotRecord[]): HubspotRecord[] {
  return activities.toSorted((left, right) => timeOf(right) - timeOf(left)).slice(0, maxActivities);
}

/** Why the customer's records of this type are not all known; undefined if they are, or if there are none. */
function findLinkedFailure(read: ReadRecord, linked: LinkedRecords, type: LinkedType): Failure | undefined {
  const list = read.linked.get(type);
  if (list && isFailure(list)) return list;
  const outcome = linkedIds(read, type).length > 0 ? linked.get(type) : undefined;
  if (outcome && isFailure(outcome)) return outcome;
  return list?.kind === 'found' && !list.value.isComplete ? tooMany : undefined;
}
