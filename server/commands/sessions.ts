import { createSessionStore, type SessionStore } from '../auth/session-store.ts';
import { systemClock } from '../platform/clock.ts';
import { runCommandLine } from '../platform/command-line.ts';
import { loadDatabaseUrl, readEnvironment } from '../platform/config.ts';
import { openExistingDatabase } from './open-existing-database.ts';

const usage = `Usage: npm run sessions -- list
       npm run sessions -- end UID

  list      the agents who are signed in, with the begin and the end of each session
  end UID   ends every session of this Zoom user; a running server obeys within seconds. The panel signs in again by
            itself as long as Zoom lets the user in: to keep somebody out, delete the user in Zoom Contact Center

Exit code: 0 done, 1 not done, 2 wrong usage.
`;

type Command = { verb: 'list' } | { verb: 'end'; uid: string };

/** A text is the reason why not. */
function readCommand([verb, uid, ...others]: string[]): Command | string {
  if (others.length > 0) return `"${others[0]}" is one word too many.`;
  if (verb === 'list') return uid === undefined ? { verb } : `"${uid}" is one word too many.`;
  if (verb !== 'end') return 'Say what to do: list or end.';
  return uid === undefined ? 'Say whose sessions to end: end UID.' : { verb, uid };
}

async function run(command: Command): Promise<number> {
  const databaseUrl = loadDatabaseUrl(readEnvironment());
  if (databaseUrl.kind === 'malformed') throw new Error(databaseUrl.problems.join('\n'));
  const database = await openExistingDatabase(databaseUrl.value);
  try {
    const store = createSessionStore(database);
    return command.verb === 'list' ? await list(store) : await end(store, command.uid);
  } finally {
    await database.close();
  }
}

async function list(store: SessionStore): Promise<number> {
  const sessions = await store.list(systemClock());
  const lines = sessions.map(
    ({ account, uid, createdAt, expiresAt }) =>
      `${account}  ${toPrintable(uid)}  ${new Date(createdAt).toISOString()}  ${new Date(expiresAt).toISOString()}\n`,
  );
  process.stdout.write(lines.length === 0 ? 'Nobody is signed in.\n' : lines.join(''));
  return 0;
}

async function end(store: SessionStore, uid: string): Promise<number> {
  const count = await store.endAllOfUser(uid, systemClock());
  if (count === 0) process.stderr.write('This user is not signed in.\n');
  else process.stdout.write(`${count} ${count === 1 ? 'session' : 'sessions'} ended.\n`);
  return count === 0 ? 1 : 0;
}

/** Without characters that a terminal obeys. */
const toPrintable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?');

process.exitCode = await runCommandLine({ usage, read: readCommand, run }, process.argv.slice(2));
