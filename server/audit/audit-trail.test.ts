import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomerCard, CustomerGroup, Evidence } from '#contract/customers.ts';
import type { AuditEntry } from './audit-entry.ts';
import { createAuditTrail } from './audit-trail.ts';

const agent = { account: 'main', uid: 'agent-1' };
const entry: AuditEntry = { agent, action: 'customer.link', engagementId: 'E-1', customerId: 'crm:1' };

const card = (...ids: [string, ...string[]]) =>
  ({ id: ids[0], records: ids.map((id) => ({ id })) }) as unknown as CustomerCard;
const showing = (group: { card?: CustomerCard; candidates?: CustomerCard[]; hits?: string[] }) =>
  ({
    card: group.card ?? null,
    candidates: group.candidates ?? [],
    match: { kind: 'none', evidence: [{ hits: (group.hits ?? []).map((customerId) => ({ customerId })) } as Evidence] },
  }) as unknown as CustomerGroup;

let groups: AuditEntry[][];
let counted: string[];
let failure: Error | undefined;

beforeEach(() => {
  groups = [];
  counted = [];
  failure = undefined;
});

const open = () =>
  createAuditTrail({
    async append(entries) {
      if (failure) throw failure;
      groups.push(entries);
    },
    countEntry: (action) => counted.push(action),
  });

const listViews = () => groups.flat().map(({ customerId }) => customerId);

describe('audit trail', () => {
  it('entries that arrive together › are stored in one group and counted', async () => {
    const { record } = open();
    await Promise.all([record(entry), record({ ...entry, action: 'customer.undo' }), record(entry)]);
    expect(groups.map(({ length }) => length)).toEqual([3]);
    expect(counted).toEqual(['customer.link', 'customer.undo', 'customer.link']);
  });

  it('many entries at once › no group is larger than 200', async () => {
    const { record } = open();
    await Promise.all(Array.from({ length: 450 }, () => record(entry)));
    expect(groups.map(({ length }) => length)).toEqual([200, 200, 50]);
  });

  it('the storage is down › rejects, and records again when it is back', async () => {
    const { record } = open();
    failure = new Error('disk full');
    await expect(record(entry)).rejects.toThrow('disk full');
    failure = undefined;
    await record(entry);
    expect([groups.flat(), counted]).toEqual([[entry], ['customer.link']]);
  });
});

describe('audit of a view', () => {
  it('a customer is shown again and again › is recorded once for each agent and engagement', async () => {
    const { recordShownCustomers } = open();
    const ann = showing({ card: card('crm:1') });
    await recordShownCustomers(agent, 'E-1', ann);
    expect(recordShownCustomers(agent, 'E-1', ann)).toBeUndefined();
    expect(recordShownCustomers(agent, 'E-1', showing({ card: card('crm:1') }))).toBeUndefined();
    await recordShownCustomers(agent, 'E-2', ann);
    await recordShownCustomers({ account: 'main', uid: 'agent-2' }, 'E-1', ann);
    expect(groups.flat()).toEqual([
      { agent, action: 'customer.view', engagementId: 'E-1', customerId: 'crm:1' },
      { agent, action: 'customer.view', engagementId: 'E-2', customerId: 'crm:1' },
      { agent: { account: 'main', uid: 'agent-2' }, action: 'customer.view', engagementId: 'E-1', customerId: 'crm:1' },
    ]);
  });

  it('two views at once › share one entry, and both wait for it', async () => {
    const { recordShownCustomers } = open();
    const ann = showing({ card: card('crm:1') });
    const both = [recordShownCustomers(agent, 'E-1', ann), recordShownCustomers(agent, 'E-1', ann)];
    expect(both.map((each) => each instanceof Promise)).toEqual([true, true]);
    await Promise.all(both);
    expect(listViews()).toEqual(['crm:1']);
  });

  it('nobody is shown › records nothing', () => {
    expect(open().recordShownCustomers(agent, 'E-1', showing({}))).toBeUndefined();
  });

  it('candidates and names among the evidence › are recorded, a merged customer once with all record ids', async () => {
    const { recordShownCustomers } = open();
    const merged = card('crm:1', 'directory:9');
    await recordShownCustomers(agent, 'E-1', showing({ candidates: [merged, card('crm:2')] }));
    await recordShownCustomers(agent, 'E-2', showing({ card: merged, hits: ['directory:9', 'crm:3', 'crm:3'] }));
    expect(listViews()).toEqual(['crm:1', 'crm:2', 'crm:1', 'crm:3']);
    const records = ['crm:1', 'directory:9'];
    expect(groups.flat().map(({ details }) => details)).toEqual([{ records }, undefined, { records }, undefined]);
  });

  it('a further record of the customer is shown › is recorded, the same records in another order are not', async () => {
    const { recordShownCustomers } = open();
    await recordShownCustomers(agent, 'E-1', showing({ card: card('crm:1') }));
    await recordShownCustomers(agent, 'E-1', showing({ card: card('crm:1', 'b:1', 'a:1') }));
    expect(recordShownCustomers(agent, 'E-1', showing({ card: card('crm:1', 'a:1', 'b:1') }))).toBeUndefined();
    expect(groups.flat().map(({ details }) => details)).toEqual([undefined, { records: ['a:1', 'b:1', 'crm:1'] }]);
  });

  it('the entry cannot be stored › rejects, and the next view records it', async () => {
    const { recordShownCustomers } = open();
    const ann = showing({ card: card('crm:1') });
    failure = new Error('disk full');
    await expect(recordShownCustomers(agent, 'E-1', ann)).rejects.toThrow('disk full');
    failure = undefined;
    await recordShownCustomers(agent, 'E-1', ann);
    expect(listViews()).toEqual(['crm:1']);
  });
});
