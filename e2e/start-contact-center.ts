import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCrms } from './simulator/crms/start-crms.ts';
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

/**
 * The whole demo in small: Deskside with the sample people, and the simulated desktop around its panel; the five CRMs
 * only where they are wanted.
 */
export async function startContactCenter({ hasCrms = false } = {}): Promise<ContactCenterHost> {
  const crms = hasCrms ? await startCrms(join(tmpdir(), `deskside-sources-${process.pid}.json`)) : undefined;
  const customers = join(tmpdir(), `deskside-people-${process.pid}.ndjson`);
  await writePeople(customers, Date.now());
  const simulatorPort = await findFreePort();
  const deskside = await startDeskside({
    frameAncestors: `'self' http://127.0.0.1:${simulatorPort}`,
    simulatorPort,
    customers,
    country: sampleCountry,
    ...(crms && { settings: crms.environment }),
  });
  await rm(customers);
  const simulator = await startSimulator({
    ...deskside,
    port: simulatorPort,
    ...(crms && { onCrmConditions: crms.become }),
  });
  return {
    url: simulator.url,
    panelUrl: deskside.url,
    interruptDeskside: deskside.interrupt,
    resumeDeskside: deskside.resume,
    async stop() {
      await simulator.stop();
      await deskside.stop();
      await crms?.stop();
    },
  };
}
