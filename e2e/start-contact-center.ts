import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCountry, writePeople } from './simulator/people.ts';
import { startSimulator } from './simulator/start-simulator.ts';
import { findFreePort, startDeskside } from './start-deskside.ts';

export type ContactCenterHost = {
  url: string;
  panelUrl: string;
  /** Ends Deskside's server and keeps its database, until it is resumed. */
  interruptDeskside(): Promise<void>;
  resumeDeskside(): Promise<void>;
  stop(): Promise<void>;
};

/** The whole demo in small: Deskside with the sample people, and the simulated desktop around its panel. */
export async function startContactCenter(): Promise<ContactCenterHost> {
  const customers = join(tmpdir(), `deskside-people-${process.pid}.ndjson`);
  await writePeople(customers, Date.now());
  const simulatorPort = await findFreePort();
  const deskside = await startDeskside({
    frameAncestors: `'self' http://127.0.0.1:${simulatorPort}`,
    simulatorPort,
    customers,
    country: sampleCountry,
  });
  await rm(customers);
  const simulator = await startSimulator({ ...deskside, port: simulatorPort });
  return {
    url: simulator.url,
    panelUrl: deskside.url,
    interruptDeskside: deskside.interrupt,
    resumeDeskside: deskside.resume,
    async stop() {
      await simulator.stop();
      await deskside.stop();
    },
  };
}
