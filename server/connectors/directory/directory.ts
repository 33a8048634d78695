import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/storage/database.ts';
import { createCustomerStore, type IdentifierKind } from './customer-store.ts';
import { splitNameWords } from './name-words.ts';

export type DirectoryCustomer = {
  id: string;
  name: string;
  company: string | undefined;
  phones: StoredIdentifier[];
  emails: StoredIdentifier[];
  fields: Record<string, string>;
  cases: { number: string; subject: string; status?: string; priority?: string; updatedAt?: number }[];
  interactions: { at: number; channel?: string; summary?: string; agent?: string }[];
};

/** `value` null: it could not be read, so it is shown and never matched on. */
type StoredIdentifier = { raw: string; value: string | null };

/** ms. Every look-up reads the country; an import changes it about once in the life of an installation. */
const countryLife = 1_000;

/** The customers that this installation holds itself. */
export function createDirectory({ database, clock }: { database: Database; clock: Clock }) {
  const store = createCustomerStore(database);
  let country: { value: Promise<string | undefined>; readAt: number } | undefined;

  return {
    id: 'directory',
    label: 'Directory',

    async defaultCountry(): Promise<string | undefined> {
      if (!country || clock() - country.readAt >= countryLife) {
        const reading = { value: store.readDefaultCountry(), readAt: clock() };
        country = reading;
        reading.value.catch(() => {
          if (country === reading) country = undefined;
        });
      }
      return country.value;
    },

    async findByIdentifier(kind: IdentifierKind, value: string, limit: number) {
      const holders = await store.findHolders(kind, value, limit);
      return {
        hits: holders.map(({ customerId, customerName, stored }) => ({ customerId, customerName, stored })),
        sharedBy: holders[0]?.sharedBy ?? 0,
      };
    },

    async getCustomers(ids: string[]): Promise<DirectoryCustomer[]> {
      const { customers, identifiers } = await store.readCustomers(ids);
      const byId = new Map(customers.map((row) => [row.id, toCustomer(row, identifiers)]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },

    async findByEmailPrefix(prefix: string, limit: number): Promise<string[]> {
      return store.findIdsByPrefix('email', prefix, limit);
    },

    async findByName(text: string, limit: number): Promise<string[]> {
      return store.findIdsByWords(splitNameWords(text), limit);
    },
  };
}

type Read = Awaited<ReturnType<ReturnType<typeof createCustomerStore>['readCustomers']>>;

function toCustomer(row: Read['customers'][number], identifiers: Read['identifiers']): DirectoryCustomer {
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
    fields: JSON.parse(row.fields) as DirectoryCustomer['fields'],
    cases: JSON.parse(row.cases) as DirectoryCustomer['cases'],
    interactions: JSON.parse(row.interactions) as DirectoryCustomer['interactions'],
  };
}
