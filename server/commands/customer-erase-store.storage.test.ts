import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuditStore } from '../audit/audit-store.ts';
import { verifyChain } from '../audit/verify-chain.ts';
import { importCustomers } from '../connectors/directory/import-customers.ts';
import { identifiers } from '../customers/identifiers/identifiers.ts';
import { createLinkStore } from '../customers/link-store.ts';
import { createVerificationStore } from '../customers/verification-store.ts';
import { createErasedEngagementStore } from '../engagements/erased-engagement-store.ts';
import { createEngagementService } from '../engagements/service.ts';
import { createRunTransaction } from '../events.ts';
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
  const customer = (id: string, name: string, phone: string, ...emails: string[]) => ({
    line: 1,
    kind: 'customer' as const,
    customer: { id, name, company: undefined, phones: [phone], emails, fields: {}, cases: [], interactions: [] },
  });
  const toRow = (engagementId: string, facts: string) => ({
    account: 'main',
    engagement_id: engagementId,
    uid: 'agent-1',
    facts,
    facts_at: '{}',
    first_seen_at: now,
    updated_at: now,
  });
  const observe = (engagementId: string, facts: string) =>
    database.db.insertInto('observations').values(toRow(engagementId, facts)).execute();

  const importAll = (...customers: ReturnType<typeof customer>[]) =>
    importCustomers({
      database,
      rows: (async function* () {
        yield* customers;
      })(),
      identifiers,
      country: 'US',
      dryRun: false,
      clock: () => now,
      onProblem: () => {},
    });
  const erase = (id: string) =>
    createCustomerEraseStore(database, {
      audit: createAuditStore({ database, clock: () => now }),
      erasedEngagements: createErasedEngagementStore(database),
      clock: () => now,
    }).erase(id);
  const observeConsumer = (engagementId: string, consumer: object, facts: object = {}) =>
    observe(engagementId, JSON.stringify({ ...facts, consumers: [consumer] }));
  const listLeft = async (prefix: string) => {
    const rows = await database.db.selectFrom('observations').select('engagement_id').execute();
    return rows
      .map(({ engagement_id }) => engagement_id)
      .filter((id) => id.startsWith(prefix))
      .sort();
  };
  const link = (engagementId: string, customerId: string) =>
    createLinkStore(database).append({
      account: 'main',
      consumerId: undefined,
      decidedBy: 'agent-1',
      decidedAt: now,
      isConfirmed: true,
      engagementId,
      customerId,
    });

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
    await observe('E-1', `{"variables":[{"id":"v","name":"n","value":"${canary}"}]}`);
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

    const erased = await erase('C-1');
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

  it('values of others hold those of the customer in part › the records of the others stay', async () => {
    await importAll(customer('P-1', 'Lee', '5550101', 'lee@acme.com'));
    await observeConsumer('P-phone', { number: '+12125550101' });
    await observeConsumer('P-email', { email: 'ann.lee@acme.com' });
    await observeConsumer('P-time', { number: '+14155550199' }, { startTime: 1_795_550_101_123 });
    expect(await erase('P-1')).toMatchObject({ customers: 1, observations: 0 });
    expect(await listLeft('P-')).toEqual(['P-email', 'P-phone', 'P-time']);
  });

  it('the customer’s values in other spellings › their records are erased', async () => {
    await importAll(customer('S-1', 'Ann', '+1 415 555 0103', 'Ann.Smith@gmail.com'));
    await observeConsumer('S-no-plus', { number: '14155550103' });
    await observeConsumer('S-national', { number: '(415) 555-0103' });
    await observeConsumer('S-sip', { number: 'sip:14155550103@sbc' });
    await observeConsumer('S-case', { email: 'ANN.SMITH@gmail.com' });
    await observeConsumer('S-mailbox', { email: 'annsmith+shop@googlemail.com' });
    await observe('S-flow', '{"variables":[{"id":"v","name":"global_custom.phone","value":"415-555-0103"}]}');
    await observeConsumer('S-other', { number: '+14155550104' });
    expect(await erase('S-1')).toMatchObject({ customers: 1, observations: 6 });
    expect(await listLeft('S-')).toEqual(['S-other']);
  });

  it('an id of the directory with a colon › its customer is erased', async () => {
    await importAll(customer('EU:7', 'Ann', '+14155550107'));
    await observeConsumer('I-1', { number: '+14155550107' });
    expect(await erase('EU:7')).toMatchObject({ customers: 1, observations: 1 });
  });

  it('an engagement with the number of the customer, linked to another › stays', async () => {
    await importAll(customer('L-1', 'Ann', '+14155550108'), customer('L-2', 'Bob', '+14155550109'));
    await observeConsumer('L-1', { number: '+14155550108' });
    await observeConsumer('L-2', { number: '+14155550108' });
    await link('L-2', 'directory:L-1');
    await link('L-2', 'directory:L-2');
    expect(await erase('L-1')).toMatchObject({ links: 1, observations: 1 });
    expect(await listLeft('L-')).toEqual(['L-2']);
  });

  it('more rows than a batch › each is searched', async () => {
    await importAll(customer('B-1', 'Ann', '+14155550110'));
    await database.db.transaction().execute(async (transaction) => {
      for (let index = 100; index < 320; index += 1) {
        const facts = `{"consumers":[{"number":"+1415555${index < 317 ? '0111' : '0110'}"}]}`;
        await transaction
          .insertInto('observations')
          .values(toRow(`B-${index}`, facts))
          .execute();
      }
    });
    expect(await erase('B-1')).toMatchObject({ observations: 3 });
  });

  it('an erased engagement › counts as ended, and a report of Zoom does not bring it back', async () => {
    await importAll(customer('Z-1', 'Ann', '+14155550112'));
    const service = createEngagementService({
      database,
      runTransaction: createRunTransaction({ db: database.db, publish: () => {} }),
      hooks: [],
      clock: () => now,
      appendChanges: async () => {},
      trustPanels: false,
      maskText: (text) => text,
    });
    const events = ['Z-1', 'Z-2'].map((engagementId) => ({
      engagementId,
      key: engagementId,
      at: now,
      origin: 'rest' as const,
      kind: 'ended' as const,
      facts: { consumers: [{ number: engagementId === 'Z-1' ? '+14155550112' : '+14155550113' }] },
    }));
    for (const event of events) await service.applyReconciled('main', [event]);
    expect(await erase('Z-1')).toMatchObject({ engagements: 1 });
    for (const event of events) await service.applyReconciled('main', [event]);
    const rows = await database.db.selectFrom('engagements').select('engagement_id').execute();
    expect(rows).toEqual([{ engagement_id: 'Z-2' }]);
    expect(await service.isEnded('main', 'Z-1')).toBe(true);
    const marks = createErasedEngagementStore(database);
    await marks.deleteOlder(now + 1, 200);
    expect(await marks.isMarked({ account: 'main', engagementId: 'Z-1' })).toBe(false);
    expect(await service.isEnded('main', 'Z-1')).toBe(false);
  });
});
