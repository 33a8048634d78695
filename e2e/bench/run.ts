/**
 * `npm run bench`: the published performance table. Each figure stands beside its floor, measured in the same run on
 * the same machine: compare ratios, for absolute times belong to a machine. `npm run bench -- view match` runs the
 * parts that are named.
 *
 * The first run prepares a directory of a million customers in `data/bench`, which takes minutes; later runs find it.
 * `--quick` takes 20,000 customers instead, as the parts on PostgreSQL always do: their database lives for one run.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../server/platform/storage/postgres-for-tests.ts';
import { benchCustomers, fewCustomers, importCustomers, prepareBenchCustomers } from './bench-customers.ts';
import { firstLoadBytes } from './first-load.ts';
import { benchLive } from './live.ts';
import { benchPaints } from './paints.ts';
import { repository, runNode } from './run-node.ts';
import { benchSources } from './sources.ts';
import { type Figures, kB, log, printTables, type Row, timeRow, times } from './table.ts';
import { benchView } from './view.ts';
import { benchWebhooks } from './webhooks.ts';

type Part = { name: string; needsBuild?: boolean; run(): Promise<Figures> };

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const customers = options.quick ? fewCustomers : benchCustomers;
const directory = join(repository, 'data/bench');

const parts: Part[] = [
  {
    name: 'paint',
    needsBuild: true,
    run: async () => ({ rows: await benchPaints(await prepareCustomers(), customers) }),
  },
  { name: 'view', run: async () => ({ rows: await benchView(await prepareCustomers(), customers, 0.5) }) },
  { name: 'view-postgres', run: () => withPostgres(benchViewOnPostgres) },
  { name: 'sources', needsBuild: true, run: benchSources },
  { name: 'webhooks', run: benchWebhooksOnSqlite },
  {
    name: 'webhooks-postgres',
    run: () => withPostgres(async (url) => ({ rows: await benchWebhooks(url, url, 0.8) })),
  },
  { name: 'live', needsBuild: true, run: async () => ({ rows: await benchLive() }) },
  { name: 'match', run: async () => ({ rows: [await benchMatch(await prepareCustomers())] }) },
  { name: 'first-load', needsBuild: true, run: async () => ({ rows: [benchFirstLoad()] }) },
];

const unknown = names.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  log(`There is no part "${unknown.join('", "')}"; there are ${parts.map((part) => part.name).join(', ')}.`);
  process.exit(2);
}
const chosen = parts.filter((part) => names.length === 0 || names.includes(part.name));

// The server does not start without a built panel.
if (chosen.some((part) => part.needsBuild) || !existsSync(join(repository, 'dist/client/index.html'))) {
  log('Building the panel and its floor');
  await runNode(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
  await runNode(['node_modules/vite/bin/vite.js', 'build', '--config', 'e2e/bench/floor/vite.config.ts']);
}
await runNode(['node_modules/vite/bin/vite.js', 'build', '--config', 'server/vite.config.ts', '--logLevel', 'warn']);
const figures: Figures[] = [];
for (const part of chosen) {
  const result = await part.run();
  for (const row of result.rows) log(`${row.what}: ${row.measured}, floor ${row.floor}, ${row.ratio}`);
  figures.push(result);
}
printTables(figures);

function prepareCustomers(): Promise<string> {
  log(`Preparing ${customers.toLocaleString('en')} customers`);
  return prepareBenchCustomers(directory, customers);
}

async function withPostgres(bench: (url: string) => Promise<Figures>): Promise<Figures> {
  const postgres = await startEmbeddedPostgres();
  try {
    return await bench(postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function benchViewOnPostgres(url: string): Promise<Figures> {
  log(`Importing ${fewCustomers.toLocaleString('en')} customers into PostgreSQL`);
  await importCustomers(fewCustomers, url, directory);
  return { rows: await benchView(url, fewCustomers, 0.4) };
}

async function benchWebhooksOnSqlite(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-bench-'));
  const url = (name: string) => `sqlite:${join(folder, `${name}.db`)}`;
  try {
    return { rows: await benchWebhooks(url('deskside'), url('floor'), 0.6) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchMatch(databaseUrl: string): Promise<Row> {
  log('Matching in process');
  const output = await runNode(['--import', 'tsx', 'server/commands/bench-match.ts', databaseUrl, '20000']);
  const { match, floor, matched, requested } = JSON.parse(output) as {
    match: number[];
    floor: number[];
    matched: number;
    requested: number;
  };
  if (matched !== requested) throw new Error(`Only ${matched} of ${requested} known numbers matched.`);
  return timeRow(`match over ${customers.toLocaleString('en')} customers, p99`, match, floor, 0.99, { ms: 1 });
}

function benchFirstLoad(): Row {
  const panel = firstLoadBytes(join(repository, 'dist/client'));
  const floor = firstLoadBytes(join(repository, 'dist/bench-floor'));
  return {
    what: 'first load, JavaScript after brotli',
    measured: kB(panel),
    floor: kB(floor),
    ratio: times(panel / floor),
    goal: '≤ 110 kB',
    isHeld: panel <= 110_000,
  };
}
