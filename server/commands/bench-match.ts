/**
 * Measures the match in process, beside its floor: one prepared SQLite read of the same rows. Prints JSON:
 * `npx tsx server/commands/bench-match.ts <database URL> <number of matches>`.
 */
import Sqlite from 'better-sqlite3';
import { createConnectionTokens } from '../connectors/http/connection-tokens.ts';
import { openSources } from '../connectors/registry.ts';
import { listIdentifiers } from '../customers/engagement-identifiers.ts';
import { evaluateLookup } from '../customers/evaluate-lookup.ts';
import { identifiers } from '../customers/identifiers/identifiers.ts';
import { createStartLookup } from '../customers/lookup.ts';
import { noOwnNumbers } from '../customers/own-numbers.ts';
import { systemClock as clock } from '../platform/clock.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { openDatabase } from '../platform/storage/database.ts';

const [url = '', countText = '20000'] = process.argv.slice(2);
const count = Number(countText);

const database = await openDatabase(url);
const fail = (error: unknown) => {
  throw error;
};
const { sources } = openSources({
  connections: [{ id: 'directory', connector: 'directory', label: 'Directory', settings: {}, secrets: {} }],
  tokens: createConnectionTokens({ clock }),
  clock,
  database,
  identifiers,
  allowPrivate: false,
  createHttp: (guard) => createHttpClient({ guard }),
  reportError: fail,
});
const startLookup = createStartLookup({ findSeenBefore: async () => [], clock, reportFailure: fail });
const sqlite = new Sqlite(url.slice('sqlite:'.length), { readonly: true });
const prepared = sqlite.prepare(`select customer_id from customer_identifiers where kind = 'phone' and value = ?`);
const { customers } = sqlite.prepare('select count(*) as customers from customers').get() as { customers: number };

// Spread over the whole index; the same numbers for the match and its floor.
const phones = sqlite
  .prepare(`select value from customer_identifiers where kind = 'phone' and rowid % ? = 0 limit ?`)
  .pluck()
  .all(Math.max(1, Math.floor(customers / count)), count) as string[];

const floor: number[] = [];
const match: number[] = [];
let matched = 0;
for (const [index, number] of phones.entries()) {
  const start = performance.now();
  prepared.all(number);
  const between = performance.now();
  const facts = { channel: 'voice', consumers: [{ number }] };
  const lookup = startLookup({
    account: 'main',
    facts,
    identifiers: listIdentifiers(facts),
    ownNumbers: noOwnNumbers,
    sources,
  });
  await lookup.ready;
  const { match: result } = evaluateLookup(lookup.read());
  const end = performance.now();
  if (result.kind === 'matched') matched += 1;
  // The first tenth warms caches and compilers.
  if (index < phones.length / 10) continue;
  floor.push(between - start);
  match.push(end - between);
}
await database.close();
process.stdout.write(`${JSON.stringify({ customers, matched, requested: phones.length, match, floor })}\n`);
