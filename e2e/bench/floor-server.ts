/**
 * The floor of the HTTP figures: bare Express, one prepared SQLite read by phone on the same file, no sign-in, no
 * matching. Run as a process of its own, as the server is: `tsx floor-server.ts <database file> <built page>`.
 */
import Sqlite from 'better-sqlite3';
import express from 'express';

const [file = '', page = ''] = process.argv.slice(2);
const sqlite = new Sqlite(file, { readonly: true });
const findByPhone = sqlite.prepare(
  `select name from customers where id in
     (select customer_id from customer_identifiers where kind = 'phone' and value = ?)`,
);

const app = express();
app.get('/view', (request, response) => void response.json(findByPhone.all(String(request.query.phone))));
app.use(express.static(page));
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
