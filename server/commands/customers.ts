import { closeSync, createReadStream, statSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { createAuditStore } from '../audit/audit-store.ts';
import { createChainSeal } from '../audit/chain-seal.ts';
import { readCsv } from '../connectors/directory/csv.ts';
import { isMappedRole, type MappedRole, mappedRoles } from '../connectors/directory/customer-columns.ts';
import { type ImportOutcome, type ImportProblem, importCustomers } from '../connectors/directory/import-customers.ts';
import { readNdjson } from '../connectors/directory/ndjson.ts';
import { identifiers } from '../customers/identifiers/identifiers.ts';
import { createErasedEngagementStore } from '../engagements/erased-engagement-store.ts';
import { systemClock } from '../platform/clock.ts';
import { runCommandLine } from '../platform/command-line.ts';
import { loadDatabaseUrl, loadStorageSettings, readEnvironment } from '../platform/config.ts';
import { openDatabase } from '../platform/storage/database.ts';
import { createCustomerEraseStore } from './customer-erase-store.ts';
import { openExistingDatabase } from './open-existing-database.ts';
import { openReport } from './open-report.ts';

const usage = `Usage: npm run customers -- import FILE [--country CC] [--map "COLUMN=ROLE"] … [--dry-run] [--report FILE]
       npm run customers -- erase ID

  FILE           .ndjson (one customer a line) or .csv (header: id,name,company,phone,phone_2,email,email_2, …;
                 the headers of Google, Outlook, Salesforce, HubSpot, Zendesk, Dynamics and others are known)
  --country CC   country of numbers written without one, such as VN; remembered for later imports and for calls
  --map "COLUMN=ROLE"  what a column of a .csv holds; may be repeated. ROLE is one of
                 ${mappedRoles.join(', ')}
  --dry-run      read and check everything, write nothing
  --report FILE  write every rejected row and warning to FILE; the terminal shows the first 20

  erase ID       erases a customer from the directory, and all that is stored of them: activities, links,
                 verifications, engagements, observations, events; the audit trail keeps who, when and how many

Exit code: 0 the file was read to its end, 1 it was not or holds no customer, 2 wrong usage, 130 stopped by Ctrl-C.
`;

const shownProblems = 20;

const readers: Record<string, typeof readCsv> = { '.csv': readCsv, '.ndjson': readNdjson };

type Command = ImportCommand | { verb: 'erase'; id: string };

type ImportCommand = {
  verb: 'import';
  file: string;
  reader: typeof readCsv;
  country: string | undefined;
  dryRun: boolean;
  report: string | undefined;
  mapping: Map<string, MappedRole>;
};

/** A text is the reason why not. */
function readCommand(args: string[]): Command | string {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      country: { type: 'string' },
      'dry-run': { type: 'boolean' },
      report: { type: 'string' },
      map: { type: 'string', multiple: true },
    },
  });
  const [verb, file, ...others] = positionals;
  if (verb === 'erase' && file !== undefined && others.length === 0) return { verb, id: file };
  if (verb !== 'import' || file === undefined || others.length > 0) return 'Say what to do: import FILE or erase ID.';
  const reader = readers[extname(file).toLowerCase()];
  if (!reader) return `"${extname(file)}" is not a known ending: .csv or .ndjson is needed.`;
  const country = values.country?.toUpperCase();
  if (country !== undefined && !isSupportedCountry(country)) {
    return `"${values.country}" is not a country: two letters such as VN or US are needed.`;
  }
  const mapping = readMapping(values.map ?? []);
  if (typeof mapping === 'string') return mapping;
  if (mapping.size > 0 && reader !== readCsv) return '--map is for the columns of a .csv; a .ndjson names its keys.';
  return { verb, file, reader, country, dryRun: values['dry-run'] ?? false, report: values.report, mapping };
}

/** A text is the reason why not. */
function readMapping(texts: string[]): Map<string, MappedRole> | string {
  const mapping = new Map<string, MappedRole>();
  for (const text of texts) {
    // The name of a column may hold an equals sign.
    const [, column = '', role = ''] = /^(.+)=([^=]*)$/s.exec(text) ?? [];
    if (!isMappedRole(role)) return `--map "${text}" is not understood: "COLUMN=ROLE" with a known role is needed.`;
    mapping.set(column, role);
  }
  return mapping;
}

