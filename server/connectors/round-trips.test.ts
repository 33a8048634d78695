import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '../platform/http-client.ts';
import { connectToFake } from './conformance/connect-for-tests.ts';
import { createRoundTripCounter } from './conformance/count-round-trips.ts';
import type { FakeCrm } from './conformance/fake-crm-server.ts';
import { dynamics } from './dynamics/definition.ts';
import { startFakeDynamics } from './dynamics/fake.ts';
import { hubspot } from './hubspot/definition.ts';
import { startFakeHubspot } from './hubspot/fake.ts';
import type { ConnectorDefinition } from './port/connector.ts';
import { salesforce } from './salesforce/definition.ts';
import { startFakeSalesforce } from './salesforce/fake.ts';
import { servicenow } from './servicenow/definition.ts';
import { startFakeServicenow } from './servicenow/fake.ts';
import { zendesk } from './zendesk/definition.ts';
import { startFakeZendesk } from './zendesk/fake.ts';

type Vendor = { definition: ConnectorDefinition; startFake(): Promise<FakeCrm> };
const vendors = {
  salesforce: { definition: salesforce, startFake: () => startFakeSalesforce() },
  zendesk: { definition: zendesk, startFake: () => startFakeZendesk() },
  servicenow: { definition: servicenow, startFake: () => startFakeServicenow() },
  hubspot: { definition: hubspot, startFake: () => startFakeHubspot() },
  dynamics: { definition: dynamics, startFake: () => startFakeDynamics() },
} satisfies Record<string, Vendor>;

const ann = {
  name: 'Ann Lee',
  company: 'Northwind',
  phones: ['+1 415 555 0101'],
  emails: ['ann.lee@northwind.example'],
  owner: 'Mina Park',
  tier: 'Gold',
  accountNumber: 'A-77',
  cases: [{ subject: 'Router restarts', updatedAt: Date.UTC(2026, 9, 2) }],
  interactions: [{ at: Date.UTC(2026, 9, 1), channel: 'voice' as const, summary: 'Asked about the invoice' }],
};

let fake: FakeCrm | undefined;
afterEach(async () => {
  await fake?.stop();
});

describe('round trips of a lookup with its whole card', () => {
  test.each([
    ['salesforce', 'phone', 1, 1],
    ['zendesk', 'phone', 1, 1],
    ['servicenow', 'phone', 1, 1],
    ['dynamics', 'phone', 1, 1],
    ['hubspot', 'phone', 1, 1],
    ['salesforce', 'email', 1, 1],
    ['zendesk', 'email', 1, 1],
    ['servicenow', 'email', 1, 1],
    ['dynamics', 'email', 1, 1],
    ['hubspot', 'email', 1, 1],
    ['salesforce', 'case', 1, 1],
    ['zendesk', 'case', 1, 1],
    ['servicenow', 'case', 1, 1],
    ['dynamics', 'case', 1, 1],
    ['hubspot', 'case', 1, 1],
    ['salesforce', 'account', 1, 1],
    ['zendesk', 'account', 1, 1],
    ['servicenow', 'account', 1, 1],
    ['dynamics', 'account', 1, 1],
    ['hubspot', 'account', 1, 1],
  ] as const)('%s by %s › %i to find, %i to read', async (name, kind, expectedToFind, expectedToRead) => {
    const { definition, startFake }: Vendor = vendors[name];
    fake = await startFake();
    const counter = createRoundTripCounter(createHttpClient());
    let now = Date.now();
    const { limits } = definition;
    const { source, errors } = connectToFake(definition, fake, { http: counter.http, limits, clock: () => now });
    const { id, caseNumbers } = fake.put(ann);
    // The connection's token, owners and ticket stages are cached from here on.
    const other = fake.put({ name: 'Bo Lind' });
    await source.readCustomers([other.id]);
    now += 10_000;

    const values = {
      phone: '+14155550101',
      email: 'ann.lee@northwind.example',
      case: caseNumbers[0] ?? '',
      account: 'A-77',
    };
    const found = await counter.count(() => source.find(kind, values[kind], 10));
    expect(found.result).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
    const read = await counter.count(() => source.readCustomers([id]));
    expect(read.result).toMatchObject({ value: [{ cases: [{ subject: 'Router restarts' }], interactions: [{}] }] });
    expect(errors).toEqual([]);
    expect([found.roundTrips, read.roundTrips]).toEqual([expectedToFind, expectedToRead]);
  });
});

describe('round trips of logging a first activity', () => {
  test.each([
    // One lookup, one write. Dynamics completes its record, Zendesk looks up the customer of a new ticket.
    ['salesforce', 2],
    ['servicenow', 2],
    ['hubspot', 2],
    ['dynamics', 3],
    ['zendesk', 3],
  ] as const)('%s › %i', async (name, expected) => {
    const { definition, startFake }: Vendor = vendors[name];
    fake = await startFake();
    const counter = createRoundTripCounter(createHttpClient());
    const { source } = connectToFake(definition, fake, { http: counter.http });
    const { id } = fake.put({ name: 'Ann Lee' });
    // The connection's token, owners and ticket stages are cached from here on.
    await source.readCustomers([id]);
    const activity = {
      key: 'default.eng-1.call',
      engagementId: 'eng-1',
      channel: 'voice' as const,
      direction: 'inbound' as const,
      startedAt: Date.UTC(2026, 10, 22, 10),
      endedAt: Date.UTC(2026, 10, 22, 10, 5),
      subject: 'Inbound call',
      notes: 'Asked about the invoice',
      customerId: id,
      agent: { name: 'Mina Park', email: 'mina@deskside.example' },
    };
    const { result, roundTrips } = await counter.count(() => source.logActivity(activity));
    expect(result).toMatchObject({ kind: 'found', value: { isNew: true } });
    expect(roundTrips).toBe(expected);
  });
});
