import type { CrmHttp } from '../http/crm-http.ts';
import type { Connector, ConnectorCustomer } from '../port/connector.ts';
import { found, foundAny, isFailure, mapFound, type Outcome } from '../port/outcome.ts';
import { type CustomerFilter, createTemplateApi } from './api.ts';
import { type CardSettings, toActivityBody, toCaseNumber, toCustomer, toSummary } from './mapping.ts';

const neededScopes: Record<string, string> = {
  'customers:read': 'customers can be neither found nor shown',
  'cases:read': 'nobody is found by a case number, and no cases are shown',
  'interactions:read': 'earlier conversations are not shown',
  'activities:write': 'nothing can be logged',
};

export function createTemplateConnector(settings: CardSettings, crm: CrmHttp): Connector {
  const api = createTemplateApi(crm);

  async function findSummaries(filter: CustomerFilter, limit: number) {
    return mapItems(await api.findCustomers(filter, limit), (record) => [toSummary(record)]);
  }

  return {
    // Decide: ask broadly, by digits that every way of writing this number has. Who does not hold exactly it is left out
    // by what surrounds the connector.
    findByPhone: ({ national }, limit) => findSummaries({ phone: national }, limit),

    findByEmail: (email, limit) => findSummaries({ email }, limit),

    findByCase: async (number, limit) =>
      mapItems(await api.findCases(toCaseNumber(number), limit), (hit) => [
        { number: hit.number, customer: toSummary(hit.customer) },
      ]),

    // Decide: does the system know account numbers? If not, leave this method out.
    findByAccount: async (account, limit) =>
      mapItems(await api.findCustomers({ account }, limit), (record) =>
        record.accountNumber ? [{ number: record.accountNumber, customer: toSummary(record) }] : [],
      ),

    search: async ({ kind, text }, limit) => {
      const filter = kind === 'name' ? { name: text } : { emailPrefix: text };
      return mapItems(await api.findCustomers(filter, limit), ({ id }) => [id]);
    },

    async readCustomers(ids) {
      const [records, cases, interactions] = await Promise.all([
        api.readCustomers(ids),
        api.listOpenCases(ids),
        api.listInteractions(ids),
      ]);
      const missing = [...toMissing('cases', cases), ...toMissing('interactions', interactions)];
      const customers = mapItems(records, (record) => {
        const of = { cases: itemsOf(cases, record.id), interactions: itemsOf(interactions, record.id) };
        return [{ ...toCustomer(record, of, settings), ...(missing.length > 0 && { missing }) }];
      });
      return mapFound(customers, (those) => ids.flatMap((id) => those.find((one) => one.id === id) ?? []));
    },

    logActivity: async (activity) =>
      mapFound(await api.writeActivity(activity.key, toActivityBody(activity)), ({ id, created }) => ({
        id,
        isNew: created,
      })),

    async check() {
      const granted = await api.readGrants();
      if (granted.kind !== 'found') return granted;
      const { scopes, customFields } = granted.value;
      const rights = Object.entries(neededScopes).filter(([scope]) => !scopes.includes(scope));
      const fields = Object.entries(settings.fields).filter(([, field]) => !customFields.includes(field));
      return found({
        missing: [
          ...rights.map(([scope, cost]) => `The client lacks the scope ${scope}: ${cost}.`),
          ...fields.map(([name, field]) => `There is no custom field ${field}: ${name} stays empty on the card.`),
        ],
      });
    },
  };
}

/** An empty list says the same as none. */
function mapItems<Item, Other>(outcome: Outcome<Item[]>, change: (item: Item) => Other[]): Outcome<Other[]> {
  return outcome.kind === 'found' ? foundAny(outcome.value.flatMap(change)) : outcome;
}

function itemsOf<Item extends { customerId: string }>(outcome: Outcome<Item[]>, customerId: string): Item[] {
  return outcome.kind === 'found' ? outcome.value.filter((item) => item.customerId === customerId) : [];
}

/** A part that failed is told as missing: an empty list would say that there are none. */
function toMissing(part: 'cases' | 'interactions', outcome: Outcome<unknown>): Required<ConnectorCustomer>['missing'] {
  return isFailure(outcome) ? [{ part, failure: outcome }] : [];
}
