import { ofKind, type RequestKind } from '../http/crm-http.ts';
import type { Connector, ConnectorTools } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { orderByIds } from '../port/order-by-ids.ts';
import { found, itemsOf, mapFound, mapItems } from '../port/outcome.ts';
import { type CustomerFilter, createApi } from './api.ts';
import { type CardSettings, toActivityBody, toCaseNumber, toCustomer, toSummary } from './mapping.ts';

const neededScopes: Record<string, string> = {
  'customers:read': 'customers can be neither found nor shown',
  'cases:read': 'nobody is found by a case number, and no cases are shown',
  'interactions:read': 'earlier conversations are not shown',
  'activities:write': 'nothing can be logged',
};

export function createConnector(settings: CardSettings, { crm }: Pick<ConnectorTools, 'crm'>): Connector {
  // Kinds of requests fail apart: a limit of writes, or a scan that is too slow, leaves the others alone.
  const apiFor = (kind: RequestKind) => createApi(ofKind(crm, kind));

  async function findSummaries(kind: RequestKind, filter: CustomerFilter, limit: number) {
    return mapItems(await apiFor(kind).findCustomers(filter, limit), (record) => [toSummary(record)]);
  }

  return {
    // Decide: query broadly, by digits that every spelling of this number has. source.ts verifies each hit.
    findByPhone: ({ national }, limit) => findSummaries('scan', { phone: national }, limit),

    findByEmail: (email, limit) => findSummaries('lookup', { email }, limit),

    findByCase: async (number, limit) =>
      mapItems(await apiFor('lookup').findCases(toCaseNumber(number), limit), (hit) => [
        { number: hit.number, customer: toSummary(hit.customer) },
      ]),

    // Decide: does the system know account numbers? If not, leave this method out.
    findByAccount: async (account, limit) =>
      mapItems(await apiFor('lookup').findCustomers({ account }, limit), (record) =>
        record.accountNumber ? [{ number: record.accountNumber, customer: toSummary(record) }] : [],
      ),

    search: async ({ kind, text }, limit) => {
      const filter = kind === 'name' ? { name: text } : { emailPrefix: text };
      return mapItems(await apiFor('search').findCustomers(filter, limit), ({ id }) => [id]);
    },

    async readCustomers(ids) {
      const api = apiFor('read');
      const [records, cases, interactions] = await Promise.all([
        api.readCustomers(ids),
        api.listOpenCases(ids),
        api.listInteractions(ids),
      ]);
      const customers = mapItems(records, (record) => {
        const related = {
          cases: itemsOf(cases).filter(({ customerId }) => customerId === record.id),
          interactions: itemsOf(interactions).filter(({ customerId }) => customerId === record.id),
        };
        return [{ ...toCustomer(record, related, settings), ...missingParts({ cases, interactions }) }];
      });
      return mapFound(customers, (unordered) => orderByIds(unordered, ids));
    },

    logActivity: async (activity) =>
      mapFound(await apiFor('write').writeActivity(activity.key, toActivityBody(activity)), ({ id, created }) => ({
        id,
        isNew: created,
      })),

    async check() {
      const granted = await apiFor('schema').readGrants();
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
