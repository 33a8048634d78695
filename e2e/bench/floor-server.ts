/**
 * The floor of the HTTP figures: bare Express, one prepared read by phone on the same database, no sign-in, no
 * matching. Run as a process of its own, as the server is: `tsx floor-server.ts <database URL> [built page]`.
 */
import Sqlite from 'better-sqlite3';
import express from 'express';
import pg from 'pg';

const [url = '', page] = process.argv.slice(2);

const findByPhone = url.startsWith('sqlite:') ? prepareSqlite(url.slice('sqlite:'.length)) : preparePostgres(url);
const app = express();
app.get('/view', async (request, response) => void response.json(await findByPhone(String(request.query.phone))));
if (page) app.use(express.static(page));
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});

function prepareSqlite(file: string): (phone: string) => unknown {
  const statement = new Sqlite(file, { readonly: true }).prepare(
    `select name from customers where id in
       (select customer_id from customer_identifiers where kind = 'phone' and value = ?)`,
  );
  return (phone) => statement.all(phone);
}

function preparePostgres(connectionString: string): (phone: string) => Promise<unknown> {
  const pool = new pg.Pool({ connectionString, max: 10 });
  const text = `select name from customers where id in
    (select customer_id from customer_identifiers where kind = 'phone' and value = $1)`;
  return async (phone) => (await pool.query({ name: 'find-by-phone', text, values: [phone] })).rows;
}