async function runImport({ file, reader, country, dryRun, report, mapping }: ImportCommand): Promise<number> {
  const databaseUrl = loadDatabaseUrl(readEnvironment());
  if (databaseUrl.kind === 'malformed') throw new Error(databaseUrl.problems.join('\n'));
  const progress = createProgress(statSync(file).size);
  const problems = createProblemList(report);
  const stop = new AbortController();
  // Not once: npm and tsx pass on a Ctrl-C that the terminal has given already, and the second would end it untold.
  process.on('SIGINT', () => stop.abort());
  const database = await openDatabase(databaseUrl.value);
  try {
    const outcome = await importCustomers({
      database,
      rows: reader(progress.follow(createReadStream(file, { highWaterMark: 256 * 1024 })), mapping),
      identifiers,
      country,
      dryRun,
      clock: systemClock,
      onProblem: problems.add,
      signal: stop.signal,
    });
    progress.stop();
    problems.show();
    process.stdout.write(describeOutcome(outcome, dryRun));
    if (!outcome.isComplete) return 130;
    if (outcome.accepted + outcome.updated > 0) return 0;
    process.stderr.write(`No customer was read from ${file}.\n`);
    return 1;
  } finally {
    progress.stop();
    problems.close();
    await database.close();
  }
}

async function runErase(id: string): Promise<number> {
  const loaded = loadStorageSettings(readEnvironment());
  if (loaded.kind === 'malformed') throw new Error(loaded.problems.join('\n'));
  const { databaseUrl, secretsKey } = loaded.value;
  const database = await openExistingDatabase(databaseUrl);
  try {
    const seal = secretsKey && createChainSeal(secretsKey);
    const audit = createAuditStore({ database, clock: systemClock, seal });
    await audit.sealNewTrail();
    await audit.checkKey();
    const erased = await createCustomerEraseStore(database, {
      audit,
      erasedEngagements: createErasedEngagementStore(database),
      clock: systemClock,
    }).erase(id);
    for (const [what, count] of Object.entries(erased)) process.stdout.write(`${count} ${what}\n`);
    const isFound = Object.values(erased).some((count) => count > 0);
    if (!isFound) process.stderr.write(`Nothing is stored of the customer "${id}".\n`);
    return isFound ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** Shown only to a person: in a log a moving bar is noise. */
function createProgress(totalBytes: number) {
  const bar = new SingleBar({
    format: 'Importing {bar} {percentage}% · {eta_formatted} left',
    stream: process.stderr,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  const isShown = process.stderr.isTTY === true;
  if (isShown) bar.start(totalBytes, 0);
  return {
    async *follow(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        yield chunk;
        if (isShown) bar.increment(chunk.length);
      }
    },
    stop(): void {
      if (isShown) bar.stop();
    },
  };
}

function createProblemList(report: string | undefined) {
  const file = report === undefined ? undefined : openReport(report);
  const first: ImportProblem[] = [];
  let count = 0;
  const describe = ({ line, kind, reason }: ImportProblem) => `line ${line}\t${kind}\t${reason}\n`;
  return {
    add(problem: ImportProblem): void {
      count += 1;
      if (first.length < shownProblems) first.push(problem);
      if (file !== undefined) writeSync(file, describe(problem));
    },
    show(): void {
      for (const problem of first) process.stdout.write(describe(problem));
      const hidden = count - first.length;
      if (hidden > 0) process.stdout.write(`… and ${hidden} more${report ? ` in ${report}` : ' (--report FILE)'}\n`);
    },
    close(): void {
      if (file !== undefined) closeSync(file);
    },
  };
}

function describeOutcome(outcome: ImportOutcome, dryRun: boolean): string {
  const { accepted, updated, rejected, warnings, country, isComplete } = outcome;
  const counts = `${accepted} accepted, ${updated} updated, ${rejected} rejected, ${warnings} warnings`;
  const numbers = country ? `numbers read as in ${country}` : 'no country: only international numbers can be matched';
  const end = isComplete ? '' : 'Stopped before the end of the file; run it again to finish.\n';
  return `${dryRun ? 'Dry run, nothing written: ' : ''}${counts} (${numbers})\n${end}`;
}

const run = (command: Command) => (command.verb === 'erase' ? runErase(command.id) : runImport(command));

process.exitCode = await runCommandLine({ usage, read: readCommand, run }, process.argv.slice(2));
