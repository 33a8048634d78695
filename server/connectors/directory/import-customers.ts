import type { Clock } from '../../platform/clock.ts';
import { redactCards, redactJson } from '../../platform/redact-cards.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { mailboxKey, readMailbox } from '../port/mailbox.ts';
import { listNumberKeys } from '../port/match-numbers.ts';
import { type FileCustomer, type FileRow, isShortened, showName } from './customer-file.ts';
import { type CustomerRows, type CustomerStore, createCustomerStore } from './customer-store.ts';
import { splitNameWords } from './name-words.ts';
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
    const prepared = prepareCustomer(customer, { identifiers, country, now: clock() });
    for (const reason of prepared.warnings) warn(row.line, reason);
    unusedColumns.add(row.line, customer.fields);
    const { id } = customer;
    if (batch.has(id)) outcome.updated += 1;
    batch.set(id, prepared.rows);
    size.rows += countRows(prepared.rows);
    size.characters += countCharacters(prepared.rows);
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

// Splitting parses each piece, half the cost of a row; a cell of these characters is one number.
const hasNoSeparator = /^(?!.*\s[-.]\s)(?!.*\d\s{2})[\d +().-]*$/;

/** Google writes several values of one kind into a cell. */
const googleSeparator = /\s*:::\s*/;
const emailSeparator = /\s*(?::::|[;,|\r\n])\s*|\s+\/?\s*/;

/** A cell is cut if it is no address as a whole and one of its pieces is. */
function splitEmails(cell: string, normalizeEmail: IdentifierReader['normalizeEmail']): string[] {
  if (normalizeEmail(cell) !== null) return [cell];
  const pieces = cell.split(emailSeparator).filter((piece) => piece !== '');
  return pieces.some((piece) => normalizeEmail(piece) !== null) ? pieces : [cell];
}

/** Card numbers are not stored. Identifiers are left: a phone number may pass the check of a card by chance. */
function redactCustomer(
  customer: FileCustomer,
  { identifiers, country }: Pick<PrepareOptions, 'identifiers' | 'country'>,
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

const shortened = 'is shortened by a spreadsheet, its last digits are lost';

const unreadPhones: Record<string, string> = {
  withheld: 'is a word or number for a withheld caller',
  extension: 'is an extension without a number',
  'short-code': 'is a short code, which is no number of a customer',
};

type PrepareOptions = { identifiers: IdentifierReader; country: string | undefined; now: number };

function prepareCustomer(
  customer: FileCustomer,
  { identifiers, country, now }: PrepareOptions,
): { rows: CustomerRows; warnings: string[] } {
  const warnings: string[] = [];
  const warnUnread = (column: string, index: number, reason: string) => {
    warnings.push(`${column} ${index + 1} ${reason}; it is kept but never matched on`);
  };
  const readOrWarn = (column: string, index: number, { raw, value }: { raw: string; value: string | null }) => {
    if (value === null) warnUnread(column, index, isShortened(raw) ? shortened : 'cannot be read');
    return value;
  };
  const readPhone = (raw: string, index: number) => {
    const phone = identifiers.parsePhone(raw, country);
    if (phone.kind === 'phone') return phone.e164;
    warnUnread('phone', index, isShortened(raw) ? shortened : (unreadPhones[phone.reason ?? ''] ?? 'cannot be read'));
    return null;
  };
  if (identifiers.parsePhone(customer.name, country).kind === 'phone') {
    warnings.push('name is a phone number; it is masked like one and not matched on');
  }
  const phones = distinct(
    customer.phones
      .flatMap((cell) => cell.split(googleSeparator))
      .flatMap((cell) => (hasNoSeparator.test(cell) ? cell : identifiers.splitPhones(cell, country))),
  );
  const emails = distinct(customer.emails.flatMap((cell) => splitEmails(cell, identifiers.normalizeEmail)));
  const caseNumbers = distinct(customer.cases.map(({ number }) => number));
  const accountNumbers = distinct(findAccountNumbers(customer.fields));
  /** As written, normalized as the look-up normalizes numbers, and by the keys of all numbers that match it. */
  const readNumbers = (kind: 'case' | 'account', numbers: string[]) =>
    numbers
      .flatMap((raw, index) => {
        const value = readOrWarn(`${kind} number`, index, { raw, value: identifiers.normalizeCaseNumber(raw) });
        const values = value === null ? [null] : distinct([value, ...listNumberKeys(kind, value)]);
        return values.map((each) => ({ raw, value: each }));
      })
      .map((row, position) => ({ kind, position, ...row }));
  const rows: CustomerRows = {
    customer: {
      id: customer.id,
      name: customer.name,
      company: customer.company ?? null,
      fields: JSON.stringify(customer.fields),
      cases: JSON.stringify(customer.cases),
      interactions: JSON.stringify(customer.interactions),
      updated_at: now,
    },
    identifiers: [
      ...phones.map((raw, position) => {
        return { kind: 'phone' as const, position, raw, value: readPhone(raw, position) };
      }),
      ...emails.map((raw, position) => {
        const value = readOrWarn('email', position, { raw, value: identifiers.normalizeEmail(raw) });
        return { kind: 'email' as const, position, raw, value };
      }),
      ...emails.flatMap((raw, position) => {
        const value = toMailboxKey(identifiers.normalizeEmail(raw), identifiers);
        return value === undefined ? [] : [{ kind: 'mailbox' as const, position, raw, value }];
      }),
      ...readNumbers('case', caseNumbers),
      ...readNumbers('account', accountNumbers),
    ],
    words: splitNameWords(customer.name, customer.company),
  };
  return { rows, warnings };
}

/** Undefined if only the address itself reaches the mailbox. */
function toMailboxKey(email: string | null, identifiers: IdentifierReader): string | undefined {
  const mailbox = email === null ? undefined : readMailbox(email, identifiers);
  return mailbox && mailboxKey(mailbox);
}

/** Under any spelling: `accountNumber`, `Account Number`, `account_number`. */
function findAccountNumbers(fields: FileCustomer['fields']): string[] {
  return Object.entries(fields)
    .filter(([name]) => name.toLowerCase().replace(/[\s_-]/g, '') === 'accountnumber')
    .map(([, value]) => value);
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}
