/**
 * `npm run bench`: the published performance table. Each figure stands beside its floor, measured in the same run on
 * the same machine: compare ratios, for absolute times belong to a machine. The first run prepares a directory of a
 * million customers in `data/bench` (a few minutes); later runs find it there. `npm run bench -- sources match` runs only
 * the parts that are named.
 */
import { join } from 'node:path';
import { app } from './app.ts';
import { benchCustomers, prepareBenchCustomers } from './bench-customers.ts';
import { firstLoadBytes } from './first-load.ts';
import { repository, runNode } from './run-node.ts';
import { benchServed } from './served.ts';
import { benchSources } from './sources.ts';
import { type Figures, kB, printTables, type Row, say, timeRow, times } from './table.ts';
import { benchZoomEvents } from './zoom-events.ts';

const parts: Record<string, () => Promise<Figures>> = {
  served: async () => ({ rows: await benchServed(await prepareCustomers()) }),
  sources: benchSources,
  events: async () => ({ rows: await benchZoomEvents(app) }),
  match: async () => ({ rows: [await benchMatch(await prepareCustomers())] }),
  'first-load': async () => ({ rows: [benchFirstLoad()] }),
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) {
  say(`There is no part "${unknown.join('", "')}"; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

say('Building the panel and its floor');
await runNode(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
await runNode(['node_modules/vite/bin/vite.js', 'build', '--config', 'e2e/bench/floor/vite.config.ts']);
const figures: Figures[] = [];
for (const [name, bench] of Object.entries(parts)) {
  if (named.length === 0 || named.includes(name)) figures.push(await bench());
}
printTables(figures);

function prepareCustomers(): Promise<string> {
  say(`Preparing ${benchCustomers.toLocaleString('en')} customers`);
  return prepareBenchCustomers(join(repository, 'data/bench'));
}

async function benchMatch(file: string): Promise<Row> {
  say('Matching in process');
  const output = await runNode(['--import', 'tsx', 'server/lookup-bench.ts', file, '20000']);
  const { match, floor, matched, asked } = JSON.parse(output) as {
    match: number[];
    floor: number[];
    matched: number;
    asked: number;
  };
  if (matched !== asked) throw new Error(`Only ${matched} of ${asked} known numbers matched.`);
  return timeRow(`match over ${benchCustomers.toLocaleString('en')} customers, p99`, match, floor, 0.99, '≤ 2 ms');
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
  };
}
