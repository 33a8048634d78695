import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { runNode } from './run-node.ts';

export const benchCustomers = 1_000_000;

/**
 * A directory of a million customers, imported by the product's own command and kept for the next run, unless the
 * product imports its customers differently by then.
 */
export async function prepareBenchCustomers(directory: string): Promise<string> {
  const database = join(directory, `customers-${benchCustomers}.db`);
  if (existsSync(database) && (await isAsImportedNow(database, directory))) return database;
  removeDatabase(database);
  await importCustomers(benchCustomers, database);
  return database;
}

/** Some of its customers, imported again, come out the same. */
async function isAsImportedNow(database: string, directory: string): Promise<boolean> {
  const sample = join(directory, 'sample.db');
  await importCustomers(sampled, sample);
  try {
    return readSample(database) === readSample(sample);
  } finally {
    removeDatabase(sample);
  }
}

const sampled = 50;

/** Everything an import writes of a customer, but for its time. */
function readSample(file: string): string {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    const read = (query: string) =>
      Array.from({ length: sampled }, (_, at) => sqlite.prepare(query).raw().all(customer(at).id));
    return JSON.stringify([
      read('select name, company, fields, cases, interactions from customers where id = ?'),
      read('select kind, position, raw, value from customer_identifiers where customer_id = ? order by kind, position'),
      read('select word from customer_name_words where customer_id = ? order by word'),
    ]);
  } finally {
    sqlite.close();
  }
}

async function importCustomers(count: number, database: string): Promise<void> {
  mkdirSync(dirname(database), { recursive: true });
  const file = `${database}.ndjson`;
  const stream = createWriteStream(file);
  for (let at = 0; at < count; at += 1) {
    if (!stream.write(`${JSON.stringify(customer(at))}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');

  // Imported beside, then renamed: a bench that was stopped half-way leaves nothing that looks whole.
  const unfinished = `${database}.unfinished`;
  removeDatabase(unfinished);
  await runNode(['--import', 'tsx', 'server/customers-cli.ts', 'import', file], {
    DATABASE_URL: `sqlite:${unfinished}`,
  });
  renameSync(unfinished, database);
  rmSync(file);
}

function removeDatabase(file: string): void {
  for (const rest of ['', '-wal', '-shm']) rmSync(file + rest, { force: true });
}

/** Japan gives nobody a mobile number that goes on with 0 after 090. */
export const benchPhone = (at: number): string => `+81900${String(at).padStart(7, '0')}`;

function customer(at: number) {
  return {
    id: `B-${at}`,
    name: `Person ${at} Example`,
    company: `Company ${at % 5_000}`,
    phones: [benchPhone(at)],
    emails: [`person.${at}@bench.example`],
    fields: { tier: at % 10 === 0 ? 'Gold' : 'Standard', accountNumber: String(700_000 + at) },
    ...(at % 3 === 0
      ? { cases: [{ number: `BC-${at}`, subject: 'Router keeps restarting', status: 'open', priority: 'high' }] }
      : {}),
  };
}
