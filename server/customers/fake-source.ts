import type { IdentifierKind } from '#contract/customers.ts';
import type { CustomerRecord, CustomerSource } from './customer-source.ts';

export type FakeSource = CustomerSource & {
  put(record: Partial<CustomerRecord> & { id: string }): void;
  delete(id: string): void;
  /** `down` rejects every call, `hanging` never answers, `forgetful` finds customers but does not give them out. */
  state: 'up' | 'down' | 'hanging' | 'forgetful';
  calls: number;
};

/** A place where customers live, in memory, for tests. */
export function createFakeSource(defaultCountry?: string): FakeSource {
  const records = new Map<string, CustomerRecord>();

  async function answer<Result>(read: () => Result): Promise<Result> {
    source.calls += 1;
    if (source.state === 'down') throw new Error('The source is down');
    if (source.state === 'hanging') return new Promise(() => {});
    return read();
  }

  function holdersOf(kind: IdentifierKind, value: string) {
    return [...records.values()].flatMap((record) => {
      const held = {
        phone: record.phones,
        email: record.emails,
        case: record.cases.map(({ number }) => ({ raw: number, value: number })),
      }[kind];
      const stored = held.filter((item) => item.value === value);
      return stored.map(({ raw }) => ({ customerId: record.id, customerName: record.name, stored: raw }));
    });
  }

  const listIds = (isWanted: (record: CustomerRecord) => boolean, limit: number) =>
    [...records.values()]
      .filter(isWanted)
      .map(({ id }) => id)
      .slice(0, limit);

  const source: FakeSource = {
    id: 'fake',
    label: 'Fake source',
    state: 'up',
    calls: 0,
    put(record) {
      const empty = {
        name: record.id,
        company: undefined,
        phones: [],
        emails: [],
        fields: {},
        cases: [],
        interactions: [],
      };
      records.set(record.id, { ...empty, ...record });
    },
    delete: (id) => void records.delete(id),
    defaultCountry: () => answer(() => defaultCountry),
    findByIdentifier: (kind, value, limit) =>
      answer(() => {
        const hits = holdersOf(kind, value);
        return { hits: hits.slice(0, limit), sharedBy: new Set(hits.map((hit) => hit.customerId)).size };
      }),
    getCustomers: (ids) =>
      answer(() => {
        if (source.state === 'forgetful') throw new Error('The source lost its records');
        return ids.flatMap((id) => records.get(id) ?? []);
      }),
    findByEmailPrefix: (prefix, limit) =>
      answer(() => listIds(({ emails }) => emails.some(({ value }) => value?.startsWith(prefix)), limit)),
    findByName: (text, limit) =>
      answer(() => {
        const words = text.toLowerCase().split(' ');
        return listIds(({ name }) => {
          const held = name.toLowerCase().split(' ');
          return words.every((word) => held.some((other) => other.startsWith(word)));
        }, limit);
      }),
  };
  return source;
}
