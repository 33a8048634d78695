import type { NotNull, Transaction } from 'kysely';
import type { Database } from '../../platform/storage/database.ts';
import { prepareQuery } from '../../platform/storage/prepare-query.ts';
import type { Db, Schema } from '../../platform/storage/schema.ts';
import { indexVersion } from './index-version.ts';

export type IdentifierKind = Schema['customer_identifiers']['kind'];

export type IdentifierRow = Omit<Schema['customer_identifiers'], 'customer_id'>;

/** The rows under which one customer is found. */
export type IndexRows = { id: string; identifiers: IdentifierRow[]; words: string[] };

/** All rows of one customer. */
export type CustomerRows = { customer: Schema['customers'] } & Omit<IndexRows, 'id'>;

/**
 * `version` rises with every change of a customer or activity; 0 before the first. `indexedTo`: the rows of customers
 * behind this id, in the order of bytes, may be of an earlier version (index-rebuild.ts).
 */
type DirectorySettings = {
  defaultCountry: string | undefined;
  version: number;
  indexedTo: 'end' | { id: string };
};

export type CustomerStore = ReturnType<typeof createCustomerStore>;

/**
 * Rows in one statement. Fixed sizes mean few statement texts, so each is prepared once; 500 rows of seven columns
 * stay far below SQLite's 32,766 parameters.
 */
const statementSizes = [500, 50, 5, 1];

/** Bounds the cost of a word that very many customers have. */
const maxCandidates = 5_000;

export function createCustomerStore({ db }: Pick<Database, 'db'>) {
  return {
    async readSettings(): Promise<DirectorySettings> {
      const [settings] = await readSettings(db, {});
      const isCurrent = settings === undefined || settings.index_version >= indexVersion;
      return {
        defaultCountry: settings?.default_country ?? undefined,
        version: settings?.version ?? 0,
        indexedTo: isCurrent
          ? 'end'
          : { id: settings.rebuild_version < indexVersion ? '' : (settings.rebuilt_to ?? '') },
      };
    },

    async findKnownIds(ids: string[]): Promise<Set<string>> {
      return findKnownIds(db, ids);
    },

    /** Atomic. Returns the ids that existed before. Each id at most once in a batch. */
    async saveBatch(batch: CustomerRows[], country: string | undefined): Promise<Set<string>> {
      return db.transaction().execute(async (transaction) => {
        await raiseVersion(transaction, country);
        const ids = batch.map(({ customer }) => customer.id);
        const known = await findKnownIds(transaction, ids);
        await deleteIndexRows(transaction, [...known]);
        await insertBatch(transaction, batch);
        return known;
      });
    },

    /** One row for each customer, with the first of its spellings of the value. */
    findHits: (kind: IdentifierKind, value: string, limit: number) => findHits(db, { kind, value, limit }),

    /** Counts customers, not spellings. */
    async countHits(kind: IdentifierKind, value: string): Promise<number> {
      const [counted] = await countHits(db, { kind, value });
      return counted?.count ?? 0;
    },

    async countCustomers(): Promise<number> {
      const { count } = await db
        .selectFrom('customers')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },

    async readCustomers(ids: string[]) {
      if (ids.length === 0) return { customers: [], identifiers: [] };
      const { customers, identifiers } = readsOf(ids.length);
      const values = Object.fromEntries(ids.map((id, index) => [index, id]));
      const [customerRows, identifierRows] = await Promise.all([customers(db, values), identifiers(db, values)]);
      return { customers: customerRows, identifiers: identifierRows };
    },

    async findIdsByPrefix(kind: IdentifierKind, prefix: string, limit: number): Promise<string[]> {
      // More rows than ids: a customer may hold several values with one prefix.
      const rows = await db
        .selectFrom('customer_identifiers')
        .select('customer_id')
        .where('kind', '=', kind)
        .where('value', '>=', prefix)
        .where('value', '<', afterPrefix(prefix))
        .orderBy('value')
        .orderBy('customer_id')
        .limit(limit * 10)
        .execute();
      return distinct(rows, limit);
    },

    /**
     * Customers who have a word with each of `prefixes`. Reads the customers of the rarest prefix, at most
     * `maxCandidates`, and checks the other prefixes for them.
     */
    async findIdsByWords(prefixes: string[], limit: number): Promise<string[]> {
      const counted = await Promise.all(
        prefixes.map(async (prefix) => ({ prefix, count: prefixes.length > 1 ? await countCandidates(prefix) : 0 })),
      );
      const [rarest, ...others] = counted.sort((a, b) => a.count - b.count);
      if (!rarest) return [];
      let query = db
        .selectFrom((words) =>
          words
            .selectFrom('customer_name_words')
            .select(['word', 'customer_id'])
            .where('word', '>=', rarest.prefix)
            .where('word', '<', afterPrefix(rarest.prefix))
            .orderBy('word')
            .orderBy('customer_id')
            .limit(maxCandidates)
            .as('candidate'),
        )
        .select('candidate.customer_id');
      for (const { prefix } of others) {
        query = query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('customer_name_words as other')
              .select('other.word')
              .whereRef('other.customer_id', '=', 'candidate.customer_id')
              .where('other.word', '>=', prefix)
              .where('other.word', '<', afterPrefix(prefix)),
          ),
        );
      }
      // Unsorted, so the search stops at the limit; a customer may have several words with one prefix.
      const rows = await query.limit(limit * 3).execute();
      return distinct(rows, limit);
    },
  };

  async function countCandidates(prefix: string): Promise<number> {
    const { count } = await db
      .selectFrom((words) =>
        words
          .selectFrom('customer_name_words')
          .select('customer_id')
          .where('word', '>=', prefix)
          .where('word', '<', afterPrefix(prefix))
          .limit(maxCandidates)
          .as('holder'),
      )
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  }
}

