import type { Clock } from '../../platform/clock.ts';
import type { CrmHttp } from '../http/crm-http.ts';
import type { AccountHit, CaseHit, Connector, CustomerSummary } from '../port/connector.ts';
import { foundAny, joinFound, notFound, type Outcome } from '../port/outcome.ts';
import { createAccountData } from './account-data.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check-connection.ts';
import { createActivityLog, type LogSettings } from './log-activity.ts';
import {
  type CardSettings,
  type CustomerKind,
  objectTypeOf,
  propertiesOf,
  readFieldPath,
  textOf,
  toCustomerId,
  toSummary,
  toTicketId,
} from './mapping.ts';
import {
  type FilterGroup,
  hasWords,
  queryByEmail,
  queryByEmailPrefix,
  queryByProperty,
  queryCompaniesByName,
  queryCompaniesByPhone,
  queryContactsByName,
  queryContactsByPhone,
  withoutZeros,
} from './query.ts';
import { createCardReader, newestIds } from './read-cards.ts';

export type ConnectorSettings = CardSettings &
  LogSettings & { apiVersion: string; auth: 'service-key' | 'private-app' };

export function createConnector(
  settings: ConnectorSettings,
  { crm, clock }: { crm: CrmHttp; clock: Clock },
): Connector {
  const api = createApi(crm, settings.apiVersion);
  const account = createAccountData(api, clock);
  const accountField = settings.fields.accountNumber;

  async function search(kind: CustomerKind, groups: FilterGroup[] | undefined, limit: number, properties?: string[]) {
    if (groups === undefined) return notFound;
    return api.search(objectTypeOf(kind), groups, properties ?? propertiesOf(kind), limit);
  }

  async function findSummaries(kind: CustomerKind, groups: FilterGroup[] | undefined, limit: number) {
    return toList(await search(kind, groups, limit), (record) => [toSummary(kind, record)]);
  }

  async function findByAccount(path: string, number: string, limit: number): Promise<Outcome<AccountHit[]>> {
    const { kind, property } = readFieldPath(path);
    const names = [...propertiesOf(kind), property];
    return toList(await search(kind, queryByProperty(property, number), limit, names), (record) => {
      const held = textOf(record, property);
      return held === undefined ? [] : [{ number: held, customer: toSummary(kind, record) }];
    });
  }

  async function searchName(kind: CustomerKind, text: string, limit: number): Promise<Outcome<string[]>> {
    const groups = kind === 'contact' ? queryContactsByName(text) : queryCompaniesByName(text);
    // Of many words the first are searched for, the others are compared here.
    const answer = await findSummaries(kind, groups, limit * 2);
    return toList(answer, ({ id, name }) => (hasWords(name, text) ? [id] : []));
  }

  return {
    /**
     * People come before companies: whoever calls from a company's number is a person there, where one has that number.
     * A company is asked for when nobody does, so that most calls cost one search of the three a second.
     */
    async findByPhone(phone, limit) {
      const people = await findSummaries('contact', queryContactsByPhone(phone), limit);
      if (
        people.kind !== 'not-found' &&
        !(people.kind === 'found' && !people.value.some((item) => mayHold(item, phone)))
      ) {
        return people;
      }
      return joinFound([people, await findSummaries('company', queryCompaniesByPhone(phone), limit)]);
    },

    findByEmail: (email, limit) => findSummaries('contact', queryByEmail(email), limit),

    /** Read by its id, so it costs no search. Whose it is: people, or the company where no person is named. */
    async findByCase(number): Promise<Outcome<CaseHit[]>> {
      const id = toTicketId(number);
      if (id === undefined) return notFound;
      const ticket = await api.readRecord({ type: 'tickets', id }, ['subject'], ['contacts', 'companies']);
      if (ticket.kind !== 'found') return ticket;
      const contacts = newestIds(ticket.value, 'contacts', 100);
      const kind = contacts.length > 0 ? 'contact' : 'company';
      const ids = contacts.length > 0 ? contacts : newestIds(ticket.value, 'companies', 100);
      const records = await api.readRecords(objectTypeOf(kind), ids, propertiesOf(kind));
      return toList(records, (record) => [{ number: ticket.value.id, customer: toSummary(kind, record) }]);
    },

    ...(accountField !== undefined && { findByAccount: (number, limit) => findByAccount(accountField, number, limit) }),

    async search({ kind, text }, limit) {
      if (kind === 'name') {
        const answers = await Promise.all([searchName('contact', text, limit), searchName('company', text, limit)]);
        return joinFound(answers);
      }
      const answer = await search('contact', queryByEmailPrefix(text), limit);
      return toList(answer, (record) =>
        textOf(record, 'email')?.toLowerCase().startsWith(text.toLowerCase())
          ? [toCustomerId('contact', record.id)]
          : [],
      );
    },

    readCustomers: createCardReader(settings, { api, account }),
    logActivity: createActivityLog(settings, { api, account }),
    check: () => checkConnection(settings, api),
  };
}

/** Looked at roughly: the digits alone, a trunk zero and the country code aside. Who holds it exactly is verified later. */
function mayHold({ phones }: CustomerSummary, { national, countryCode }: { national: string; countryCode: string }) {
  const forms = [withoutZeros(national), `${countryCode}${national}`, `${countryCode}0${national}`];
  return phones.some(({ raw }) => forms.includes(withoutZeros(raw.replace(/\D/g, ''))));
}

function toList<Item, Other>(outcome: Outcome<Item[]>, change: (item: Item) => Other[]): Outcome<Other[]> {
  return outcome.kind === 'found' ? foundAny(outcome.value.flatMap(change)) : outcome;
}
