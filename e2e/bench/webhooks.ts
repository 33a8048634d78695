/** Signed webhooks on each database: how many are durable in a second, and how soon one is acknowledged. */
import { compareLoads } from './compare-loads.ts';
import { loadIntake, timeAcks, untilProcessed } from './intake-load.ts';
import { originOf, startNode, startServer } from './run-node.ts';
import { log, ms, type Row, times } from './table.ts';

const secret = 'bench-webhook-secret-token';
/** In ms. */
const ackGoal = 250;

/** Two empty databases: one for the server, one for the floor. */
export async function benchWebhooks(databaseUrl: string, floorUrl: string, goal: number): Promise<Row[]> {
  const where = databaseUrl.startsWith('postgres') ? 'PostgreSQL' : 'SQLite';
  const floor = await startNode(['--import', 'tsx', 'e2e/bench/intake-floor.ts', floorUrl, secret]);
  const server = await startServer({ DATABASE_URL: databaseUrl, ZOOM_WEBHOOK_SECRET_TOKEN: secret });
  const origin = originOf(server);
  const floorOrigin = originOf(floor);
  try {
    log(`Acknowledging signed webhooks at 50 a second with bursts, ${where}`);
    const acks = await timeAcks(origin, secret);
    const floorAcks = await timeAcks(floorOrigin, secret);
    log(`Taking as many signed webhooks as possible, ${where}`);
    const taken = await compareLoads(
      `signed webhooks, durable, ${where}`,
      {
        server,
        load: (seconds) => loadIntake(origin, secret, seconds),
        settle: () => untilProcessed(origin),
      },
      { server: floor, load: (seconds) => loadIntake(floorOrigin, secret, seconds) },
      goal,
    );
    return [
      taken,
      {
        what: `webhook → acknowledged, 50/s with bursts of 200, p99, ${where}`,
        measured: `${ms(acks.p99)} (p50 ${ms(acks.p50)}; ${acks.refused} refused)`,
        floor: `${ms(floorAcks.p99)} (p50 ${ms(floorAcks.p50)})`,
        ratio: times(acks.p99 / floorAcks.p99),
        goal: `≤ ${ackGoal} ms`,
        isHeld: acks.p99 <= ackGoal && acks.refused === 0,
      },
    ];
  } finally {
    server.child.kill();
    floor.child.kill();
  }
}