/**
 * Raises the directory's version and, where given, sets its country. The row is locked until the commit: as the first
 * statement of a transaction it serializes concurrent imports on both databases, and SQLite never has to upgrade a read
 * transaction, which fails if another process has written meanwhile.
 */
export async function raiseVersion(db: Db, country?: string): Promise<void> {
  await db
    .insertInto('directory_settings')
    // Without the row there are no customers, whose index another version may have written.
    .values({
      id: 'directory',
      default_country: country ?? null,
      version: 1,
      index_version: indexVersion,
      rebuild_version: indexVersion,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ eb }) => ({
        version: eb('directory_settings.version', '+', 1),
        ...(country !== undefined && { default_country: country }),
      })),
    )
    .execute();
}

async function findKnownIds(db: Database['db'], ids: string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of statementsOf(ids)) {
    const rows = await db.selectFrom('customers').select('id').where('id', 'in', some).execute();
    for (const { id } of rows) known.add(id);
  }
  return known;
}

export async function deleteIndexRows(db: Transaction<Schema>, ids: string[]): Promise<void> {
  for (const some of statementsOf(ids)) {
    await db.deleteFrom('customer_identifiers').where('customer_id', 'in', some).execute();
    await db.deleteFrom('customer_name_words').where('customer_id', 'in', some).execute();
  }
}

/** Inserts in index order: in any other order, a million rows miss the page cache at nearly every insert. */
async function insertBatch(db: Transaction<Schema>, batch: CustomerRows[]): Promise<void> {
  const customers = batch.map(({ customer }) => customer).sort((a, b) => compare(a.id, b.id));
  for (const some of statementsOf(customers)) {
    await db
      .insertInto('customers')
      .values(some)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet(({ ref }) => ({
          name: ref('excluded.name'),
          company: ref('excluded.company'),
          fields: ref('excluded.fields'),
          cases: ref('excluded.cases'),
          interactions: ref('excluded.interactions'),
          updated_at: ref('excluded.updated_at'),
          country: ref('excluded.country'),
        })),
      )
      .execute();
  }
  await insertIndexRows(
    db,
    batch.map(({ customer, identifiers, words }) => ({ id: customer.id, identifiers, words })),
  );
}

