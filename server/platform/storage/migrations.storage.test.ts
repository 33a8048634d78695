import { setTimeout as wait } from 'node:timers/promises';
import { Migrator, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { createJobStore } from '../jobs/job-store.ts';
import { openDatabase } from './database.ts';
import { findMigrations } from './find-migrations.ts';
import { up } from './migrations/0001-first.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import { databasesUnderTest } from './storage-conformance.ts';

const customer = { id: 'C-1', name: 'Ann Lee', company: null, fields: '{}', cases: '[]', interactions: '[]' };
const link = { account: 'main', engagement_id: 'E-1', customer_id: 'C-1', decided_by: 'agent-1', decided_at: 1 };
const session = { token_hash: 'h', account: 'main', uid: 'agent-1', created_at: 1, expires_at: 9 };
const entry = { account: 'main', at: 1, actor: 'agent-1', action: 'customer.reveal', details: '{}' };

test.each(databasesUnderTest)(
  'migrations › a database of version 0001 on $name › keeps customers, links, sessions and audit trail',
  async ({ name, createEmpty }) => {
    const { url, remove } = await createEmpty();
    onTestFinished(remove);
    const before = name === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
    const first = { '0001-first': { up: up(name) } };
    const { error } = await new Migrator({
      db: before.db,
      provider: { getMigrations: async () => first },
    }).migrateToLatest();
    expect(error).toBeUndefined();
    await before.db
      .insertInto('customers')
      .values({ ...customer, updated_at: 1 })
      .execute();
    await before.db.insertInto('link_decisions').values(link).execute();
    await before.db.insertInto('sessions').values(session).execute();
    await sql`insert into audit_entries (account, at, actor, action, engagement_id, customer_id, details)
      values ('main', 1, 'agent-1', 'customer.reveal', 'E-1', 'C-1', '{}')`.execute(before.db);
    await before.close();

    const { db, close } = await openDatabase(url);
    onTestFinished(close);
    expect(await db.selectFrom('customers').selectAll().execute()).toMatchObject([customer]);
    expect(await db.selectFrom('link_decisions').selectAll().execute()).toMatchObject([
      { ...link, customer_id: 'directory:C-1' },
    ]);
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([session]);
    expect(await db.selectFrom('audit_entries').selectAll().execute()).toMatchObject([entry]);
    expect(await db.selectFrom('engagements').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('inbox_events').selectAll().execute()).toEqual([]);
  },
);

const inboxRow = { account: 'main', event: 'engagement_ended', engagement_id: 'E-1', body: '{"event":"x"}' };
const inboxRows = [
  { dedupe_key: 'a', way: 'webhook', state: 'pending', reason: null, processed_at: null },
  { dedupe_key: 'b', way: 'socket', state: 'applied', reason: null, processed_at: 3 },
  { dedupe_key: 'c', way: 'flow', state: 'kept', reason: null, processed_at: 3 },
  { dedupe_key: 'd', way: 'rest', state: 'dead', reason: 'not-json', processed_at: 3 },
].map((row) => ({ ...inboxRow, happened_at: 1, received_at: 2, ...row }));

const engagementEvents = [
  { key: 'a', by: 'zoom', kind: 'note', text: 'says "origin":"zoom" and "by":"zoom"', facts: {} },
  { key: 'b', by: 'flow', kind: 'answered', how: 'warm', facts: {} },
  { key: 'c', by: 'rest', kind: 'ended', facts: {} },
];
const reconcileJobs = [
  { id: 'E-1', due_at: 100, tries: 2, claimed_until: 0, outcome: null },
  { id: 'E-2', due_at: 100, tries: 1, claimed_until: 1_790_000_030_000, outcome: null },
  { id: 'E-3', due_at: 100, tries: 1, claimed_until: 0, outcome: 'mended' },
  { id: 'E-4', due_at: 100, tries: 25, claimed_until: 0, outcome: 'given-up' },
];
const engagementRow = { account: 'main', engagement_id: 'E-1', facts: '{}', facts_at: '{}', agents: '[]' };

type EmptyDatabase = (typeof databasesUnderTest)[number];

/** An empty database as the former version left it. */
async function openVersion0003(name: EmptyDatabase['name'], createEmpty: EmptyDatabase['createEmpty']) {
  const { url, remove } = await createEmpty();
  onTestFinished(remove);
  const before = name === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
  const provider = { getMigrations: () => findMigrations(name) };
  const { error } = await new Migrator({ db: before.db, provider }).migrateTo('0003-sources');
  expect(error).toBeUndefined();
  return { url, before };
}

/** Made after version 0003, with no rows of an earlier table. */
const newTables = ['act_counts', 'own_numbers', 'erased_engagements'];

test.each(databasesUnderTest)(
  'migrations › a database of version 0003 on $name › keeps inbox, engagement events, heartbeats and reconcile jobs',
  async ({ name, createEmpty }) => {
    const { url, before } = await openVersion0003(name, createEmpty);
    for (const { account, dedupe_key, way, event, engagement_id, body, state, reason, processed_at } of inboxRows) {
      await sql`insert into inbox_events
        (account, dedupe_key, way, event, engagement_id, happened_at, received_at, body, state, reason, processed_at)
        values (${account}, ${dedupe_key}, ${way}, ${event}, ${engagement_id}, 1, 2, ${body}, ${state}, ${reason},
          ${processed_at})`.execute(before.db);
    }
    await sql`insert into socket_hearing (account, heard_until) values ('main', 1790000000000)`.execute(before.db);
    const { account, engagement_id, facts, facts_at, agents } = engagementRow;
    await sql`insert into engagements
      (account, engagement_id, statements, facts, facts_at, record, agents, first_seen_at, updated_at)
      values (${account}, ${engagement_id}, ${JSON.stringify(engagementEvents)}, ${facts}, ${facts_at}, '{}', ${agents},
        1, 1)`.execute(before.db);
    for (const job of reconcileJobs) {
      await sql`insert into read_back_jobs (account, engagement_id, due_at, tries, claimed_until, outcome)
        values ('main', ${job.id}, ${job.due_at}, ${job.tries}, ${job.claimed_until}, ${job.outcome})`.execute(
        before.db,
      );
    }
    await before.close();

    const database = await openDatabase(url);
    const { db, close } = database;
    onTestFinished(close);
    expect(await db.selectFrom('inbox_events').selectAll().orderBy('id').execute()).toEqual(
      inboxRows.map(({ way, state, ...row }, index) => ({
        ...row,
        id: index + 1,
        origin: way,
        state: state === 'kept' ? 'ignored' : state,
      })),
    );
    expect(await db.selectFrom('socket_heartbeats').selectAll().execute()).toEqual([
      { account: 'main', last_at: 1_790_000_000_000 },
    ]);
    const { events } = await db.selectFrom('engagements').select('events').executeTakeFirstOrThrow();
    expect(JSON.parse(events)).toEqual([
      { key: 'a', origin: 'webhook', kind: 'note', text: 'says "origin":"zoom" and "by":"zoom"', facts: {} },
      { key: 'b', origin: 'flow', kind: 'answered', mode: 'warm', facts: {} },
      { key: 'c', origin: 'rest', kind: 'ended', facts: {} },
    ]);

    const jobs = createJobStore({ database, clock: () => 1_790_000_000_000 });
    const read = (key: string) => db.selectFrom('jobs').selectAll().where('key', '=', key).executeTakeFirstOrThrow();
    expect(await read('E-1')).toMatchObject({ outcome: null, reason: null, tries: 2, due_at: 100 });
    expect(await read('E-3')).toMatchObject({ kind: 'reconcile', account: 'main', outcome: 'corrected' });
    expect(await jobs.listDead({ limit: 2 })).toMatchObject([{ key: 'E-4', reason: 'given-up' }]);
    const claim = () => jobs.claim({ kind: 'reconcile', account: 'main', owner: 'p1', leaseMs: 60_000 });
    // A process of the former version still holds E-2.
    expect(await claim()).toMatchObject({ key: 'E-1', tries: 3 });
    expect(await claim()).toBeUndefined();
  },
);

type Row = Record<string, string | number | null>;
const engagement = { account: 'main', engagement_id: 'E-1' };

/** A row for every table of version 0003, by the names it had then. */
const formerRows: Record<string, Row> = {
  agents: { account: 'main', uid: 'agent-1', record: '{"name":"Mina"}', updated_at: 2 },
  app_contexts: { digest: 'd', address: '127.0.0.1', expires_at: 9 },
  audit_entries: { ...entry, id: 7, engagement_id: 'E-1', customer_id: 'directory:C-1' },
  connection_tokens: { connection: 'sales', sealed: 'v1.sealed', expires_at: 9 },
  customer_identifiers: { customer_id: 'C-1', kind: 'phone', position: 0, raw: '(028) 3822', value: null },
  customer_name_words: { word: 'ann', customer_id: 'C-1' },
  customers: { ...customer, fields: '{"how":"by letter"}', updated_at: 1 },
  directory_activities: { key: 'a', customer_id: 'C-1', at: 1, activity: '{"notes":"says \\"how\\":"}' },
  directory_settings: { id: 'directory', default_country: 'VN' },
  engagement_agents: { ...engagement, uid: 'agent-1' },
  engagements: {
    ...engagement,
    statements: JSON.stringify([
      {
        key: 'a',
        by: 'zoom',
        kind: 'transfer-started',
        how: 'warm',
        facts: { variables: [{ id: 'how', name: 'by', value: '"by":"zoom"' }] },
      },
    ]),
    facts: '{"variables":[{"id":"how","name":"by","value":"flow"}]}',
    facts_at: '{"variables":1}',
    record: '{"phase":"active","handOver":{"how":"warm"},"timeline":[{"id":"a","how":"warm","text":"how"}]}',
    agents: '["agent-1"]',
    started_at: 1,
    ended_at: null,
    first_seen_at: 1,
    updated_at: 2,
  },
  inbox_events: {
    id: 5,
    account: 'main',
    dedupe_key: 'k',
    way: 'flow',
    event: 'acceptedcall',
    engagement_id: 'E-1',
    happened_at: null,
    received_at: 2,
    body: '{"way":"kept"}',
    state: 'kept',
    reason: 'unknown',
    processed_at: 3,
  },
  leases: { name: 'zoom-socket main', owner: 'p1', expires_at: 9, fence: 4 },
  link_decisions: { ...link, id: 3, customer_id: 'sales:C-1', undone_at: 8, consumer_id: 'consumer-1' },
  live_cursors: { account: 'main', last_id: 4 },
  live_events: { ...engagement, id: 4, agents: '["agent-1"]', at: 2 },
  observations: { ...engagement, uid: 'agent-1', facts: '{}', facts_at: '{}', first_seen_at: 1, updated_at: 2 },
  read_back_jobs: { ...engagement, due_at: 100, tries: 2, claimed_until: 50, outcome: null },
  sessions: session,
  socket_gaps: { id: 2, account: 'main', from_at: 1, until_at: null },
  socket_hearing: { account: 'main', heard_until: 6 },
  verifications: {
    ...engagement,
    customer_id: 'directory:C-1',
    method: 'call-back',
    verified_by: 'agent-1',
    verified_at: 2,
  },
};

/** The same rows by today's names. */
function toPresentRows(): Record<string, Row> {
  const {
    audit_entries,
    engagements,
    inbox_events,
    read_back_jobs: _job,
    socket_hearing: _heartbeat,
    ...unchanged
  } = formerRows;
  const { id: _id, ...auditColumns } = audit_entries ?? {};
  const { statements: _events, ...engagementColumns } = engagements ?? {};
  const { way: _origin, ...inboxColumns } = inbox_events ?? {};
  return {
    ...unchanged,
    audit_chain: {
      id: 'main',
      sequence: 1,
      hash: 'BWMVk6e3F1f0pGUxMj1fUCr3ot7A9LVfF7X_rDGho2Q',
      deleted_sequence: 0,
      deleted_hash: '1kliCW6lpcXebQAyrGoo9crMalTg7hwuuNeuWZUuUao',
      key_id: null,
      seal: null,
    },
    audit_entries: {
      ...auditColumns,
      sequence: 1,
      details_digest: 'mr8hvy-MmDyRlHZ0tF1yfiFqSOQgmUUxT18I5uJfMNA',
      previous_hash: '1kliCW6lpcXebQAyrGoo9crMalTg7hwuuNeuWZUuUao',
      hash: 'BWMVk6e3F1f0pGUxMj1fUCr3ot7A9LVfF7X_rDGho2Q',
    },
    agents: { ...formerRows.agents, email: null },
    customers: { ...formerRows.customers, country: null },
    directory_settings: {
      id: 'directory',
      default_country: 'VN',
      version: 0,
      index_version: 0,
      rebuild_version: 0,
      rebuilt_to: null,
    },
    engagements: {
      ...engagementColumns,
      events: JSON.stringify([
        {
          key: 'a',
          origin: 'webhook',
          kind: 'transfer-started',
          mode: 'warm',
          facts: { variables: [{ id: 'how', name: 'by', value: '"by":"zoom"' }] },
        },
      ]),
      record: '{"phase":"active","handOver":{"mode":"warm"},"timeline":[{"id":"a","mode":"warm","text":"how"}]}',
      involvement: '{"agents":{"agent-1":{"status":"present","at":0}},"emails":{}}',
    },
    inbox_events: { ...inboxColumns, origin: 'flow', state: 'ignored' },
    jobs: {
      id: 1,
      kind: 'reconcile',
      account: 'main',
      key: 'E-1',
      payload: 'null',
      due_at: 100,
      tries: 2,
      owner: null,
      claimed_until: 50,
      fence: 0,
      outcome: null,
      reason: null,
      created_at: 100,
      finished_at: null,
    },
    link_decisions: { ...formerRows.link_decisions, is_confirmed: 1 },
    socket_heartbeats: { account: 'main', last_at: 6 },
  };
}

test.each(databasesUnderTest)(
  'migrations › a database of version 0003 on $name, opened six times at once › keeps a row of every table',
  async ({ name, createEmpty }) => {
    const { url, before } = await openVersion0003(name, createEmpty);
    const tables = (await before.db.introspection.getTables()).map((table) => table.name);
    expect(tables.sort()).toEqual(Object.keys(formerRows).sort());
    // Other tables refer to customers.
    for (const table of ['customers', ...tables.filter((table) => table !== 'customers')]) {
      const row = formerRows[table] ?? {};
      await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((column) => sql.ref(column)))})
        values (${sql.join(Object.values(row))})`.execute(before.db);
    }
    await before.close();

    // A few ms apart, so that one reads the catalog while another alters a table.
    const opening = [0, 12, 24, 36, 48].map(async (ms) => {
      await wait(ms);
      await (await openDatabase(url)).close();
    });
    const [{ db, close }] = await Promise.all([openDatabase(url), ...opening]);
    onTestFinished(close);
    const rows: Record<string, unknown> = {};
    for (const { name: table } of await db.introspection.getTables()) {
      rows[table] = (await sql`select * from ${sql.table(table)}`.execute(db)).rows;
    }
    const present = Object.entries(toPresentRows()).map(([table, row]) => [table, [row]]);
    const empty = newTables.map((table) => [table, []]);
    expect(rows).toEqual(Object.fromEntries([...present, ...empty]));
  },
);
