/** The database statements of one view, over all features that take part in it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { createAuditStore } from './audit/audit-store.ts';
import { createAuditTrail } from './audit/audit-trail.ts';
import { createConnectionTokens } from './connectors/http/connection-tokens.ts';
import { openSources } from './connectors/registry.ts';
import { identifiers } from './customers/identifiers/identifiers.ts';
import { createTextMask } from './customers/masking.ts';
import { noOwnNumbers } from './customers/own-numbers.ts';
import { createCustomerService } from './customers/service.ts';
import { createEngagementService, type EngagementService } from './engagements/service.ts';
import { createRunTransaction, type EngagementEvent } from './events.ts';
import { createPanelService, type PanelService } from './panel/service.ts';
import { createHttpClient } from './platform/http-client.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './platform/storage/storage-conformance.ts';
import { watchStatements } from './platform/storage/watch-statements-for-tests.ts';

let observed: string[] = [];
watchStatements(({ text, moment }) => {
  if (moment === 'before') observed.push(text);
});

let now = 1_000_000;
const clock = () => now;
const agent = { account: 'main', uid: 'agent-1' };
const facts: EngagementFacts = {
  channel: 'voice',
  state: 'active',
  consumers: [{ number: '+14155550101', id: 'zc-1' }],
};

describe.each(databasesUnderTest)('statements of a view on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let panel: PanelService;
  let engagements: EngagementService;
  const view = async (engagementId: string, observed: EngagementFacts, by = panel) => {
    const access = await engagements.readAccess(agent, engagementId);
    return by.view({ agent, engagementId, access }, observed);
  };

  beforeAll(async () => {
    database = await open();
    ({ panel, engagements } = createPanelOn(database));
    for (const engagementId of ['E-1', 'E-2']) await answer(database, engagements, engagementId);
    await view('E-1', facts);
  });
  afterAll(() => database.close());

  it('known engagement › reads state, link and verification, and links of the consumer, each once', async () => {
    observed = [];
    await view('E-1', facts);
    expect(observed.map(mainTable).toSorted()).toEqual(['engagements', 'link_decisions', 'link_decisions']);
  });

  it('known engagement without a consumer id › takes two statements, once a second a third for the version', async () => {
    const { consumers: _, ...rest } = facts;
    const plain = { ...rest, consumers: [{ number: '+14155550102' }] };
    await view('E-2', plain);
    observed = [];
    await view('E-2', plain);
    expect(observed.map(mainTable).toSorted()).toEqual(['engagements', 'link_decisions']);
    now += 1_000;
    observed = [];
    await view('E-2', plain);
    expect(observed.map(mainTable).toSorted()).toEqual(['directory_settings', 'engagements', 'link_decisions']);
  });

  it('first view of a customer › is on the audit trail, once for two processes, and costs nothing later', async () => {
    await addCustomer(database);
    const called: EngagementFacts = { channel: 'voice', consumers: [{ number: '+14155550103' }] };
    now += 1_000;
    for (const process of [panel, createPanelOn(database).panel]) await view('E-3', called, process);
    observed = [];
    await view('E-3', called);
    expect(observed.map(mainTable).toSorted()).toEqual(['engagements', 'link_decisions']);
    const entries = await database.db.selectFrom('audit_entries').selectAll().execute();
    expect(entries).toMatchObject([
      { actor: 'agent-1', action: 'customer.view', engagement_id: 'E-3', customer_id: 'directory:C-1' },
    ]);
  });

  it('push of a known engagement › reads state, link and verification in two statements', async () => {
    observed = [];
    await panel.composePush(agent, 'E-1');
    expect(observed.map(mainTable).toSorted()).toEqual(['engagements', 'link_decisions']);
  });
});

const mainTable = (text: string) =>
  /(?:left join|from) "?(engagements|link_decisions|verifications|directory_settings|customers\w*)"?/.exec(text)?.[1] ??
  text;

async function addCustomer({ db }: DatabaseUnderTest): Promise<void> {
  const texts = { company: null, fields: '{}', cases: '[]', interactions: '[]' };
  await db
    .insertInto('customers')
    .values({ id: 'C-1', name: 'Ann Lee', ...texts, updated_at: 1 })
    .execute();
  const number = '+14155550103';
  await db
    .insertInto('customer_identifiers')
    .values({ customer_id: 'C-1', kind: 'phone', position: 0, raw: number, value: number })
    .execute();
}

/** Zoom names the agent in the engagement. */
const answer = ({ db }: DatabaseUnderTest, engagements: EngagementService, engagementId: string) =>
  db.transaction().execute((transaction) => {
    const event: EngagementEvent = {
      engagementId,
      key: engagementId,
      at: now,
      origin: 'webhook',
      kind: 'answered',
      agent: { id: agent.uid },
      facts: {},
    };
    const events = [{ subject: 'engagement' as const, event }];
    return engagements.apply(transaction, { account: agent.account, events, receivedAt: now });
  });

function createPanelOn(database: DatabaseUnderTest) {
  const fail = (error: unknown) => {
    throw error;
  };
  const { sources } = openSources({
    connections: [{ id: 'directory', connector: 'directory', label: 'Directory', settings: {}, secrets: {} }],
    tokens: createConnectionTokens({ clock }),
    clock,
    database,
    identifiers,
    allowPrivate: false,
    createHttp: (guard) => createHttpClient({ guard }),
    reportError: fail,
  });
  const engagements = createEngagementService({
    database,
    runTransaction: createRunTransaction({ db: database.db, publish: () => {} }),
    hooks: [],
    clock,
    appendChanges: async () => {},
    maskText: createTextMask({ phones: [] }),
    trustPanels: false,
  });
  const customers = createCustomerService({
    database,
    sources,
    ownNumbersOf: () => noOwnNumbers,
    clock,
    recordAudit: async () => {},
    reportFailure: fail,
    notifyLateResult: () => {},
    // A view waits for the whole look-up, so that none of its statements is counted for the next view.
    lookupTimes: { deadlineMs: 60_000, firstResultDeadlineMs: 60_000, batchWindowMs: 60_000 },
  });
  const panel = createPanelService({
    engagements,
    customers,
    readers: { history: () => ({ kind: 'not-asked' }) },
    recordShownCustomers: createAuditTrail({
      append: createAuditStore({ database, clock }).append,
      countEntry: () => {},
    }).recordShownCustomers,
    spendQuota: () => {},
    spendActBudget: async () => {},
    notifyDecision: () => {},
    countView: () => {},
  });
  return { engagements, panel };
}
