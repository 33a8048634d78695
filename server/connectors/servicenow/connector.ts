import type { CrmHttp } from '../http/crm-http.ts';
import type { Connector, ConnectorCustomer } from '../port/connector.ts';
import { foundAny, isFailure, joinFound, mapFound, type Outcome } from '../port/outcome.ts';
import { createApi } from './api.ts';
import { toCaseNumbers } from './case-number.ts';
import { checkConnection } from './check-connection.ts';
import { createActivityLog, type LogSettings } from './log-activity.ts';
import { caseFields, interactionFields, isInactive, summaryFields, toCustomer, toSummary } from './mapping.ts';
import { splitNameQuery, startsWith } from './name-query.ts';
import { toPhoneConditions } from './phone-conditions.ts';
import type { Condition, Conditions } from './query.ts';
import { type Row, readDisplay, readValue } from './row.ts';
import { chooseTables, type TableSettings } from './table-sets.ts';

export type ConnectorSettings = TableSettings & LogSettings;

/** ServiceNow takes a page's rows first and leaves out what may not be read then: a small page could be an empty one. */
const phonePage = 200;
const mostCases = 50;
const mostInteractions = 20;

export function createConnector(settings: ConnectorSettings, crm: CrmHttp): Connector {
  const api = createApi(crm);
  const tables = chooseTables(settings);
  const { table, caseTable, caseCustomer, interactionCustomer } = tables;
  const summary = summaryFields(tables);

  const listCustomers = (where: Conditions, limit: number, order?: string) =>
    api.list({ table, where, fields: summary, limit, ...(order !== undefined && { order }) });

  async function findByPhone(national: string, limit: number): ReturnType<Connector['findByPhone']> {
    const outcome = await listCustomers([toPhoneConditions(national, tables.phones)], Math.max(limit, phonePage));
    if (outcome.kind !== 'found') return outcome;
    const holders = outcome.value.map((row) => toSummary(row, tables));
    const certain = holders.filter(({ phones }) => phones.some(({ raw }) => raw.replace(/\D/g, '').endsWith(national)));
    // A full page of strangers may hide whom it is about: to say that there is nobody would be a guess.
    if (holders.length >= phonePage && certain.length < limit) return { kind: 'invalid', reason: 'too-many' };
    return foundAny(outcome.value.filter((row) => !isInactive(row)).map((row) => toSummary(row, tables)));
  }

  async function findByCase(said: string, limit: number): ReturnType<Connector['findByCase']> {
    const where = [toCaseNumbers(said, tables.casePrefix).map((value) => equals('number', value))];
    const fields = ['number', ...summaryFields(tables, `${caseCustomer}.`)];
    const outcome = await api.list({ table: caseTable, where, fields, limit });
    return mapItems(outcome, (row) => {
      const customer = toSummary(row, tables, `${caseCustomer}.`);
      return customer.id === '' ? [] : [{ number: readValue(row, 'number') ?? '', customer }];
    });
  }

  /** At most two round trips: where a page of several customers is full, each is asked for alone. */
  async function listOf(ids: string[], page: number, ask: (some: string[], limit: number) => Promise<Outcome<Row[]>>) {
    const limit = page * ids.length;
    const outcome = await ask(ids, limit);
    const isFull = outcome.kind === 'found' && outcome.value.length >= limit;
    return isFull && ids.length > 1 ? joinFound(await Promise.all(ids.map((id) => ask([id], page)))) : outcome;
  }

  const listCases = (ids: string[], limit: number) =>
    api.list({
      table: caseTable,
      fields: [...caseFields, caseCustomer],
      limit,
      order: 'ORDERBYDESCsys_updated_on',
      where: [[isOneOf(caseCustomer, ids)], [equals('active', 'true')]],
    });

  const listInteractions = (ids: string[], limit: number) =>
    api.list({
      table: 'interaction',
      fields: [...interactionFields, interactionCustomer],
      limit,
      where: [[isOneOf(interactionCustomer, ids)]],
      order: 'ORDERBYDESCopened_at',
    });

  async function readCustomers(given: string[]): ReturnType<Connector['readCustomers']> {
    const ids = given.filter(isSysId);
    if (ids.length === 0) return foundAny<ConnectorCustomer>([]);
    const fields = [...summary, ...Object.values(tables.fields)];
    const [rows, cases, interactions] = await Promise.all([
      api.list({ table, where: [[isOneOf('sys_id', ids)]], fields, limit: ids.length }),
      listOf(ids, mostCases, listCases),
      listOf(ids, mostInteractions, listInteractions),
    ]);
    const missing = [...toMissing('cases', cases), ...toMissing('interactions', interactions)];
    const customers = mapItems(rows, (row) => {
      const id = readValue(row, 'sys_id') ?? '';
      const of = {
        cases: rowsOf(cases, caseCustomer, id),
        interactions: rowsOf(interactions, interactionCustomer, id),
      };
      return [{ ...toCustomer(row, of, tables, settings), ...(missing.length > 0 && { missing }) }];
    });
    return mapFound(customers, (list) => ids.flatMap((id) => list.find((candidate) => candidate.id === id) ?? []));
  }

  async function search(where: Conditions, limit: number, isBetter: (name: string) => boolean) {
    const outcome = await listCustomers(where, Math.max(limit, mostCases), 'ORDERBYname');
    return mapItems(mapFound(outcome, putFirst(isBetter)), (row) => {
      return isInactive(row) ? [] : [readValue(row, 'sys_id') ?? ''];
    });
  }

  const accountField = tables.fields.accountNumber;

  return {
    findByPhone: ({ national }, limit) => findByPhone(national, limit),

    findByEmail: async (email, limit) =>
      mapItems(await listCustomers([tables.emails.map((field) => equals(field, email))], limit), (row) =>
        isInactive(row) ? [] : [toSummary(row, tables)],
      ),

    findByCase,

    ...(accountField !== undefined && {
      async findByAccount(number: string, limit: number) {
        const where = [[equals(accountField, number)]];
        const outcome = await api.list({ table, where, fields: [...summary, accountField], limit });
        return mapItems(outcome, (row) => {
          return isInactive(row)
            ? []
            : [{ number: readValue(row, accountField) ?? '', customer: toSummary(row, tables) }];
        });
      },
    }),

    async search({ kind, text }, limit) {
      if (kind === 'email-prefix') {
        const where = [tables.emails.map((field) => ({ field, operator: 'STARTSWITH' as const, value: text }))];
        return search(where, limit, () => true);
      }
      const words = splitNameQuery(text);
      const where = words.map((value) => [{ field: 'name', operator: 'LIKE' as const, value }]);
      return search(where, limit, startsWith(words));
    },

    readCustomers,
    logActivity: createActivityLog(settings, tables, api),
    check: () => checkConnection(tables, settings, api),
  };
}

