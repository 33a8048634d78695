/**
 * The floor of live events: bare Express with a stream for each panel, and a page that writes what comes into one line.
 * Nothing is verified, stored or looked up. Run as a process of its own.
 */
import express, { type Response } from 'express';

const streams = new Map<string, Response>();

const app = express();
app.get('/', (_request, response) => {
  response.type('html').send(`<!doctype html><meta charset="utf-8"><title>Floor</title><main></main><script>
    (async () => {
      const { body } = await fetch('/stream?agent=painted');
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        document.querySelector('main').textContent = value;
      }
    })();
  </script>`);
});
app.get('/stream', (request, response) => {
  response.set('content-type', 'text/event-stream').flushHeaders();
  streams.set(String(request.query.agent), response);
});
app.post('/event', express.json(), (request, response) => {
  streams.get('painted')?.write(`data: ${request.body.marker}\n\n`);
  response.json({});
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
