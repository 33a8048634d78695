/**
 * The conformance suite of connectors: runs a definition against a fake of its CRM, with the source above it and the
 * HTTP client below it as in the product.
 */
import { describe, expect, test } from 'vitest';
import { findConnectionProblems } from '../port/connection-settings.ts';
import type { ConnectorDefinition } from '../port/connector.ts';
import { describeSettings } from '../port/settings.ts';
import { checkDefinition } from '../tools/check-definition.ts';
import { connectToFake } from './connect-for-tests.ts';
import type { FakeCrm } from './fake-crm-server.ts';
import { describeLogging } from './logging-conformance.ts';
import { describeLookup, type SourceUnderTest } from './lookup-conformance.ts';
import { describeOutage } from './outage-conformance.ts';

type ConformanceParts = { definition: ConnectorDefinition } & (
  | { startFake(): Promise<FakeCrm> }
  /** For a connector without network, on a database. */
  | { open(): Promise<SourceUnderTest> }
);

export function describeConnectorConformance(parts: ConformanceParts): void {
  const { definition } = parts;
  const open = 'open' in parts ? parts.open : () => openOnFake(definition, parts.startFake);

  describe(`${definition.name} connector › definition`, () => {
    const findings = checkDefinition(definition, { name: definition.name, usesNetwork: definition.hosts.length > 0 });
    test.each(findings)('$claim', ({ missing }) => {
      expect(missing).toEqual([]);
    });
  });
  describeLookup(definition, open);
  describeLogging(definition, open);
  if ('startFake' in parts) {
    describeOutage(definition, parts.startFake);
    test(`${definition.name} settings › private address › is rejected`, async () => {
      const { settings, secrets, stop } = await parts.startFake();
      const addresses = describeSettings(definition.settings).filter(({ type }) => type === 'address');
      for (const { name } of addresses) {
        const connection = { id: 'x', connector: definition.name, label: 'X', secrets };
        const withPrivate = { ...connection, settings: { ...settings, [name]: 'https://169.254.169.254' } };
        expect(findConnectionProblems([withPrivate], [definition], false)).toContainEqual(
          expect.stringContaining(`settings.${name} `),
        );
      }
      await stop();
    });
  }
}

async function openOnFake(
  definition: ConnectorDefinition,
  startFake: () => Promise<FakeCrm>,
): Promise<SourceUnderTest> {
  const fake = await startFake();
  const { source, errors } = connectToFake(definition, fake);
  return {
    source,
    errors,
    put: async (customer) => fake.put(customer),
    listActivities: async () => fake.listActivities(),
    dropNextWrite: () => fake.behave('commit-then-drop'),
    stop: () => fake.stop(),
    keepsNormalized: false,
  };
}
