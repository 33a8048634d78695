import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Activity, Connector, ConnectorCustomer, CustomerSummary, StoredValue } from '../port/connector.ts';
import { found, foundAny, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { createActivityStore } from './activity-store.ts';
import { isStorable } from './customer-file.ts';
import { createCustomerStore, type IdentifierKind } from './customer-store.ts';
import { splitNameWords } from './name-words.ts';

/** ms. Every look-up reads the country; an import changes it about once in the life of an installation. */
const countryLife = 1_000;

/** The customers that this installation holds itself. */
export function createConnector({ database, clock }: { database: Database; clock: Clock }): Connector {
  const store = createCustomerStore(database);
  const activities = createActivityStore(database);
  let country: { value: Promise<string | undefined>; readAt: number } | undefined;

  /** `stored`: as the file has it; `value`: what was asked for, for the index holds only what was read as exactly that. */
  async function findHolders(kind: IdentifierKind, value: string, limit: number) {
    const holders = await store.findHits(kind, value, limit);
    return foundAny(holders.map(({ id, name, stored }) => ({ id, name, held: { raw: stored, value } })));
  }

  async function findNumbered(kind: 'case' | 'account', value: string, limit: number) {
    return mapFound(await findHolders(kind, value, limit), (holders) =>
      holders.map(({ held, ...customer }) => ({ number: held.raw, customer: { ...customer, phones: [], emails: [] } })),
    );
  }

  return {
    findByPhone: ({ e164 }, limit) =>
      answering(async () => mapFound(await findHolders('phone', e164, limit), summarise('phones'))),

    findByEmail: (email, limit) =>
      answering(async () => mapFound(await findHolders('email', email, limit), summarise('emails'))),

    findByCase: (number, limit) => answering(() => findNumbered('case', number, limit)),

    findByAccount: (number, limit) => answering(() => findNumbered('account', number, limit)),

    countHits: (kind, value) => answering(async () => found(await store.countHits(kind, value))),

    search: (query, limit) =>
      answering(async () => {
        if (query.kind === 'name') return foundAny(await store.findIdsByWords(splitNameWords(query.text), limit));
        // PostgreSQL refuses to be asked for what it cannot hold.
        if (!isStorable(query.text)) return notFound;
        return foundAny(await store.findIdsByPrefix('email', query.text, limit));
      }),

    readCustomers: (ids) =>
      answering(async () => {
        const [read, logged] = await Promise.all([store.readCustomers(ids), activities.readNewest(ids)]);
        const byId = new Map(read.customers.map((row) => [row.id, toCustomer(row, read, logged)]));
        return foundAny(ids.flatMap((id) => byId.get(id) ?? []));
      }),

    logActivity: (activity) =>
      answering(async () => {
        const saved = await activities.save(activity);
        return saved === 'no-customer' ? notFound : found({ id: activity.key, isNew: saved === 'new' });
      }),

    readVersion: () => store.readVersion(),

    async defaultCountry() {
      if (!country || clock() - country.readAt >= countryLife) {
        const reading = { value: store.readDefaultCountry(), readAt: clock() };
        country = reading;
        reading.value.catch(() => {
          if (country === reading) country = undefined;
        });
      }
      return country.value;
    },

    check: () =>
      answering(async () => {
        const count = await store.countCustomers();
        if (count === 0)
          return found({ missing: ['It holds no customers yet: run npm run customers -- import FILE.'] });
        return found({ missing: [], summary: `It holds ${count} ${count === 1 ? 'customer' : 'customers'}.` });
      }),
  };
}

/** A database that is away is a source that is away. */
async function answering<Found>(question: () => Promise<Outcome<Found>>): Promise<Outcome<Found>> {
  try {
    return await question();
  } catch (error) {
    return { kind: 'unavailable', reason: `database ${codeOf(error)}` };
  }
}

/** `SQLITE_BUSY`, `ECONNREFUSED`, `57P01`: a message would tell values too. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^\w{1,40}$/.test(code) ? code : 'error';
}

type Holder = { id: string; name: string; held: StoredValue };

/** A hit needs no more than the value by which it was found. */
function summarise(kind: 'phones' | 'emails') {
  return (holders: Holder[]): CustomerSummary[] =>
    holders.map(({ held, ...customer }) => ({ ...customer, phones: [], emails: [], [kind]: [held] }));
}

type Read = Awaited<ReturnType<ReturnType<typeof createCustomerStore>['readCustomers']>>;

function toCustomer(row: Read['customers'][number], { identifiers }: Read, logged: Activity[]): ConnectorCustomer {
  const identifiersOf = (kind: IdentifierKind) =>
    identifiers
      .filter((held) => held.customer_id === row.id && held.kind === kind)
      .map(({ raw, value }) => ({ raw, value }));
  return {
    id: row.id,
    name: row.name,
    company: row.company ?? undefined,
    phones: identifiersOf('phone'),
    emails: identifiersOf('email'),
    // The importer wrote these columns from rows that had passed the file's schema.
    fields: JSON.parse(row.fields) as ConnectorCustomer['fields'],
    cases: JSON.parse(row.cases) as ConnectorCustomer['cases'],
    // Files list them in any order; what is cut off afterwards is to be the oldest.
    interactions: [
      ...logged.filter(({ customerId }) => customerId === row.id).map(toInteraction),
      ...(JSON.parse(row.interactions) as ConnectorCustomer['interactions']),
    ].sort((a, b) => b.at - a.at),
  };
}

function toInteraction({ startedAt, channel, subject, notes, agent }: Activity) {
  return { at: startedAt, channel, summary: [subject, notes].filter(Boolean).join(': '), agent: agent.name };
}
