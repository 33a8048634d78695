import type { CrmHttp } from '../http/crm-http.ts';
import type { Connector, ConnectorCustomer } from '../port/connector.ts';
import { foundAny, isFailure, joinFound, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { createApi, type Row } from './api.ts';
import { columnsOf } from './card-fields.ts';
import { checkConnection } from './check-connection.ts';
import { type LogSettings, logActivity } from './log-activity.ts';
import {
  type CardSettings,
  type CustomerKey,
  readCustomerId,
  toAccountHits,
  toCaseHit,
  toCustomer,
  toCustomerId,
  toSummary,
} from './mapping.ts';
import * as query from './query.ts';
import { type Table, type TableName, tables } from './tables.ts';

export type ConnectorSettings = CardSettings & LogSettings & { casePrefix: string; leads: 'ignore' | 'include' };

export function createConnector(settings: ConnectorSettings, crm: CrmHttp): Connector {
  const api = createApi(crm);
  const columns = columnsOf(settings.fields);
  /** People before companies, whose numbers many share. */
  const searched: TableName[] = ['contact', 'account', ...(settings.leads === 'include' ? (['lead'] as const) : [])];

  /** Side by side. A filter that refuses its text finds nobody. */
  async function findIn<Item>(
    filterOf: (table: Table) => string | undefined,
    limit: number,
    change: (table: TableName, row: Row) => Item[],
  ): Promise<Outcome<Item[]>> {
    const outcomes = searched.map(async (table) => {
      const filter = filterOf(tables[table]);
      if (filter === undefined) return notFound;
      return mapRows(await api.findCustomers(table, filter, limit), (row) => change(table, row));
    });
    return joinFound(await Promise.all(outcomes));
  }

  /** Those of one table. */
  function readRecords(table: TableName, ids: string[]): Promise<Outcome<Row[]>> {
    if (ids.length === 0) return Promise.resolve(notFound);
    if (table === 'contact') return api.readContacts(ids, columns.contact, columns.account);
    return table === 'account' ? api.readAccounts(ids, columns.account) : api.readLeads(ids);
  }

  async function readCustomers(keys: CustomerKey[]): Promise<Outcome<ConnectorCustomer[]>> {
    const ids = keys.map(({ id }) => id);
    const names = Object.keys(tables) as TableName[];
    const [cases, activities, ...records] = await Promise.all([
      api.listOpenCases(ids),
      api.listActivities(ids),
      ...names.map((table) =>
        readRecords(
          table,
          keys.filter((key) => key.table === table).map(({ id }) => id),
        ),
      ),
    ]);
    const of = { cases: rowsOf(cases), activities: rowsOf(activities) };
    const missing = [...toMissing('cases', cases), ...toMissing('interactions', activities)];
    return joinFound(
      names.map((table, index) =>
        mapRows(records[index] ?? notFound, (row) =>
          toCustomer(table, row, of, settings).map((item) => ({ ...item, ...(missing.length > 0 && { missing }) })),
        ),
      ),
    );
  }

  return {
    findByPhone: (phone, limit) => findIn(({ phones }) => query.queryByPhone(phone, phones), limit, toSummary),

    findByEmail: (email, limit) => findIn(({ emails }) => query.queryByEmail(email, emails), limit, toSummary),

    async findByCase(number, limit) {
      const filter = query.queryByCase(number, settings.casePrefix);
      return filter === undefined ? notFound : mapRows(await api.findCases(filter, limit), toCaseHit);
    },

    async findByAccount(number, limit) {
      const filter = query.queryByAccount(number);
      return filter === undefined ? notFound : mapRows(await api.findAccounts(filter, limit), toAccountHits);
    },

    search({ kind, text }, limit) {
      const filterOf = ({ name, emails }: Table) =>
        kind === 'name' ? query.queryByName(text, name) : query.queryByEmailPrefix(text, emails);
      return findIn(filterOf, limit, (table, row) => toSummary(table, row).map(({ id }) => id));
    },

    /** Side by side, so that ten cards take as long as one: records of each table, all their cases, all their activities. */
    async readCustomers(ids) {
      const keys = ids.flatMap((id) => readCustomerId(id) ?? []);
      if (keys.length === 0) return notFound;
      const customers = await readCustomers(keys);
      return mapFound(customers, (list) =>
        keys.flatMap((key) => list.find(({ id }) => id === toCustomerId(key)) ?? []),
      );
    },

    logActivity: (activity) => logActivity(activity, api, settings),

    check: () => checkConnection(api, settings),
  };
}

function mapRows<Item>(outcome: Outcome<Row[]>, change: (row: Row) => Item[]): Outcome<Item[]> {
  return outcome.kind === 'found' ? foundAny(outcome.value.flatMap(change)) : outcome;
}

function rowsOf(outcome: Outcome<Row[]>): Row[] {
  return outcome.kind === 'found' ? outcome.value : [];
}

/** A part that failed is told as missing: an empty list would say that there are none. */
function toMissing(part: 'cases' | 'interactions', outcome: Outcome<unknown>): Required<ConnectorCustomer>['missing'] {
  return isFailure(outcome) ? [{ part, failure: outcome }] : [];
}
