import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runNode } from './run-node.ts';

export const benchCustomers = 1_000_000;

/**
 * A directory of a million customers, imported by the product's own command and kept for the next run.
 */
export async function prepareBenchCustomers(directory: string): Promise<string> {
  const database = join(directory, `customers-${benchCustomers}.db`);
  if (existsSync(database)) return database;
  mkdirSync(dirname(database), { recursive: true });

  const file = join(directory, 'customers.ndjson');
  const stream = createWriteStream(file);
  for (let at = 0; at < benchCustomers; at += 1) {
    if (!stream.write(`${JSON.stringify(customer(at))}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');

  // Imported beside, then renamed: a bench that was stopped half-way leaves nothing that looks whole.
  const unfinished = `${database}.unfinished`;
  for (const rest of ['', '-wal', '-shm']) rmSync(unfinished + rest, { force: true });
  await runNode(['--import', 'tsx', 'server/customers-cli.ts', 'import', file], {
    DATABASE_URL: `sqlite:${unfinished}`,
  });
  renameSync(unfinished, database);
  rmSync(file);
  return database;
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
