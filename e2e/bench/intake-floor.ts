/**
 * The floor of durable webhooks: bare Express, one HMAC over the raw bytes, and an insert into one table that is on
 * disk before it is answered; inserts that arrive within two milliseconds share a transaction and its fsync. Run as a
 * process of its own: `tsx intake-floor.ts <database URL> <secret>`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import express from 'express';
import pg from 'pg';

type InsertAll = (bodies: string[]) => void | Promise<void>;

const [url = '', secret = ''] = process.argv.slice(2);
const insertAll = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : await openPostgres(url);

let waiting: { body: string; done: () => void }[] = [];
const commit = async () => {
  const group = waiting;
  waiting = [];
  await insertAll(group.map(({ body }) => body));
  for (const { done } of group) done();
};

const app = express();
app.post('/zoom/webhooks', express.raw({ type: () => true }), (request, response) => {
  const body = request.body as Buffer;
  const given = Buffer.from(String(request.headers['x-zm-signature']));
  const signed = createHmac('sha256', secret).update(`v0:${request.headers['x-zm-request-timestamp']}:`).update(body);
  const expected = Buffer.from(`v0=${signed.digest('hex')}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.status(401).end();
    return;
  }
  if (waiting.length === 0) setTimeout(commit, 2);
  waiting.push({ body: body.toString(), done: () => void response.json({}) });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});

function openSqlite(file: string): InsertAll {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.exec('create table if not exists floor_events (id integer primary key, body text not null)');
  const insert = sqlite.prepare('insert into floor_events (body) values (?)');
  return sqlite.transaction((bodies: string[]) => {
    for (const body of bodies) insert.run(body);
  });
}

async function openPostgres(connectionString: string): Promise<InsertAll> {
  const pool = new pg.Pool({ connectionString, max: 10 });
  await pool.query('create table if not exists floor_events (id bigserial primary key, body text not null)');
  const text = 'insert into floor_events (body) select unnest($1::text[])';
  return async (bodies) => void (await pool.query({ name: 'insert-all', text, values: [bodies] }));
}
