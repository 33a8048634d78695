/*
 * The company's five systems, as stateful fakes on this machine. Deskside's server is configured for them as a deployer
 * would do it: by a file of sources, with the secrets in the environment.
 */
import { writeFile } from 'node:fs/promises';
import type { FakeCrm } from '../../../server/connectors/conformance/fake-crm-server.ts';
import { startFakeDynamics } from '../../../server/connectors/dynamics/fake.ts';
import { startFakeHubspot } from '../../../server/connectors/hubspot/fake.ts';
import { startFakeSalesforce } from '../../../server/connectors/salesforce/fake.ts';
import { startFakeServicenow } from '../../../server/connectors/servicenow/fake.ts';
import { startFakeZendesk } from '../../../server/connectors/zendesk/fake.ts';
import { type CrmConditions, type CrmName, crmNames } from './crm-names.ts';
import { describeCrmPeople } from './crm-people.ts';

type Crms = {
  /** For Deskside's server. */
  environment: Record<string, string>;
  fakes: ReadonlyMap<CrmName, FakeCrm>;
  /** A CRM that is not named is up. */
  become(conditions: CrmConditions): void;
  stop(): Promise<void>;
};

/** ms. A look-up in Zendesk is two answers one after the other, and a token before the first. */
const slowMs = 3_000;

const labels: Record<CrmName, string> = {
  salesforce: 'Salesforce',
  zendesk: 'Zendesk',
  servicenow: 'ServiceNow',
  hubspot: 'HubSpot',
  dynamics: 'Dynamics',
};

const starts: Record<CrmName, () => Promise<FakeCrm>> = {
  salesforce: startFakeSalesforce,
  zendesk: startFakeZendesk,
  servicenow: startFakeServicenow,
  hubspot: startFakeHubspot,
  dynamics: startFakeDynamics,
};

/** Writes the file of sources to `file`. */
export async function startCrms(file: string): Promise<Crms> {
  const started = await Promise.all(crmNames.map(async (name) => [name, await starts[name]()] as const));
  const fakes = new Map<CrmName, FakeCrm>(started);
  for (const [name, customer] of describeCrmPeople(Date.now())) fakes.get(name)?.put(customer);

  const secretName = (name: CrmName, secret: string) => `DEMO_${name}_${secret}`.toUpperCase();
  const connections = started.map(([name, { settings, secrets }]) => ({
    id: name,
    connector: name,
    label: labels[name],
    settings: { ...settings, country: 'US' },
    secrets: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, { env: secretName(name, secret) }])),
  }));
  const directory = { id: 'directory', connector: 'directory', label: 'Directory' };
  await writeFile(file, `${JSON.stringify({ sources: [directory, ...connections] }, null, 2)}\n`);

  const secrets = started.flatMap(([name, fake]) =>
    Object.entries(fake.secrets).map(([secret, value]) => [secretName(name, secret), value]),
  );
  return {
    environment: { SOURCES_FILE: file, ALLOW_PRIVATE_SOURCES: '1', ...Object.fromEntries(secrets) },
    fakes,
    become(conditions) {
      for (const [name, fake] of fakes) {
        fake.behave(conditions[name] === 'dead' ? 'down' : 'up');
        fake.slowDown(conditions[name] === 'slow' ? slowMs : 0);
      }
    },
    async stop() {
      await Promise.all([...fakes.values()].map((fake) => fake.stop()));
    },
  };
}
