import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Agent } from '#contract/session.ts';
import { createLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { type Database, openDatabase } from '../platform/storage/database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { type Act, actLimits } from './act-budget.ts';
import { createActCountStore } from './act-count-store.ts';
import { createAudit } from './audit.ts';

const minute = 60_000;
const hour = 60 * minute;
const begin = 1_000 * hour;
const agent = { account: 'main', uid: 'agent-1' };

describe.each(databasesUnderTest)('budget of acts on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let now: number;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    now = begin;
    await database.db.deleteFrom('act_counts').execute();
    await database.db.deleteFrom('audit_entries').execute();
    await database.db.deleteFrom('audit_chain').execute();
  });

  function openBudget(opened: Database = database) {
    const metrics = createMetrics({ withProcess: false });
    const log = createLog('silent');
    const audit = createAudit({ config: { secretsKey: undefined }, database: opened, clock: () => now, log, metrics });
    return { metrics, spend: audit.spendActBudget };
  }

  const setActs = (acts: number, hourAt: number, by: Agent = agent, act: Act = 'reveal') =>
    database.db
      .insertInto('act_counts')
      .values({ ...by, act, hour_at: hourAt, acts, is_refused: 0 })
      .execute();

  const readTrail = () =>
    database.db.selectFrom('audit_entries').select(['actor', 'action', 'details']).orderBy('sequence').execute();

  it('two processes act at once › together they reach the hourly limit and do not exceed it', async () => {
    const second = await openDatabase(database.url);
    onTestFinished(second.close);
    const budgets = [openBudget(), openBudget(second)];
    await setActs(actLimits.reveal.perHour - 5, begin);
    const calls = Array.from({ length: 20 }, (_, index) => budgets[index % 2]?.spend(agent, 'reveal'));
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await readTrail()).toHaveLength(1);
  });

  it('the hourly limit is reached › says so, is recorded and counted, and passes with the hour', async () => {
    const { spend, metrics } = openBudget();
    now = begin + 35 * minute;
    await setActs(actLimits.reveal.perHour, begin);
    const refusal = {
      code: 'rate_limited',
      status: 429,
      retryAfterMs: 25 * minute,
      message: 'You have reached the limit of 60 revealed contacts in one hour. Try again in 25 minutes.',
    };
    await expect(spend(agent, 'reveal')).rejects.toMatchObject(refusal);
    await expect(spend(agent, 'reveal')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await readTrail()).toEqual([
      { actor: agent.uid, action: 'budget.refused', details: '{"act":"reveal","limit":60,"period":"hour"}' },
    ]);
    expect(await metrics.registry.metrics()).toContain('deskside_acts_refused_total{action="reveal"} 2');
    now = begin + hour;
    await spend(agent, 'reveal');
  });

  it('the daily limit is reached › passes when the first of these hours is a day old', async () => {
    const { spend } = openBudget();
    for (let each = 0; each < 5; each += 1) await setActs(60, begin + each * hour);
    now = begin + 10 * hour;
    await expect(spend(agent, 'reveal')).rejects.toMatchObject({
      retryAfterMs: 14 * hour,
      message: 'You have reached the limit of 300 revealed contacts in one day. Try again in 14 hours.',
    });
    now = begin + 24 * hour - 1;
    await expect(spend(agent, 'reveal')).rejects.toMatchObject({ code: 'rate_limited' });
    now = begin + 24 * hour;
    await spend(agent, 'reveal');
  });

  it('the limit is reached › other acts, agents and accounts are not refused', async () => {
    const { spend } = openBudget();
    await setActs(actLimits.reveal.perHour, begin);
    await spend(agent, 'search');
    await spend({ account: 'main', uid: 'agent-2' }, 'reveal');
    await spend({ account: 'other', uid: agent.uid }, 'reveal');
  });

  it('a database failure › refuses the act', async () => {
    const { spend } = openBudget({ ...database, db: database.db.withSchema('nowhere') });
    await expect(spend(agent, 'reveal')).rejects.toThrow();
  });

  it('retention › deletes hours that no budget counts any more', async () => {
    const { deleteOlder } = createActCountStore(database);
    await setActs(1, begin);
    await setActs(1, begin + hour);
    expect(await deleteOlder(begin + hour, 10)).toBe(1);
    expect(await database.db.selectFrom('act_counts').select('hour_at').execute()).toEqual([{ hour_at: begin + hour }]);
  });
});
