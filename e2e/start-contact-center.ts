import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCountry, writePeople } from './simulator/people.ts';
import { startSimulator } from './simulator/start-simulator.ts';
import { startDeskside } from './start-deskside.ts';

export type ContactCenterHost = { url: string; panelUrl: string; stop(): Promise<void> };

/** The whole demo in small: Deskside with the sample people, and the simulated desktop around its panel. */
export async function startContactCenter(): Promise<ContactCenterHost> {
  const customers = join(tmpdir(), `deskside-people-${process.pid}.ndjson`);
  await writePeople(customers, Date.now());
  const deskside = await startDeskside({
    // The simulator takes a free port only after it knows where the panel is.
    frameAncestors: "'self' http://127.0.0.1:*",
    customers,
    country: sampleCountry,
  });
  await rm(customers);
  const { url: panelUrl, clientId, clientSecret } = deskside;
  const simulator = await startSimulator({ port: 0, panelUrl, clientId, clientSecret });
  return {
    url: simulator.url,
    panelUrl,
    async stop() {
      await simulator.stop();
      await deskside.stop();
    },
  };
}