/** In index order, as insertBatch. */
export async function insertIndexRows(db: Transaction<Schema>, batch: IndexRows[]): Promise<void> {
  const identifiers = batch
    .flatMap(({ id, identifiers }) => identifiers.map((row) => ({ customer_id: id, ...row })))
    .sort((a, b) => compare(a.kind, b.kind) || compare(a.value ?? '', b.value ?? ''));
  for (const some of statementsOf(identifiers)) await db.insertInto('customer_identifiers').values(some).execute();

  const words = batch
    .flatMap(({ id, words }) => words.map((word) => ({ word, customer_id: id })))
    .sort((a, b) => compare(a.word, b.word) || compare(a.customer_id, b.customer_id));
  for (const some of statementsOf(words)) await db.insertInto('customer_name_words').values(some).execute();
}

function* statementsOf<Row>(rows: Row[]): Generator<Row[]> {
  let start = 0;
  for (const size of statementSizes) {
    for (; start + size <= rows.length; start += size) yield rows.slice(start, start + size);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The end of the range of texts with this prefix, in byte order. */
function afterPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

function distinct(rows: { customer_id: string }[], limit: number): string[] {
  return [...new Set(rows.map((row) => row.customer_id))].slice(0, limit);
}

const readSettings = prepareQuery((db, _values: Record<string, never>) =>
  db
    .selectFrom('directory_settings')
    .select(['default_country', 'version', 'index_version', 'rebuild_version', 'rebuilt_to']),
);

type HitsQuery = { kind: IdentifierKind; value: string; limit: number };

/** Grouped in the order of the index, so nothing is sorted. */
const findHits = prepareQuery((db, { kind, value, limit }: HitsQuery) =>
  db
    .selectFrom('customer_identifiers')
    .select(({ selectFrom, fn }) => [
      'customer_id as id',
      selectFrom('customers')
        .select('name')
        .whereRef('customers.id', '=', 'customer_identifiers.customer_id')
        .as('name'),
      fn.min('raw').as('stored'),
    ])
    .where('kind', '=', kind)
    .where('value', '=', value)
    .groupBy('customer_id')
    .orderBy('customer_id')
    .limit(limit)
    // An identifier's customer exists: a foreign key holds it.
    .$narrowType<{ name: NotNull }>(),
);

const countHits = prepareQuery((db, { kind, value }: { kind: IdentifierKind; value: string }) =>
  db
    .selectFrom('customer_identifiers')
    .select(({ fn }) => fn.count<number>('customer_id').distinct().as('count'))
    .where('kind', '=', kind)
    .where('value', '=', value),
);

/** By number of ids: each length of a list in SQL is a statement of its own, prepared once. */
const cardReads = new Map<number, ReturnType<typeof prepareCardReads>>();

function readsOf(count: number) {
  const known = cardReads.get(count) ?? prepareCardReads();
  cardReads.set(count, known);
  return known;
}

function prepareCardReads() {
  type Ids = Record<string, string>;
  return {
    customers: prepareQuery((db, ids: Ids) =>
      db.selectFrom('customers').selectAll().where('id', 'in', Object.values(ids)),
    ),
    identifiers: prepareQuery((db, ids: Ids) =>
      db
        .selectFrom('customer_identifiers')
        .select(['customer_id', 'kind', 'raw', 'value'])
        .where('customer_id', 'in', Object.values(ids))
        .where('kind', 'in', ['phone', 'email'])
        // The order of the primary key, so nothing is sorted.
        .orderBy('customer_id')
        .orderBy('kind')
        .orderBy('position'),
    ),
  };
}
