/**
 * HubSpot returns only the ids of associated records with a record, so a card takes two round trips: each record with
 * its ids, then one batch of each associated type. Beside the first, the company just seen by a search is read, and the
 * tickets and calls of a single customer are searched (associated-search.ts); only ids that these did not bring are
 * read in the second, often none. A part that may not be read is missing.
 */

import type { Freshness } from '../port/answer-cache.ts';
import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { type Failure, found, isFailure, itemsOf, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, AssociatedRecord, HubspotRecord, ObjectType } from './api.ts';
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
  toCustomer,
} from './mapping.ts';
import type { Parts } from './parts.ts';

/** Per customer and kind of activity. */
const maxActivities = 10;
/** Per customer. A customer with more tickets has the part `cases` missing. */
const maxTickets = 200;

const linkedTypes = ['tickets', ...activityTypes] as const;
/** The parts that nearly every card has. Searching for all would use up HubSpot's limit with one card. */
const searchedTypes = ['tickets', 'calls'] as const;
type LinkedType = (typeof linkedTypes)[number];

type CustomerKey = { kind: CustomerKind; id: string };
/** `failure`: why the associations are unknown. */
type ReadRecord = CustomerKey & { record: AssociatedRecord; failure?: Failure };
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
        tickets: pickLinked(linked, 'tickets', record, maxTickets),
        activities: activityTypes.flatMap((type) =>
          pickLinked(linked, type, record, maxActivities).map((activity) => ({ type, record: activity })),
        ),
        owners: owners.kind === 'found' ? owners.value : new Map(),
        stages: stages.kind === 'found' ? stages.value : new Map(),
      };
      const missing = missingParts({
        cases: findLinkedFailure(read, linked, 'tickets') ?? (hasMoreTickets(record) ? tooMany : undefined),
        interactions: activityTypes.map((type) => findLinkedFailure(read, linked, type)).find(Boolean),
        company: companyId === undefined ? undefined : companies,
      });
      return { ...toCustomer(kind, record, card, settings), ...missing };
    }),
  );
}

const tooMany = { kind: 'invalid', reason: 'too-many' } as const;

/** Retries without associations: without the right to one associated type HubSpot denies the whole record. */
async function readRecord({ kind, id }: CustomerKey, { api, settings }: Parts): Promise<Outcome<ReadRecord>> {
  const properties = propertiesOf(kind, settings.fields);
  const answer = await api.readRecord(placeOf(kind, id), properties, [...linkedTypes]);
  if (answer.kind === 'found') return found({ kind, id, record: answer.value });
  if (answer.kind !== 'forbidden') return answer;
  const bare = await api.readRecord(placeOf(kind, id), properties, []);
  return bare.kind === 'found' ? found({ kind, id, record: bare.value, failure: answer }) : bare;
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
  const max = type === 'tickets' ? maxTickets : maxActivities;
  const ids = new Set(records.flatMap(({ record }) => newestIds(record, type, max)));
  return readOthers(api, type, { ids, known: early.get(type), names: linkedProperties(type) });
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

/** Without duplicates: an association with several labels is listed once per label. */
export function newestIds({ associations }: AssociatedRecord, type: ObjectType, max: number): string[] {
  return sortNewest(associations?.[type]?.results.map(({ id }) => id) ?? []).slice(0, max);
}

/** Higher ids are newer. */
export function sortNewest(ids: string[]): string[] {
  const numericIds = [...new Set(ids)].filter((id) => /^\d{1,19}$/.test(id));
  return numericIds.sort((left, right) => Number(BigInt(right) > BigInt(left)) - Number(BigInt(left) > BigInt(right)));
}

function pickLinked(linked: LinkedRecords, type: LinkedType, record: AssociatedRecord, max: number): HubspotRecord[] {
  const ids = new Set(newestIds(record, type, max));
  return itemsOf(linked.get(type)).filter(({ id }) => ids.has(id));
}

/** Why the customer's records of this type are unknown; undefined if they are known or there are none. */
function findLinkedFailure(
  { record, failure }: ReadRecord,
  linked: LinkedRecords,
  type: LinkedType,
): Failure | undefined {
  const outcome = newestIds(record, type, 1).length > 0 ? linked.get(type) : undefined;
  return failure ?? (outcome && isFailure(outcome) ? outcome : undefined);
}

function hasMoreTickets({ associations }: AssociatedRecord): boolean {
  const tickets = associations?.tickets;
  return (tickets?.results.length ?? 0) > maxTickets || Boolean(tickets?.paging?.next);
}
