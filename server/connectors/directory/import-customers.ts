import type { Clock } from '../../platform/clock.ts';
import { redactCards, redactJson } from '../../platform/redact-cards.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { type FileCustomer, type FileRow, showName } from './customer-file.ts';
import { indexCustomer, type ReadOptions } from './customer-index.ts';
import { type CustomerRows, type CustomerStore, createCustomerStore } from './customer-store.ts';
import { createUnusedColumns } from './unused-columns.ts';

/**
 * Imports a customer file of any length in bounded memory. Each batch of rows is one transaction, so a killed import
 * leaves complete customers only and can be repeated: rows are stored by id, and the later of two rows with one id
 * wins. A phone or e-mail that cannot be parsed is stored as written, reported and never matched.
 */
export async function importCustomers(options: ImportOptions): Promise<ImportOutcome> {
  const { rows, identifiers, clock, onProblem, signal } = options;
  const store = createCustomerStore(options.database);
  const country = options.country ?? (await store.readSettings()).defaultCountry;
  const save = options.dryRun
    ? createDryRun(store)
    : (batch: CustomerRows[]) => store.saveBatch(batch, options.country);
  const outcome: ImportOutcome = { accepted: 0, updated: 0, rejected: 0, warnings: 0, country, isComplete: true };
  const unusedColumns = createUnusedColumns(identifiers, country);
  const warn = (line: number, reason: string) => {
    outcome.warnings += 1;
    onProblem({ line, kind: 'warning', reason });
  };
  let batch = new Map<string, CustomerRows>();
  let size = { rows: 0, characters: 0 };

  const finishBatch = async () => {
    const known = await save([...batch.values()]);
    outcome.updated += known.size;
    outcome.accepted += batch.size - known.size;
    batch = new Map();
    size = { rows: 0, characters: 0 };
  };

  for await (const row of rows) {
    if (signal?.aborted) {
      outcome.isComplete = false;
      break;
    }
    if (row.kind === 'rejected') {
      outcome.rejected += 1;
      onProblem({ line: row.line, kind: 'rejected', reason: row.reason });
      continue;
    }
    const { customer, redacted } = redactCustomer(row.customer, { identifiers, country });
    for (const part of redacted) warn(row.line, `${part}: holds a card number; it is not stored`);
    const { warnings, ...index } = indexCustomer(customer, { identifiers, country });
    for (const reason of warnings) warn(row.line, reason);
    const prepared: CustomerRows = { customer: toCustomerRow(customer, country, clock()), ...index };
    unusedColumns.add(row.line, customer.fields);
    const { id } = customer;
    if (batch.has(id)) outcome.updated += 1;
    batch.set(id, prepared);
    size.rows += countRows(prepared);
    size.characters += countCharacters(prepared);
    if (size.rows >= maxBatchRows || size.characters >= maxBatchCharacters) await finishBatch();
  }
  if (batch.size > 0) await finishBatch();
  for (const { line, name, kind, count, values } of unusedColumns.list()) {
    const [field, what] = [showName(name), kind === 'phone' ? 'phone numbers' : 'e-mail addresses'];
    warn(
      line,
      `"${field}" holds ${what} (${count} of ${values} values) but is never matched on; to use it: --map "${field}=${kind}"`,
    );
  }
  return outcome;
}

export type ImportOptions = {
  database: Database;
  rows: AsyncIterable<FileRow>;
  identifiers: IdentifierReader;
  /** ISO 3166. Becomes the directory's default; undefined uses the stored one. */
  country: string | undefined;
  /** Checks everything and writes nothing. */
  dryRun: boolean;
  clock: Clock;
  onProblem(problem: ImportProblem): void;
  /** When aborted, the import stops after the rows read so far. */
  signal?: AbortSignal;
};

export type ImportOutcome = {
  /** New customers. */
  accepted: number;
  updated: number;
  rejected: number;
  warnings: number;
  /** The country in which national numbers were read. */
  country: string | undefined;
  /** False if aborted before the end of the file. */
  isComplete: boolean;
};

export type ImportProblem = { line: number; kind: 'rejected' | 'warning'; reason: string };

/**
 * A batch holds the write lock, for which the server's own writes wait: large enough to share one fsync, small enough
 * to take about 100 ms. The cost depends on table rows first, of which a customer has many, and then on their length.
 */
const maxBatchRows = 4_000;
const maxBatchCharacters = 1024 * 1024;

function countRows({ identifiers, words }: CustomerRows): number {
  return 1 + identifiers.length + words.length;
}

function countCharacters({ customer }: CustomerRows): number {
  return customer.fields.length + customer.cases.length + customer.interactions.length;
}

/** Returns what saveBatch would, from the stored ids and those earlier in this file. */
function createDryRun(store: CustomerStore) {
  const earlier = new Set<string>();
  return async (batch: CustomerRows[]): Promise<Set<string>> => {
    const ids = batch.map(({ customer }) => customer.id);
    const known = await store.findKnownIds(ids);
    for (const id of ids) {
      if (earlier.has(id)) known.add(id);
      else if (!known.has(id)) earlier.add(id);
    }
    return known;
  };
}

/** Card numbers are not stored. Identifiers are left: a phone number may pass the check of a card by chance. */
function redactCustomer(
  customer: FileCustomer,
  { identifiers, country }: ReadOptions,
): { customer: FileCustomer; redacted: string[] } {
  const redacted: string[] = [];
  const redactPart = <Part>(part: string, value: Part): Part => {
    const stored = redactJson(value);
    if (stored !== value) redacted.push(part);
    return stored;
  };
  const isPhone = (piece: string) => identifiers.parsePhone(piece, country).kind === 'phone';
  const redactPhone = (raw: string) =>
    /^\D*(?:\d\D*){16,}$/.test(raw) && !identifiers.splitPhones(raw, country).every(isPhone) ? redactCards(raw) : raw;
  const phones = customer.phones.map(redactPhone);
  if (phones.some((phone, index) => phone !== customer.phones[index])) redacted.push('phones');
  return {
    customer: {
      ...customer,
      name: redactPart('name', customer.name),
      company: redactPart('company', customer.company),
      phones,
      fields: redactPart('fields', customer.fields),
      // A case number is an identifier.
      cases: customer.cases.map((each, index) => ({ ...redactPart(`case ${index + 1}`, each), number: each.number })),
      interactions: customer.interactions.map((each, index) => redactPart(`interaction ${index + 1}`, each)),
    },
    redacted,
  };
}

function toCustomerRow(customer: FileCustomer, country: string | undefined, now: number): CustomerRows['customer'] {
  return {
    id: customer.id,
    name: customer.name,
    company: customer.company ?? null,
    fields: JSON.stringify(customer.fields),
    cases: JSON.stringify(customer.cases),
    interactions: JSON.stringify(customer.interactions),
    updated_at: now,
    country: country ?? '',
  };
}
