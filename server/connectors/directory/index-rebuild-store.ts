import { sql, type Transaction } from 'kysely';
import type { Database } from '../../platform/storage/database.ts';
import type { Schema } from '../../platform/storage/schema.ts';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { indexCustomer } from './customer-index.ts';
import {
  deleteIndexRows,
  type IdentifierRow,
  type IndexRows,
  insertIndexRows,
  raiseVersion,
} from './customer-store.ts';
import { indexVersion } from './index-version.ts';

type BatchOptions = { identifiers: IdentifierReader; batchSize: number };

type Batch = { customers: number; changed: number; isLast: boolean };

/** The transactions of index-rebuild.ts. */
export function createIndexRebuildStore({ db }: Pick<Database, 'db'>) {
  return {
    /** The version of the index, if this process may rebuild it. */
    async findOlderVersion(): Promise<number | undefined> {
      const older = await db
        .selectFrom('directory_settings')
        .select('index_version')
        .where('index_version', '<', indexVersion)
        .where('rebuild_version', '<=', indexVersion)
        .executeTakeFirst();
      return older?.index_version;
    },

    rebuildBatch: (options: BatchOptions) =>
      db.transaction().execute((transaction) => rebuildNext(transaction, options)),
  };
}

/** Undefined if the index is current, or a server with newer rules rebuilds it. */
async function rebuildNext(
  transaction: Transaction<Schema>,
  { identifiers, batchSize }: BatchOptions,
): Promise<Batch | undefined> {
  const settings = await transaction
    .updateTable('directory_settings')
    .set({
      rebuild_version: indexVersion,
      rebuilt_to: sql<
        string | null
      >`case when rebuild_version < ${sql.lit(indexVersion)} then null else rebuilt_to end`,
    })
    .where('index_version', '<', indexVersion)
    .where('rebuild_version', '<=', indexVersion)
    .returning(['default_country', 'rebuilt_to'])
    .executeTakeFirst();
  if (!settings) return undefined;
  const customers = await transaction
    .selectFrom('customers')
    .select(['id', 'name', 'company', 'fields', 'cases', 'country'])
    .where('id', '>', settings.rebuilt_to ?? '')
    .orderBy('id')
    .limit(batchSize)
    .execute();
  const stored = await readIndexRows(
    transaction,
    customers.map(({ id }) => id),
  );
  const changed: IndexRows[] = [];
  const countries = new Map<string, string[]>();
  for (const customer of customers) {
    const { id } = customer;
    const known = stored.get(id) ?? { identifiers: [], words: [] };
    const rawOf = (kind: IdentifierRow['kind']) =>
      known.identifiers.filter((row) => row.kind === kind).map(({ raw }) => raw);
    const country =
      customer.country ?? findCountry(known.identifiers, settings.default_country ?? undefined, identifiers) ?? '';
    if (customer.country === null) countries.set(country, [...(countries.get(country) ?? []), id]);
    const { identifiers: rows, words } = indexCustomer(
      {
        name: customer.name,
        company: customer.company ?? undefined,
        phones: rawOf('phone'),
        emails: rawOf('email'),
        // Written by the importer, from rows that passed the file's schema.
        fields: JSON.parse(customer.fields) as Record<string, string>,
        cases: JSON.parse(customer.cases) as { number: string }[],
      },
      { identifiers, country: country || undefined },
    );
    if (describe({ identifiers: rows, words }) !== describe(known)) changed.push({ id, identifiers: rows, words });
  }
  await deleteIndexRows(
    transaction,
    changed.map(({ id }) => id),
  );
  await insertIndexRows(transaction, changed);
  for (const [country, ids] of countries) {
    await transaction.updateTable('customers').set({ country }).where('id', 'in', ids).execute();
  }
  const isLast = customers.length < batchSize;
  await transaction
    .updateTable('directory_settings')
    .set(isLast ? { index_version: indexVersion, rebuilt_to: null } : { rebuilt_to: customers.at(-1)?.id ?? null })
    .execute();
  if (changed.length > 0) await raiseVersion(transaction);
  return { customers: customers.length, changed: changed.length, isLast };
}

type Rows = Omit<IndexRows, 'id'>;

async function readIndexRows(transaction: Transaction<Schema>, ids: string[]): Promise<Map<string, Rows>> {
  const rows = new Map<string, Rows>(ids.map((id) => [id, { identifiers: [], words: [] }]));
  if (ids.length === 0) return rows;
  const identifiers = await transaction
    .selectFrom('customer_identifiers')
    .select(['customer_id', 'kind', 'position', 'raw', 'value'])
    .where('customer_id', 'in', ids)
    .orderBy('customer_id')
    .orderBy('kind')
    .orderBy('position')
    .execute();
  for (const { customer_id, ...row } of identifiers) rows.get(customer_id)?.identifiers.push(row);
  const words = await transaction
    .selectFrom('customer_name_words')
    .select(['customer_id', 'word'])
    .where('customer_id', 'in', ids)
    .execute();
  for (const { customer_id, word } of words) rows.get(customer_id)?.words.push(word);
  return rows;
}

/** Equal for the same rows in any order. */
function describe({ identifiers, words }: Rows): string {
  const rows = identifiers.map(({ kind, position, raw, value }) => JSON.stringify([kind, position, raw, value]));
  return JSON.stringify([rows.toSorted(), words.toSorted()]);
}

/** A form that every version has read, where it had a country. */
const plainNumber = /^[\d ()-]+$/;

/**
 * The country in which an earlier version, which did not store it, has read the customer's national numbers: by the
 * values they were given, else the directory's. Undefined where a plain number was given none.
 */
function findCountry(
  rows: IdentifierRow[],
  defaultCountry: string | undefined,
  { parsePhone }: IdentifierReader,
): string | undefined {
  const parse = (raw: string, country?: string) => {
    const phone = parsePhone(raw, country);
    return phone.kind === 'phone' ? phone : undefined;
  };
  let hasPlainUnread = false;
  for (const { kind, raw, value } of rows) {
    if (kind !== 'phone' || parse(raw)) continue;
    const former = value === null ? undefined : parse(value);
    const countries = former ? [defaultCountry, former.country] : [];
    const country = countries.find((each) => each !== undefined && parse(raw, each)?.e164 === former?.e164);
    if (country !== undefined) return country;
    if (value === null && plainNumber.test(raw) && parse(raw, defaultCountry)) hasPlainUnread = true;
  }
  return hasPlainUnread ? undefined : defaultCountry;
}
