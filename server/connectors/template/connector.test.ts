import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import type { FakeCrm } from '../conformance/fake-crm-server.ts';
import type { Activity } from '../port/connector.ts';
import { template } from './definition.ts';
import { startFakeTemplate } from './fake.ts';
import { toActivityBody, toCaseNumber } from './mapping.ts';

describeConnectorConformance({ definition: template, startFake: startFakeTemplate });

// Decide: what is special about this system? What all have in common is the suite's to test.
describe('template connector', () => {
  let crm: FakeCrm;
  beforeEach(async () => {
    crm = await startFakeTemplate();
  });
  afterEach(() => crm.stop());

  test.each([
    ['123', 'CS-000123'],
    ['CS-000123', 'CS-000123'],
    ['1234567', '1234567'],
  ])('keyed-in case number %s › is %s', (keyed, number) => {
    expect(toCaseNumber(keyed)).toBe(number);
  });

  test('account number › finds its customer', async () => {
    const { id } = crm.put({ name: 'Ann Lee', accountNumber: 'ab-7788' });
    const { source } = connectToFake(template, crm);
    expect(await source.find('account', 'AB-7788', 10)).toMatchObject({
      kind: 'found',
      value: { hits: [{ customerId: id, stored: 'ab-7788' }] },
    });
  });

  test('several customers › three parallel requests', async () => {
    const ids = [crm.put({ name: 'Ann Lee' }).id, crm.put({ name: 'Bo Lind' }).id];
    const { connector } = connectToFake(template, crm);
    const cards = await connector.readCustomers(ids.toReversed());
    expect(cards).toMatchObject({ kind: 'found', value: [{ name: 'Bo Lind' }, { name: 'Ann Lee' }] });
    expect(crm.requests.filter(({ target }) => target.startsWith('/v1/'))).toHaveLength(3);
  });

  test('untrusted text › is one value of the query', async () => {
    const { connector } = connectToFake(template, crm);
    expect(await connector.search({ kind: 'name', text: "x&limit=1000#/'\u202e" }, 5)).toEqual({ kind: 'not-found' });
    const sent = new URLSearchParams(crm.requests.at(-1)?.target.split('?')[1]);
    expect(Object.fromEntries(sent)).toEqual({ name: "x&limit=1000#/'\u202e", limit: '5' });
  });

  test('quota used up, status 403 › is rate-limited', () => {
    const say = (json: unknown) => template.readProblem?.({ status: 403, headers: new Headers(), json });
    expect(say({ error: 'quota_exceeded' })).toBe('rate-limited');
    expect(say({ error: 'missing_scope' })).toBeUndefined();
    expect(say('<!doctype html>')).toBeUndefined();
  });

  test('mapped field does not exist › is listed by the check', async () => {
    const settings = { fields: { tier: 'segment', language: 'tongue' } };
    const { connector } = connectToFake(template, crm, { settings });
    expect(await connector.check()).toEqual({
      kind: 'found',
      value: { missing: ['There is no custom field tongue: language stays empty on the card.'] },
    });
  });

  test('activity › is written in seconds and not visible to the customer', () => {
    const activity: Activity = {
      key: 'k',
      engagementId: 'e',
      channel: 'voice',
      direction: 'inbound',
      customerId: 'C-1',
      startedAt: 0,
      endedAt: 61_400,
      subject: 'Inbound call',
      notes: 'Asked',
      agent: { name: 'Mina', email: 'm@x.example' },
    };
    expect(toActivityBody(activity)).toMatchObject({
      startedAt: '1970-01-01T00:00:00.000Z',
      seconds: 61,
      visibility: 'internal',
    });
  });
});
