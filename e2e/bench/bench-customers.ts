import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { runNode } from './run-node.ts';

/** In the published table, and in a database that is filled for one run. */
export const benchCustomers = 1_000_000;
export const fewCustomers = 20_000;

/**
 * The URL of a SQLite directory of so many customers, imported by the product's own command. The next run uses the file
 * again; it is replaced when the product imports its customers differently by then.
 */
export async function prepareBenchCustomers(directory: string, count: number): Promise<string> {
  const file = join(directory, `customers-${count}.db`);
  if (!existsSync(file) || !(await isAsImportedNow(file, directory))) {
    removeDatabase(file);
    // Imported beside, then renamed: a run that was stopped half-way leaves no file that looks complete.
    const unfinished = `${file}.unfinished`;
    removeDatabase(unfinished);
    await importCustomers(count, `sqlite:${unfinished}`, directory);
    renameSync(unfinished, file);
  }
  return `sqlite:${file}`;
}

export async function importCustomers(count: number, databaseUrl: string, directory: string): Promise<void> {
  const file = join(directory, `customers-${count}-${process.pid}.ndjson`);
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  for (let index = 0; index < count; index += 1) {
    if (!stream.write(`${JSON.stringify(benchCustomer(index))}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  try {
    await runNode(['--import', 'tsx', 'server/commands/customers.ts', 'import', file], { DATABASE_URL: databaseUrl });
  } finally {
    rmSync(file);
  }
}

const sampled = 50;

/** Whether some of its customers, imported again, give the same rows. */
async function isAsImportedNow(database: string, directory: string): Promise<boolean> {
  const sample = join(directory, 'sample.db');
  removeDatabase(sample);
  await importCustomers(sampled, `sqlite:${sample}`, directory);
  try {
    return readSample(database) === readSample(sample);
  } finally {
    removeDatabase(sample);
  }
}

/** All that an import writes of a customer except its time. */
function readSample(file: string): string {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    const read = (query: string) =>
      Array.from({ length: sampled }, (_, index) => sqlite.prepare(query).raw().all(benchCustomer(index).id));
    return JSON.stringify([
      read('select name, company, fields, cases, interactions from customers where id = ?'),
      read('select kind, position, raw, value from customer_identifiers where customer_id = ? order by kind, position'),
      read('select word from customer_name_words where customer_id = ? order by word'),
    ]);
  } finally {
    sqlite.close();
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** Japan assigns no mobile number that goes on with 0 after 090. */
export const benchPhone = (index: number): string => `+81900${String(index).padStart(7, '0')}`;

function benchCustomer(index: number) {
  return {
    id: `B-${index}`,
    name: `Person ${index} Example`,
    company: `Company ${index % 5_000}`,
    phones: [benchPhone(index)],
    emails: [`person.${index}@bench.example`],
    fields: { tier: index % 10 === 0 ? 'Gold' : 'Standard', accountNumber: String(700_000 + index) },
    ...(index % 3 === 0
      ? { cases: [{ number: `BC-${index}`, subject: 'Router keeps restarting', status: 'open', priority: 'high' }] }
      : {}),
  };
}
