import { parseArgs } from 'node:util';
import {
  createInboxStore,
  type InboxFilter,
  type InboxRow,
  type InboxRowWithoutBody,
  type InboxStore,
} from '../intake/inbox/inbox-store.ts';
import { runCommandLine } from '../platform/command-line.ts';
import { loadDatabaseUrl, readEnvironment } from '../platform/config.ts';
import { openExistingDatabase } from './open-existing-database.ts';

const usage = `Usage: npm run events -- list [--limit N] [--engagement ID] [--state STATE] [--json]
       npm run events -- show ID [--json]
       npm run events -- replay ID | FROM..TO | --state STATE | --engagement ID [--json]

  list            the newest stored events, without their bodies
  show ID         one event with its body, which is personal data
  replay          have events processed again; a running server does so within a second. Harmless to repeat
  --limit N       how many lines, 1 to 10000 (50)
  --engagement ID only those of this engagement
  --state STATE   only those that are pending, applied, ignored or dead
  --json          for programs

Exit code: 0 done, 1 not done, 2 wrong usage.
`;

const states = ['pending', 'applied', 'ignored', 'dead'] as const;

type Command =
  | { verb: 'list'; filter: InboxFilter; limit: number; json: boolean }
  | { verb: 'show'; id: number; json: boolean }
  | { verb: 'replay'; filter: InboxFilter; json: boolean };

/** A text is the reason why not. */
function readCommand(args: string[]): Command | string {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      limit: { type: 'string' },
      engagement: { type: 'string' },
      state: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [verb, which, ...others] = positionals;
  const { json = false, engagement: engagementId } = values;
  const state = states.find((known) => known === values.state);
  if (values.state !== undefined && !state) return `"${values.state}" is not a state: ${states.join(', ')} are.`;
  const filter: InboxFilter = { ...(state && { state }), ...(engagementId !== undefined && { engagementId }) };
  const ids = which === undefined ? undefined : readIds(which);
  if (others.length > 0) return `"${others[0]}" is one word too many.`;
  if (which !== undefined && !ids) return `"${which}" is neither the number of an event nor FROM..TO.`;
  switch (verb) {
    case 'list': {
      const limit = Number(values.limit ?? 50);
      if (ids) return 'list takes no numbers: say show or replay.';
      if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) return '--limit must be a number from 1 to 10000.';
      return { verb, filter, limit, json };
    }
    case 'show':
      return ids && ids.from === ids.to ? { verb, id: ids.from, json } : 'Say which event to show: show ID.';
    case 'replay':
      // Everything at once is never meant; what is meant by it has a state.
      if (!ids && Object.keys(filter).length === 0) return 'Say what to replay: ID, FROM..TO, --state or --engagement.';
      return { verb, filter: { ...filter, ...(ids && { ids }) }, json };
    default:
      return 'Say what to do: list, show or replay.';
  }
}

function readIds(text: string): { from: number; to: number } | undefined {
  const [, first, last] = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const ids = { from: Number(first), to: Number(last ?? first) };
  return ids.from <= ids.to ? ids : undefined;
}

type Done = { code: number; out?: string; problem?: string };

async function run(command: Command): Promise<Done> {
  const databaseUrl = loadDatabaseUrl(readEnvironment());
  if (databaseUrl.kind === 'malformed') throw new Error(databaseUrl.problems.join('\n'));
  const database = await openExistingDatabase(databaseUrl.value);
  try {
    const store = createInboxStore(database);
    if (command.verb === 'list') return await list(store, command);
    if (command.verb === 'show') return await show(store, command);
    return await replay(store, command);
  } finally {
    await database.close();
  }
}

async function list(store: InboxStore, { filter, limit, json }: Command & { verb: 'list' }): Promise<Done> {
  const entries = await store.list(filter, limit);
  if (json) return { code: 0, out: toJson(entries.map(toPlain)) };
  return { code: 0, out: entries.length === 0 ? 'No events.\n' : toTable([header, ...entries.map(toCells)]) };
}

async function show(store: InboxStore, { id, json }: Command & { verb: 'show' }): Promise<Done> {
  const row = await store.read(id);
  if (!row) return { code: 1, problem: `There is no event ${id}.` };
  if (json) return { code: 0, out: toJson({ ...toPlain(row), body: readBody(row) }) };
  const body = row.body === null ? 'Its body is no longer kept.\n' : toJson(readBody(row));
  return { code: 0, out: `${toTable([header, toCells(row)])}\n${body}` };
}

async function replay(store: InboxStore, { filter, json }: Command & { verb: 'replay' }): Promise<Done> {
  const { replayed, withoutBody } = await store.replay(filter);
  const none = replayed === 0 && withoutBody === 0;
  const lost = withoutBody > 0 ? ` ${withoutBody} cannot be: their bodies are no longer kept.` : '';
  const out = json ? toJson({ replayed, withoutBody }) : `${replayed} will be processed again.${lost}\n`;
  return none && !json ? { code: 1, problem: 'There are no such events.' } : { code: replayed > 0 ? 0 : 1, out };
}

const header = ['ID', 'RECEIVED', 'HAPPENED', 'ORIGIN', 'STATE', 'EVENT', 'ENGAGEMENT', 'REASON'];

function toCells(entry: InboxRowWithoutBody): string[] {
  const { id, received_at, happened_at, origin, state, event, engagement_id, reason } = entry;
  const happened = happened_at === null ? '-' : toTime(happened_at);
  return [String(id), toTime(received_at), happened, origin, state, toWord(event), engagement_id ?? '-', reason ?? ''];
}

function toTable(rows: string[][]): string {
  const widths = header.map((_, index) => Math.max(...rows.map((cells) => (cells[index] ?? '').length)));
  return rows
    .map(
      (cells) =>
        `${cells
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function toPlain({
  id,
  received_at,
  happened_at,
  origin,
  event,
  engagement_id,
  state,
  reason,
  processed_at,
}: InboxRowWithoutBody) {
  return {
    id,
    origin,
    event,
    state,
    reason,
    engagementId: engagement_id,
    receivedAt: toTime(received_at),
    happenedAt: happened_at === null ? null : toTime(happened_at),
    processedAt: processed_at === null ? null : toTime(processed_at),
  };
}

/** A dead letter's body need not be JSON. */
function readBody({ body }: InboxRow): unknown {
  try {
    return JSON.parse(body ?? 'null');
  } catch {
    return body;
  }
}

const toTime = (ms: number) => new Date(ms).toISOString();
const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
/** The name of an unknown event is untrusted and must not contain terminal control sequences. */
const toWord = (text: string) => text.replace(/[^\x21-\x7e]/g, '?');

async function runCommand(command: Command): Promise<number> {
  const { code, out, problem } = await run(command);
  if (problem !== undefined) process.stderr.write(`${problem}\n`);
  if (out !== undefined) process.stdout.write(out);
  return code;
}

process.exitCode = await runCommandLine({ usage, read: readCommand, run: runCommand }, process.argv.slice(2));
