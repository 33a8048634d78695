import { createServer } from 'node:http';

export type ServedPage = { origin: string; stop(): Promise<void> };

/**
 * One page on an origin of its own. It frames what its address asks for (`?frame=…`), once or beside a second page
 * (`&beside=…`), `&width=…` px wide, as Zoom's web client and other sites would.
 */
export function servePage(host: 'localhost' | '127.0.0.1'): Promise<ServedPage> {
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://page').searchParams;
    const frames = [...asked.getAll('frame'), ...asked.getAll('beside')].map(
      (address) =>
        `<iframe width="${Number(asked.get('width') ?? 360)}" height="600" src="${encodeURI(address)}"></iframe>`,
    );
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>A page of somebody</title>${frames.join('')}`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        origin: `http://${host}:${port}`,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
