/** The view of a known engagement over HTTP, with a short and with a long timeline, on each database. */
import type autocannon from 'autocannon';
import { mintAppContext } from '../simulator/app-context.ts';
import { app } from './app.ts';
import { compareLoads } from './compare-loads.ts';
import { benchAgents, floorRequest, listEngagements, loadServer, signIn, viewRequest } from './http-load.ts';
import { storeEvents } from './intake-load.ts';
import { originOf, startNode, startServer } from './run-node.ts';
import { log, type Row } from './table.ts';

const secret = 'bench-webhook-secret-token';
const timelineEntries = 40;

/** `customers`: how many the directory at `databaseUrl` holds. */
export async function benchView(databaseUrl: string, customers: number, goal: number): Promise<Row[]> {
  const where = databaseUrl.startsWith('postgres') ? 'PostgreSQL' : 'SQLite';
  const floor = await startNode(['--import', 'tsx', 'e2e/bench/floor-server.ts', databaseUrl]);
  const server = await startServer({ DATABASE_URL: databaseUrl, ZOOM_WEBHOOK_SECRET_TOKEN: secret });
  const origin = originOf(server);
  const run = String(Date.now());
  try {
    const bearers: string[] = [];
    for (let agent = 0; agent < benchAgents; agent += 1) {
      bearers.push(await signIn(origin, mintAppContext({ ...app, uid: nameAgent(agent), now: Date.now() })));
    }
    const compare = async (what: string, engagements: ReturnType<typeof listEngagements>) => {
      log(`${what}, on ${where}`);
      const requests = engagements.map((engagement) => viewRequest(engagement, bearers));
      const floorRequests = engagements.map(floorRequest);
      const row = await compareLoads(
        `${what}, ${where}, ${customers.toLocaleString('en')} customers`,
        { server, load: (seconds) => loadServer(origin, requests, seconds) },
        { server: floor, load: (seconds) => loadServer(originOf(floor), floorRequests, seconds) },
        goal,
      );
      return row;
    };
    const plain = listEngagements(`V${run}`, 500, customers);
    const rows = [await compare('view of a known engagement', plain)];
    const long = listEngagements(`T${run}`, benchAgents, customers);
    log(`Storing ${timelineEntries} notes for each of ${long.length} engagements`);
    await storeEvents(
      origin,
      secret,
      long.flatMap(({ id, agent }) =>
        Array.from({ length: timelineEntries }, (_, index) => ({
          event: 'engagement_note_added',
          object: {
            engagement_id: id,
            user_id: nameAgent(agent),
            note_id: `${id}-${index}`,
            note: `Asked about invoice ${index} of this year and wants it by mail`,
          },
        })),
      ),
    );
    await expectEntries(origin, viewRequest(long[0] as (typeof long)[number], bearers));
    rows.push(await compare(`view with ${timelineEntries} timeline entries`, long));
    return rows;
  } finally {
    server.child.kill();
    floor.child.kill();
  }
}

const nameAgent = (agent: number) => `bench-agent-${agent}`;

async function expectEntries(
  origin: string,
  { path, ...request }: autocannon.Request & { path: string },
): Promise<void> {
  const answer = await fetch(`${origin}${path}`, request as RequestInit);
  const entries = (await answer.text()).split('Asked about invoice').length - 1;
  if (entries !== timelineEntries) throw new Error(`The view has ${entries} of ${timelineEntries} timeline entries`);
}
