import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuditStore } from '../audit/audit-store.ts';
import { verifyChain } from '../audit/verify-chain.ts';
import { importCustomers } from '../connectors/directory/import-customers.ts';
import { identifiers } from '../customers/identifiers/identifiers.ts';
import { createLinkStore } from '../customers/link-store.ts';
import { createVerificationStore } from '../customers/verification-store.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createCustomerEraseStore } from './customer-erase-store.ts';

const now = 1_790_000_000_000;
const canary = 'Canary';
const number = '+14155550101';

describe.each(databasesUnderTest)('erasing a customer on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const dump = async () => {
    const tables = await database.db.introspection.getTables();
    const rows = await Promise.all(
      tables.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(database.db)),
    );
    return JSON.stringify(rows.map((each) => each.rows));
  };
  const customer = (id: string, name: string, phone: string) => ({
    line: 1,
    kind: 'customer' as const,
    customer: { id, name, company: undefined, phones: [phone], emails: [], fields: {}, cases: [], interactions: [] },
  });
  const observe = (engagementId: string, facts: string) =>
    database.db
      .insertInto('observations')
      .values({
        account: 'main',
        engagement_id: engagementId,
        uid: 'agent-1',
        facts,
        facts_at: '{}',
        first_seen_at: now,
        updated_at: now,
      })
      .execute();

  it('a linked customer › leaves no row with a value of theirs, others stay, the trail is unbroken', async () => {
    const { db } = database;
    await importCustomers({
      database,
      rows: (async function* () {
        yield customer('C-1', `${canary} Lee`, '(415) 555-0101');
        yield customer('C-2', 'Bob', '+14155550102');
      })(),
      identifiers,
      country: 'US',
      dryRun: false,
      clock: () => now,
      onProblem: () => {},
    });
    const link = { account: 'main', consumerId: undefined, decidedBy: 'agent-1', decidedAt: now, isConfirmed: true };
    await createLinkStore(database).append({ ...link, engagementId: 'E-1', customerId: 'directory:C-1' });
    await createLinkStore(database).append({ ...link, engagementId: 'E-2', customerId: 'directory:C-2' });
    await createVerificationStore(database).save({
      account: 'main',
      engagementId: 'E-1',
      customerId: 'directory:C-1',
      method: 'known-person',
      verifiedBy: 'agent-1',
      at: now,
    });
    await observe('E-1', `{"variables":"${canary}"}`);
    await observe('E-3', `{"consumers":[{"number":"${number}"}]}`);
    await observe('E-2', '{"consumers":[{"number":"+14155550102"}]}');
    await db
      .insertInto('inbox_events')
      .values({
        account: 'main',
        dedupe_key: 'k',
        origin: 'webhook',
        event: 'e',
        engagement_id: null,
        happened_at: now,
        received_at: now,
        body: `{"n":"${number}"}`,
        state: 'dead',
        reason: 'x',
        processed_at: now,
      })
      .execute();
    const audit = createAuditStore({ database, clock: () => now });
    const agent = { account: 'main', uid: 'agent-1' };
    await audit.append([
      { agent, action: 'customer.reveal', customerId: 'directory:C-1', details: { reason: 'other', note: canary } },
    ]);

    const erased = await createCustomerEraseStore(database, audit).erase('C-1');
    expect(erased).toMatchObject({ customers: 1, links: 1, verifications: 1, observations: 2, 'events of Zoom': 1 });
    const text = await dump();
    expect(text.toLowerCase()).not.toContain(canary.toLowerCase());
    expect(text.replace(/\D/g, '')).not.toContain('4155550101');
    expect(text).toContain('+14155550102');
    const [entry] = await audit.list({ action: 'customer.erase' }, 10);
    expect(entry).toMatchObject({ customer_id: 'directory:C-1' });
    expect(await verifyChain(audit, { seal: undefined, knownHeads: [] })).toMatchObject({ kind: 'intact' });
  });

  it('deleted rows › are overwritten in a SQLite file', async () => {
    if (database.kind !== 'sqlite') return;
    const { rows } = await sql`pragma secure_delete`.execute(database.db);
    expect(rows).toEqual([{ secure_delete: 1 }]);
  });

  it('retention › deletes old decisions and verifications, the newer stay', async () => {
    const links = createLinkStore(database);
    const verifications = createVerificationStore(database);
    expect(await links.deleteOlder(now, 200)).toBe(0);
    expect(await links.deleteOlder(now + 1, 200)).toBe(1);
    const at = { account: 'main', customerId: 'x:1', method: 'document', verifiedBy: 'agent-1' } as const;
    await verifications.save({ ...at, engagementId: 'E-8', at: now });
    await verifications.save({ ...at, engagementId: 'E-9', at: now + 5 });
    expect(await verifications.deleteOlder(now + 1, 200)).toBe(1);
    expect(await database.db.selectFrom('verifications').select('engagement_id').execute()).toEqual([
      { engagement_id: 'E-9' },
    ]);
  });
});
