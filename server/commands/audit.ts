import { parseArgs } from 'node:util';
import { type AuditFilter, type AuditStore, createAuditStore } from '../audit/audit-store.ts';
import { type ChainSeal, createChainSeal, type SealState } from '../audit/chain-seal.ts';
import type { StoredEntry } from '../audit/entry-hash.ts';
import { type BreakReason, type ChainReport, type KnownHead, verifyChain } from '../audit/verify-chain.ts';
import { systemClock } from '../platform/clock.ts';
import { runCommandLine } from '../platform/command-line.ts';
import { loadStorageSettings, readEnvironment } from '../platform/config.ts';
import { openExistingDatabase } from './open-existing-database.ts';

const usage = `Usage: npm run audit -- verify [--head SEQUENCE:HASH]... [--json]
       npm run audit -- reseal [--head SEQUENCE:HASH]...
       npm run audit -- list [--engagement ID] [--customer ID] [--agent UID] [--action ACTION] [--limit N] [--json]

  verify          proves the audit trail unbroken, or names the first entry that is wrong
  --head          a head of the trail that was noted before, by this command or in the server's log: proves that the
                  trail was not cut off or made anew since. May be repeated
  reseal          seals the trail by SECRETS_KEY from now on, after the key was set for the first time or changed, and
                  adds an entry that says so. Refused where an entry is wrong
  list            the newest entries
  --engagement ID, --customer ID, --agent UID, --action ACTION
                  only those of this engagement, customer, agent or action
  --limit N       how many lines, 1 to 10000 (50)
  --json          for programs

Exit code: 0 unbroken, sealed or listed, 1 broken or not done, 2 wrong usage.
`;

type Command =
  | { verb: 'verify' | 'reseal'; knownHeads: KnownHead[]; json: boolean }
  | { verb: 'list'; filter: AuditFilter; limit: number; json: boolean };

/** A text is the reason why not. */
function readCommand(args: string[]): Command | string {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      head: { type: 'string', multiple: true },
      engagement: { type: 'string' },
      customer: { type: 'string' },
      agent: { type: 'string' },
      action: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const [verb, ...others] = positionals;
  const { json = false, head: heads = [], limit: limitText = '50' } = values;
  if (others.length > 0) return `"${others[0]}" is one word too many.`;
  if (verb === 'verify' || verb === 'reseal') {
    const knownHeads: KnownHead[] = [];
    for (const text of heads) {
      const [, sequence, hash] = /^(\d{1,15}):([\w-]{43})$/.exec(text) ?? [];
      if (sequence === undefined || hash === undefined) return `"${text}" is no head: SEQUENCE:HASH is.`;
      knownHeads.push({ sequence: Number(sequence), hash });
    }
    return { verb, knownHeads, json };
  }
  if (verb !== 'list') return 'Say what to do: verify, reseal or list.';
  const limit = Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) return '--limit must be a number from 1 to 10000.';
  const { engagement: engagementId, customer: customerId, agent: uid, action } = values;
  return { verb, filter: { engagementId, customerId, uid, action }, limit, json };
}

async function run(command: Command): Promise<number> {
  const loaded = loadStorageSettings(readEnvironment());
  if (loaded.kind === 'malformed') throw new Error(loaded.problems.join('\n'));
  const { databaseUrl, secretsKey } = loaded.value;
  const seal = secretsKey && createChainSeal(secretsKey);
  const database = await openExistingDatabase(databaseUrl);
  try {
    const store = createAuditStore({ database, clock: systemClock, seal });
    if (command.verb === 'list') return await list(store, command);
    return command.verb === 'verify' ? await verify(store, command, seal) : await reseal(store, command, seal);
  } finally {
    await database.close();
  }
}

type VerifyCommand = Exclude<Command, { verb: 'list' }>;

