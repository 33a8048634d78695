/**
 * The floor of a card from a CRM: the bare page with one fetch, to bare Express that takes as long as one answer of a
 * CRM. Nothing is signed in, verified, limited or matched, and nobody is looked for twice. Run as a process of its own:
 * `tsx source-floor.ts <built page> <ms>`.
 */
import express from 'express';

const [page = '', latency = ''] = process.argv.slice(2);
const app = express();
app.get('/view', (request, response) => {
  setTimeout(() => response.json([{ name: String(request.query.phone) }]), Number(latency));
});
app.use(express.static(page));
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
