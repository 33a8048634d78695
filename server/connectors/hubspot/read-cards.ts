/**
 * Customers in two round trips, none of them a search: first each record with the ids of what belongs to it, then all of
 * that in one batch of each kind. A part that may not be read is told as missing.
 */
import type { ConnectorCustomer } from '../port/connector.ts';
import { type Failure, found, isFailure, notFound, type Outcome } from '../port/outcome.ts';
import type { AccountData } from './account-data.ts';
import type { Api, AssociatedRecord, HubspotRecord, ObjectType } from './api.ts';
import {
  activityProperties,
  activityTypes,
  type CardSettings,
  type CustomerKind,
  placeOf,
  propertiesOf,
  readCustomerId,
  textOf,
  ticketProperties,
  toCustomer,
} from './mapping.ts';

/** Of each customer, and of each kind of activity: a card shows few. */
const mostActivities = 10;
/** Of each customer; whoever has more may have open ones that are not among them, and is told so. */
const mostTickets = 200;

const linkedTypes = ['tickets', ...activityTypes] as const;
type LinkedType = (typeof linkedTypes)[number];

type Asked = { kind: CustomerKind; id: string };
/** `failure`: why nothing is known of what belongs to it. */
type ReadRecord = Asked & { record: AssociatedRecord; failure?: Failure };
type Linked = Map<LinkedType, Outcome<HubspotRecord[]>>;

export function createCardReader(settings: CardSettings, parts: { api: Api; account: AccountData }) {
  const { api, account } = parts;

  /** Where an association is a right too many, the record itself may still be read. */
  async function readRecord({ kind, id }: Asked): Promise<Outcome<ReadRecord>> {
    const properties = propertiesOf(kind, settings.fields);
    const answer = await api.readRecord(placeOf(kind, id), properties, [...linkedTypes]);
    if (answer.kind === 'found') return found({ kind, id, record: answer.value });
    if (answer.kind !== 'forbidden') return answer;
    const bare = await api.readRecord(placeOf(kind, id), properties, []);
    return bare.kind === 'found' ? found({ kind, id, record: bare.value, failure: answer }) : bare;
  }

  async function readLinked(records: ReadRecord[], type: LinkedType): Promise<Outcome<HubspotRecord[]>> {
    const most = type === 'tickets' ? mostTickets : mostActivities;
    const ids = new Set(records.flatMap(({ record }) => newestIds(record, type, most)));
    return api.readRecords(type, [...ids], type === 'tickets' ? ticketProperties : activityProperties(type));
  }

  async function readCompanies(records: ReadRecord[]): Promise<Outcome<HubspotRecord[]>> {
    const ids = new Set(records.flatMap(({ kind, record }) => companyOf(kind, record) ?? []));
    return api.readRecords('companies', [...ids], propertiesOf('company', settings.fields));
  }

  return async function readCustomers(customerIds: string[]): Promise<Outcome<ConnectorCustomer[]>> {
    const asked = customerIds.flatMap((customerId) => readCustomerId(customerId) ?? []);
    const [owners, stages, answers] = await Promise.all([
      account.owners(),
      account.stages(),
      Promise.all(asked.map(readRecord)),
    ]);
    const failure = answers.find(isFailure);
    if (failure) return failure;
    const records = answers.flatMap((answer) => (answer.kind === 'found' ? answer.value : []));
    if (records.length === 0) return notFound;
    const [companies, ...entries] = await Promise.all([
      readCompanies(records),
      ...linkedTypes.map(async (type) => [type, await readLinked(records, type)] as const),
    ]);
    const linked: Linked = new Map(entries);
    return found(
      records.map((read) => {
        const { kind, record } = read;
        const company = valuesOf(companies).find(({ id }) => id === companyOf(kind, record));
        const card = {
          company,
          tickets: pick(linked, 'tickets', record, mostTickets),
          activities: activityTypes.flatMap((type) =>
            pick(linked, type, record, mostActivities).map((activity) => ({ type, record: activity })),
          ),
          owners: owners.kind === 'found' ? owners.value : new Map(),
          stages: stages.kind === 'found' ? stages.value : new Map(),
        };
        const missing = listMissing(read, linked, companies);
        return { ...toCustomer(kind, record, card, settings), ...(missing.length > 0 && { missing }) };
      }),
    );
  };
}

function companyOf(kind: CustomerKind, record: HubspotRecord): string | undefined {
  const id = kind === 'contact' ? textOf(record, 'associatedcompanyid') : undefined;
  return id !== undefined && /^\d{1,19}$/.test(id) ? id : undefined;
}

/** Once each, though an association may have several labels; higher ids are newer. */
export function newestIds({ associations }: AssociatedRecord, type: ObjectType, most: number): string[] {
  return sortNewest(associations?.[type]?.results.map(({ id }) => id) ?? []).slice(0, most);
}

export function sortNewest(ids: string[]): string[] {
  const digits = [...new Set(ids)].filter((id) => /^\d{1,19}$/.test(id));
  return digits.sort((item, other) => Number(BigInt(other) > BigInt(item)) - Number(BigInt(item) > BigInt(other)));
}

function valuesOf<Item>(outcome: Outcome<Item[]>): Item[] {
  return outcome.kind === 'found' ? outcome.value : [];
}

function pick(linked: Linked, type: LinkedType, record: AssociatedRecord, most: number): HubspotRecord[] {
  const ids = new Set(newestIds(record, type, most));
  return valuesOf(linked.get(type) ?? notFound).filter(({ id }) => ids.has(id));
}

function listMissing(
  { kind, record, failure }: ReadRecord,
  linked: Linked,
  companies: Outcome<unknown>,
): Required<ConnectorCustomer>['missing'] {
  const own = (type: LinkedType) => {
    const outcome = newestIds(record, type, 1).length > 0 ? linked.get(type) : undefined;
    return failure ?? (outcome && isFailure(outcome) ? outcome : undefined);
  };
  const cases =
    own('tickets') ?? (hasMoreTickets(record) ? ({ kind: 'invalid', reason: 'too-many' } as const) : undefined);
  const interactions = activityTypes.map(own).find((candidate) => candidate !== undefined);
  return [
    ...(cases ? [{ part: 'cases' as const, failure: cases }] : []),
    ...(interactions ? [{ part: 'interactions' as const, failure: interactions }] : []),
    ...(companyOf(kind, record) !== undefined && isFailure(companies)
      ? [{ part: 'company' as const, failure: companies }]
      : []),
  ];
}

function hasMoreTickets({ associations }: AssociatedRecord): boolean {
  const tickets = associations?.tickets;
  return (tickets?.results.length ?? 0) > mostTickets || Boolean(tickets?.paging?.next);
}