function equals(field: string, value: string): Condition {
  return { field, operator: '=', value };
}

function isOneOf(field: string, ids: string[]): Condition {
  return { field, operator: 'IN', value: ids.join(',') };
}

/** Ids are ours to read back, yet they have been in browsers. */
function isSysId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

function mapItems<Item, Other>(outcome: Outcome<Item[]>, change: (item: Item) => Other[]): Outcome<Other[]> {
  return outcome.kind === 'found' ? foundAny(outcome.value.flatMap(change)) : outcome;
}

function putFirst(isBetter: (name: string) => boolean): (rows: Row[]) => Row[] {
  const rank = (row: Row) => (isBetter(readDisplay(row, 'name') ?? '') ? 0 : 1);
  return (rows) => rows.toSorted((item, other) => rank(item) - rank(other));
}

function rowsOf(outcome: Outcome<Row[]>, field: string, id: string): Row[] {
  return outcome.kind === 'found' ? outcome.value.filter((row) => readValue(row, field) === id) : [];
}

/** A part that failed is told as missing: an empty list would say that there are none. */
function toMissing(part: 'cases' | 'interactions', outcome: Outcome<unknown>): Required<ConnectorCustomer>['missing'] {
  return isFailure(outcome) ? [{ part, failure: outcome }] : [];
}