async function verify(store: AuditStore, command: VerifyCommand, seal: ChainSeal | undefined): Promise<number> {
  const report = await verifyChain(store, { seal, knownHeads: command.knownHeads });
  process.stdout.write(command.json ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
  return report.kind === 'intact' ? 0 : 1;
}

async function reseal(store: AuditStore, command: VerifyCommand, seal: ChainSeal | undefined): Promise<number> {
  if (!seal) throw new Error('SECRETS_KEY is not set: there is no key to seal the trail by.');
  const before = await verifyChain(store, { knownHeads: command.knownHeads, ignoreSeal: true });
  if (before.kind !== 'intact') {
    process.stdout.write(command.json ? `${JSON.stringify(before, null, 2)}\n` : describe(before));
    return 1;
  }
  const former = await store.reseal();
  if (!command.json) process.stdout.write(`${resealed[former]}\n`);
  return verify(store, { ...command, knownHeads: [...command.knownHeads, before.head] }, seal);
}

const resealed: Record<SealState, string> = {
  sealed: 'The trail was sealed by this key already.',
  none: 'Sealed. It had no seal before.',
  'other-key': 'Sealed. It was sealed by another key before.',
  broken:
    'Sealed. Its seal did not fit before: if no process of yours wrote without SECRETS_KEY, somebody changed the trail.',
};

const reasons: Record<BreakReason, string> = {
  changed: 'it was changed after it was made',
  missing: 'it is not there',
  'not-linked': 'it does not follow the entry before it',
  'beyond-the-end': 'it stands after the end of the trail',
  'other-end': 'the end of the trail is another',
  'other-than-known': 'it is not the entry that was noted',
  'details-removed': 'its details were removed, and no erasure of its customer is recorded',
  seal: 'the seal of the trail does not fit',
  'not-sealed': 'the trail is not sealed. If SECRETS_KEY was set for the first time, run npm run audit -- reseal',
  'other-key':
    'the trail is sealed by another SECRETS_KEY. If you changed it, run npm run audit -- verify with the former one, ' +
    'then npm run audit -- reseal with the new one',
};

const seals: Record<(ChainReport & { kind: 'intact' })['seal'], string> = {
  sealed: 'The trail is sealed by SECRETS_KEY.',
  unverified: 'Its seal was not verified, because SECRETS_KEY is not set here.',
  none: 'It is not sealed, because the server has no SECRETS_KEY: a writer of the database can make a new trail.',
};

function describe(report: ChainReport): string {
  if (report.kind === 'stopped') return 'Not verified.\n';
  if (report.kind === 'broken') return `BROKEN at entry ${report.sequence}: ${reasons[report.reason]}.\n`;
  const { head, entries, deleted, erased, sealChanges, uncheckedHeads } = report;
  const notes = [
    `Unbroken: ${entries} entries.`,
    seals[report.seal],
    deleted > 0 && `The ${deleted} oldest were deleted by retention.`,
    erased > 0 && `The details of ${erased} were erased.`,
    sealChanges.length > 0 &&
      `The seal changed at entry ${sealChanges.join(', ')}: see list --action audit.seal-change. Earlier entries were ` +
        'not protected by the present key until then.',
    uncheckedHeads.length > 0 && `No longer there to compare: entry ${uncheckedHeads.join(', ')}.`,
    `Head, to be noted elsewhere: ${head.sequence}:${head.hash}`,
  ];
  return `${notes.filter((note) => note !== false).join('\n')}\n`;
}

async function list(store: AuditStore, { filter, limit, json }: Command & { verb: 'list' }): Promise<number> {
  const entries = await store.list(filter, limit);
  if (json) process.stdout.write(`${JSON.stringify(entries.map(toPlain), null, 2)}\n`);
  else process.stdout.write(entries.length === 0 ? 'No entries.\n' : entries.map(toLine).join(''));
  return 0;
}

function toPlain(entry: StoredEntry) {
  const { sequence, at: time, account, actor, action, engagement_id: engagementId, customer_id: customerId } = entry;
  const details: unknown = entry.details === null ? null : JSON.parse(entry.details);
  return {
    sequence,
    at: new Date(time).toISOString(),
    account,
    agent: actor,
    action,
    engagementId,
    customerId,
    details,
    hash: entry.hash,
  };
}

function toLine(entry: StoredEntry): string {
  const { sequence, at: time, actor, action, engagement_id, customer_id, details } = entry;
  const cells = [sequence, new Date(time).toISOString(), action, actor, engagement_id ?? '-', customer_id ?? '-'];
  return `${[...cells, details ?? 'erased'].map((cell) => toPrintable(String(cell))).join('  ')}\n`;
}

/** Ids of sources and an agent's words are untrusted and must not contain terminal control sequences. */
const toPrintable = (text: string) => text.replace(/\p{C}/gu, '?');

process.exitCode = await runCommandLine({ usage, read: readCommand, run }, process.argv.slice(2));
