import { createConnectionTokens } from '../connectors/http/connection-tokens.ts';
import type { Source } from '../connectors/port/source.ts';
import { checkConnections, openSources } from '../connectors/registry.ts';
import { identifiers } from '../customers/identifiers/identifiers.ts';
import { systemClock } from '../platform/clock.ts';
import { runCommandLine } from '../platform/command-line.ts';
import { loadConfig, readEnvironment } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { openDatabase } from '../platform/storage/database.ts';

const usage = `Usage: npm run sources -- check

  check   asks every source of SOURCES_FILE whether it takes the credentials, and says what rights or fields are missing

Exit code: 0 all is well, 1 something is wrong, 2 wrong usage. It reads the settings of the server, and changes nothing.
`;

type Command = { verb: 'check' };

function readCommand([verb, ...others]: string[]): Command | string {
  return verb === 'check' && others.length === 0 ? { verb } : 'Say what to do: check.';
}

async function check(): Promise<number> {
  const loaded = loadConfig(readEnvironment(), { checkSources: checkConnections });
  if (loaded.kind === 'malformed') throw new Error(loaded.problems.join('\n'));
  const { databaseUrl, sources: connections, allowPrivateSources: allowPrivate } = loaded.value;
  const database = await openDatabase(databaseUrl);
  try {
    const clock = systemClock;
    const { sources } = openSources({
      connections,
      clock,
      database,
      allowPrivate,
      identifiers,
      tokens: createConnectionTokens({ clock }),
      createHttp: (guard) => createHttpClient({ guard }),
    });
    const reports = await Promise.all(sources.map(describe));
    for (const { lines } of reports) process.stdout.write(`${lines.join('\n')}\n`);
    return reports.every(({ isWell }) => isWell) ? 0 : 1;
  } finally {
    await database.close();
  }
}

async function describe(source: Source): Promise<{ isWell: boolean; lines: string[] }> {
  const answer = await source.check();
  const title = `${source.id} (${source.label})`;
  const wrong = (why: string) => ({ isWell: false, lines: [`✗ ${title}: ${why}`] });
  switch (answer.kind) {
    case 'found': {
      const { missing, summary = 'answers' } = answer.value;
      const lines = [`${missing.length === 0 ? '✓' : '✗'} ${title}: ${summary}`, ...missing.map((one) => `    ${one}`)];
      return { isWell: missing.length === 0, lines };
    }
    case 'not-found':
      return wrong('there is nothing at this address. Look at its address in SOURCES_FILE.');
    case 'unauthenticated':
      return wrong('it does not take the credentials. Look at its secrets, and whether they have ended.');
    case 'forbidden':
      return wrong('it takes the credentials, and they lack every right. Give those its README names.');
    case 'rate-limited':
      return wrong(`it was asked too often. Try again after ${new Date(answer.retryAt).toISOString()}.`);
    case 'unavailable':
      return wrong(`it did not answer (${answer.reason}). Look at its address, and at the way there.`);
    case 'too-broad':
      return wrong('it cannot search that widely. Look at its README for a setting that narrows the search.');
    case 'invalid':
      return wrong(`it gave an answer that cannot be read (${answer.reason}). Look at its address.`);
  }
}

process.exitCode = await runCommandLine({ usage, read: readCommand, run: check }, process.argv.slice(2));
